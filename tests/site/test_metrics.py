"""Figures for machines that are near or know the token; nothing for anybody else."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from eventstore.projection_models import Parked
from payments.cases import close_case, open_case
from payments.models import Case

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


def test_open_cases_are_counted_by_kind(client: Client) -> None:
    now = timezone.now()
    for hours, subject in ((1, "a"), (3, "b"), (9, "closed")):
        opened_at = now - timedelta(hours=hours)
        case = open_case(Case.Kind.UNKNOWN_PAYMENT, subject=subject, now=opened_at)
    close_case(case.pk, by="superuser", note="", now=now)
    lines = client.get("/metrics").content.decode().splitlines()
    assert 'needs_attention{kind="unknown-payment"} 2' in lines
    assert 'needs_attention{kind="late"} 0' in lines
    (age,) = [
        line.split()[1]
        for line in lines
        if line.startswith('needs_attention_oldest_seconds{kind="unknown-payment"}')
    ]
    assert 10_800 <= float(age) < 10_900


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
