"""What nobody honest would send to the door for Stripe's events."""

import json
from typing import Any

import pytest
from django.utils import timezone

from tests.factories.payments import NOW
from tests.payments.stripe.test_callbacks import post
from tests.payments.stripe_provider import StripeProvider, signed

pytestmark = pytest.mark.django_db

HEADERS = [
    "",
    "t=,v1=",
    "v1=" + "0" * 64,
    "t=1",
    "t=1,v0=" + "0" * 64,
    "t=99999999999999999999,v1=" + "0" * 64,
    "t=1,v1=" + "\u00e9" * 64,
    "t=\u0661,v1=" + "0" * 64,
    "x" * 5000,
]


@pytest.mark.parametrize("header", HEADERS, ids=range(len(HEADERS)))
def test_hostile_signature_is_refused(stripe: StripeProvider, header: str):
    answer = post(b"{}", {"Stripe-Signature": header})
    assert (answer.status_code, answer.json()["code"]) == (400, "signature-invalid")


def test_time_beyond_the_calendar_is_no_time(stripe: StripeProvider):
    body, headers = stripe.sign(b"{}", now=NOW)
    far = signed_at_second(body, 10**15)
    assert post(body, far).json()["code"] == "signature-invalid"
    assert headers != far


def signed_at_second(body: bytes, second: int) -> dict[str, str]:
    class FarAway:
        def timestamp(self) -> int:
            return second

    return signed(body, now=FarAway())[1]  # type: ignore[arg-type]  # no datetime is


HOSTILE = [
    b"null",
    b"[]",
    b'"event"',
    b"9" * 10_000,
    b"[" * 15_000,
    b'{"a":' * 10_000,
    b'{"id":"evt_1","type":"payment_intent.succeeded","created":1,"livemode":false}',
    b'{"id":"evt_1","type":"x","created":1e400,"livemode":false,"data":{"object":{}}}',
]
INTENT = {
    "id": "pi_1",
    "amount": 100,
    "amount_received": 100,
    "currency": "usd",
    "created": 1,
    "status": "succeeded",
    "metadata": {},
}
SPOILT = [
    {"id": "pi_1; drop table"},
    {"id": "p" * 200},
    {"id": None},
    {"amount": "100"},
    {"amount": -1},
    {"amount": 10**30},
    {"amount_received": 10**12, "currency": "jpy"},
    {"amount_received": 1.5},
    {"currency": "us"},
    {"currency": "ugx"},
    {"created": -1},
    {"created": 10**18},
    {"metadata": {"payment": ["a"]}},
    {"metadata": []},
]


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_body_is_refused(stripe: StripeProvider, body: bytes):
    body, headers = stripe.sign(body, now=timezone.now())
    answer = post(body, headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "callback-malformed")


@pytest.mark.parametrize("spoilt", SPOILT, ids=str)
def test_hostile_object_is_refused(stripe: StripeProvider, spoilt: dict[str, Any]):
    payment = stripe.begin()
    ours = {"payment": str(payment.pk), "order": str(payment.order_id)}
    event = {
        "id": "evt_1",
        "type": "payment_intent.succeeded",
        "created": int(NOW.timestamp()),
        "livemode": False,
        "data": {"object": INTENT | {"metadata": ours} | spoilt},
    }
    body, headers = stripe.sign(json.dumps(event).encode(), now=timezone.now())
    answer = post(body, headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "callback-malformed")


def test_control_the_same_object_unspoilt_is_taken(stripe: StripeProvider):
    payment = stripe.begin()
    ours = {"payment": str(payment.pk), "order": str(payment.order_id)}
    event = {
        "id": "evt_1",
        "type": "payment_intent.succeeded",
        "created": int(NOW.timestamp()),
        "livemode": False,
        "data": {"object": INTENT | {"metadata": ours}},
    }
    body, headers = stripe.sign(json.dumps(event).encode(), now=timezone.now())
    assert post(body, headers).json() == {"result": "applied"}
