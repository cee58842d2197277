"""Whose answer a repeated key gives: never that of somebody else."""

from tests.registrations.api.client import Client, lines

PLACE = "/conferences/summit/orders/"


def from_address(address: str) -> Client:
    client = Client()
    client.django.defaults["REMOTE_ADDR"] = address
    return client


def test_a_short_key_belongs_to_one_address_whatever_the_header_says(general):
    body = {"items": lines({general: 1})}
    first = from_address("203.0.113.1").post(PLACE, body, Idempotency_Key="1")
    assert first.status_code == 201

    for header in (None, "anonymous at 203.0.113.1", "address", "203.0.113.1"):
        headers = {"Authorization": header} if header else {}
        other = from_address("203.0.113.2").post(
            PLACE, body, Idempotency_Key="1", **headers
        )
        assert other.status_code == 201
        assert other.json()["access_token"] != first.json()["access_token"]
