"""Figures for machines that are near or know the token; nothing for anybody else."""

import pytest
from django.test import Client

from eventstore.projection_models import Parked

pytestmark = pytest.mark.django_db


def test_the_figures(client: Client) -> None:
    Parked.objects.create(
        projector="OrderViewProjector", stream="s", position=1, error=""
    )
    response = client.get("/metrics")
    lines = response.content.decode().splitlines()
    assert response["Content-Type"] == "text/plain; version=0.0.4"
    labels = 'projector="OrderViewProjector",kind="inline"'
    assert f"eventstore_projector_parked{{{labels}}} 1" in lines
    assert f"eventstore_projector_events{{{labels}}} 0" in lines
    assert "# TYPE eventstore_horizon_age_seconds gauge" in lines
    assert "eventstore_deadline_age_seconds 0.0" in lines


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "::1", "fd00::1"])
def test_machines_of_this_network(address: str, client: Client) -> None:
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == 200


@pytest.mark.parametrize("address", ["8.8.8.8", "2a00::1", "", "nonsense"])
def test_nobody_else(address: str, client: Client) -> None:
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == 404


@pytest.mark.parametrize("header", ["x-forwarded-for", "x-forwarded-proto"])
def test_the_address_of_a_proxy_opens_nothing(header: str, client: Client) -> None:
    assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 404


def test_behind_a_proxy_only_the_token_counts(client: Client, settings) -> None:
    settings.TRUSTED_PROXIES = 1
    settings.METRICS_TOKEN = "the-right-one"
    assert client.get("/metrics").status_code == 404
    for token, answer in {"the-right-one": 200, "another": 404, "": 404}.items():
        headers = {"authorization": f"Bearer {token}"}
        assert client.get("/metrics", headers=headers).status_code == answer


def test_without_a_token_none_is_right(client: Client) -> None:
    response = client.get(
        "/metrics", REMOTE_ADDR="8.8.8.8", headers={"authorization": "Bearer "}
    )
    assert response.status_code == 404
