"""The door for callbacks: 2xx for what we know, 4xx for what cannot be right."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from payments import signals
from payments.gateways.base import Outcome
from payments.models import Payment, ProviderCallback
from tests.factories.payments import started
from tests.payments.conftest import Heard
from tests.payments.providers import Callback, SandboxProvider, signed

pytestmark = pytest.mark.django_db
URL = "/payments/callbacks/sandbox/"


@pytest.fixture
def sandbox(settings: Any) -> SandboxProvider:
    return SandboxProvider(settings)


def post(callback: Callback, url: str = URL, **how: Any):
    body, headers = callback
    client = Client(enforce_csrf_checks=True)
    return client.post(
        url, body, **{"content_type": "application/json", "headers": headers} | how
    )


def test_delivery_and_its_repetition_are_both_accepted(
    sandbox: SandboxProvider, heard: Heard
):
    payment = started()
    callback = sandbox.callback(payment, Outcome.COMPLETED, now=timezone.now())
    answers = [post(callback) for _ in range(2)]
    assert [(one.status_code, one.json()) for one in answers] == [
        (200, {"result": "applied"}),
        (200, {"result": "duplicate"}),
    ]
    contradiction = sandbox.callback(
        payment, Outcome.REJECTED, event="second", now=timezone.now()
    )
    answer = post(contradiction)
    assert (answer.status_code, answer.json()) == (200, {"result": "contradicting"})
    assert heard.names == ["payment_completed"]


def test_refusal_is_a_problem_document(sandbox: SandboxProvider, heard: Heard):
    callback = sandbox.callback(
        started(), Outcome.COMPLETED, amount="0.00", now=timezone.now()
    )
    answer = post(callback)
    assert answer["content-type"] == "application/problem+json"
    assert answer.json() == {
        "code": "amount-not-positive",
        "status": 400,
        "title": "The callback was not accepted.",
    }
    assert (answer.status_code, heard) == (400, [])


def test_old_callback_is_refused(sandbox: SandboxProvider):
    then = timezone.now() - timedelta(minutes=6)
    answer = post(sandbox.callback(started(), Outcome.COMPLETED, now=then))
    assert (answer.status_code, answer.json()["code"]) == (400, "signature-too-old")


@pytest.mark.parametrize("provider", ["stripe", "SANDBOX", "%F0%9F%92%B8", "a" * 500])
def test_unknown_provider_is_not_found(sandbox: SandboxProvider, provider: str):
    callback = sandbox.callback(started(), Outcome.COMPLETED, now=timezone.now())
    assert post(callback, f"/payments/callbacks/{provider}/").status_code == 404


def test_sandbox_that_is_not_offered_is_not_found(sandbox: SandboxProvider, settings):
    callback = sandbox.callback(started(), Outcome.COMPLETED, now=timezone.now())
    settings.PAYMENT_PROVIDERS = ["invoice"]
    assert post(callback).status_code == 404
    assert Payment.objects.get().status == "initiated"


def test_callbacks_are_posted():
    assert Client().get(URL).status_code == 405


def test_database_trouble_asks_the_provider_to_come_again(sandbox: SandboxProvider):
    def stumble(**_: object) -> None:
        raise OperationalError("canceling statement due to lock timeout")

    signals.payment_completed.connect(stumble)
    callback = sandbox.callback(started(), Outcome.COMPLETED, now=timezone.now())
    assert post(callback).status_code == 503
    assert ProviderCallback.objects.count() == 0
    signals.payment_completed.disconnect(stumble)
    assert post(callback).json() == {"result": "applied"}


def hostile(**said: object) -> bytes:
    body = {
        "event": "sandbox-1",
        "payment": "01990000-0000-7000-8000-000000000001",
        "order": "01990000-0000-7000-8000-000000000001",
        "outcome": "accepted",
        "amount": "1.00",
        "currency": "USD",
    }
    return json.dumps(body | said).encode()


HOSTILE = {
    "empty": b"",
    "not JSON": b"event=1",
    "not UTF-8": b"\xff\xfe",
    "UTF-16": '{"event": 1}'.encode("utf-16"),
    "raw NUL": b'{"event": "\0"}',
    "NUL alone": b"\0" * 100,
    "escaped NUL": hostile(event="a\0b"),
    "lone surrogate": hostile(event="\ud800"),
    "surrogate as a key": b'{"\\ud800": 1}',
    "null": b"null",
    "list": b"[]",
    "string": b'"accepted"',
    "huge number": b"9" * 10_000,
    "deep list": b"[" * 30_000,
    "deep and closed": b"[" * 15_000 + b"]" * 15_000,
    "deep field": b'{"extra": ' + b"[" * 30_000,
    "deep object": b'{"a":' * 10_000,
    "letters as amount": hostile(amount="one"),
    "numbers as amount": hostile(amount=1),
    "float as amount": hostile(amount=1.0),
    "NaN amount": hostile(amount="NaN"),
    "Infinity": hostile(amount="Infinity"),
    "exponent": hostile(amount="1e400"),
    "negative": hostile(amount="-1"),
    "Arabic digits": hostile(amount="\u0661"),
    "amount with newline": hostile(amount="1\n"),
    "long amount": hostile(amount="1" * 1000),
    "list as event": hostile(event=["a"]),
    "long event": hostile(event="a" * 101),
    "event with newline": hostile(event="a\n"),
    "null payment": hostile(payment=None),
    "number as payment": hostile(payment=1),
    "not a UUID": hostile(payment="1; drop table payments_payment"),
    "other outcome": hostile(outcome="completed"),
    "object as outcome": hostile(outcome={}),
    "lower-case currency": hostile(currency="usd"),
    "list as currency": hostile(currency=["USD"]),
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("is_signed", [True, False], ids=["signed", "unsigned"])
def test_hostile_body_is_refused(body: bytes, is_signed: bool, heard: Heard):
    started()
    answer = post(signed(body, now=timezone.now()) if is_signed else (body, {}))
    code = "callback-malformed" if is_signed else "signature-invalid"
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert heard == []


def test_control_the_same_body_unspoilt_is_readable():
    answer = post(signed(hostile(), now=timezone.now()))
    said = {"result": "refused", "code": "payment-unknown"}
    # Kept for people to look at: the provider need not say it again.
    assert (answer.status_code, answer.json()) == (200, said)


@pytest.mark.parametrize("size", [64 * 1024 + 1, 2_000_000])
def test_large_body_is_refused(size: int):
    answer = post(signed(b"x" * size, now=timezone.now()))
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "t=,v1=",
        "t=1,v1=" + "0" * 63,
        "t=99999999999999999999,v1=" + "0" * 64,
        "t=-1,v1=" + "0" * 64,
        "t=\u0661,v1=" + "0" * 64,
        "t=1,v1=" + "\u00e9" * 64,
        "t=1,v1=" + "0" * 64 + "\n",
        "t=1,v1=" + "0" * 64 + ",v1=" + "0" * 64,
        "x" * 5000,
    ],
    ids=range(10),
)
def test_hostile_signature_is_refused(header: str):
    answer = post((b"{}", {}), HTTP_PAYMENT_SIGNATURE=header)
    assert (answer.status_code, answer.json()["code"]) == (400, "signature-invalid")


@pytest.mark.parametrize(
    "content_type",
    [
        "text/html",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "",
    ],
)
def test_content_type_does_not_matter(sandbox: SandboxProvider, content_type: str):
    callback = sandbox.callback(started(), Outcome.COMPLETED, now=timezone.now())
    assert post(callback, content_type=content_type).status_code == 200
