"""Paying, and the sandbox's machine endpoint."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import time_machine

from conferences import services
from tests.registrations.api.client import Client, errors, lines, refusal

pytestmark = pytest.mark.django_db

PAYMENT = {"id", "order", "provider", "status", "amount", "redirect_url"}


def start(client, provider="sandbox"):
    answer = client.post(client.order_path("payments/"), {"provider": provider})
    assert answer.status_code == 201, answer.content
    return answer.json()


def decide(payment, outcome, client=None):
    path = f"/sandbox/payments/{payment['id']}/"
    return (client or Client()).post(path, {"outcome": outcome})


@pytest.mark.parametrize(
    ("provider", "page"),
    [
        ("sandbox", "/sandbox/payments/{id}/"),
        ("invoice", "/orders/{order}/payments/{id}/"),
    ],
)
def test_a_payment_charges_the_orders_total(placed, settings, provider, page):
    answer = placed.post(placed.order_path("payments/"), {"provider": provider})
    payment = answer.json()
    assert answer.status_code == 201
    assert set(payment) == PAYMENT
    assert payment["order"] == placed.order["id"]
    assert (payment["provider"], payment["status"]) == (provider, "initiated")
    assert payment["amount"] == {"amount": "398.00", "currency": "USD"}
    assert payment["redirect_url"] == settings.BASE_URL + page.format(**payment)
    path = placed.order_path(f"payments/{payment['id']}/")
    assert answer["Location"] == f"/api/v1{path}"
    shown = placed.get(path)
    assert shown.json() == payment
    assert shown["ETag"] == answer["ETag"]


def test_an_open_payment_is_answered_again(placed):
    assert start(placed) == start(placed)


def test_a_payment_extends_the_hold_once(placed):
    start(placed)
    held = placed.get(placed.order_path()).json()["hold_expires_at"]
    first = datetime.fromisoformat(placed.order["hold_expires_at"])
    assert datetime.fromisoformat(held) - first == timedelta(minutes=14)
    start(placed)
    assert placed.get(placed.order_path()).json()["hold_expires_at"] == held


@pytest.mark.parametrize("provider", ["stripe", "cash", "", "SANDBOX"])
def test_an_unknown_provider_is_refused(placed, provider):
    answer = placed.post(placed.order_path("payments/"), {"provider": provider})
    assert list(errors(answer)) == ["provider"]
    if provider:
        assert refusal(answer) == (400, "unknown-provider")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "provider"),
        ({"provider": None}, "provider"),
        ({"provider": 1}, "provider"),
        ({"provider": "sandbox", "amount": "0.01"}, "amount"),
        ({"provider": "sandbox", "currency": "JPY"}, "currency"),
        ({"provider": "sandbox", "status": "completed"}, "status"),
    ],
)
def test_what_is_paid_is_not_the_clients_to_say(placed, body, field):
    answer = placed.post(placed.order_path("payments/"), body)
    assert list(errors(answer)) == [field]


def test_paying_needs_a_registrant_and_all_seats(api, general, workshop, free):
    def refused(client):
        body = {"provider": "sandbox"}
        return refusal(client.post(client.order_path("payments/"), body))

    assert refused(api.place("summit", {general: 1})) == (409, "registrant-missing")
    assert refused(api.place("summit", {workshop: 5})) == (409, "seats-not-reserved")


def test_what_is_free_is_not_paid(placed_free):
    body = {"provider": "sandbox"}
    answer = placed_free.post(placed_free.order_path("payments/"), body)
    assert refusal(answer) == (409, "payment-not-needed")


def test_no_payment_at_an_unpublished_conference(conference, placed):
    services.unpublish(conference_id=conference.id)
    answer = placed.post(placed.order_path("payments/"), {"provider": "sandbox"})
    assert refusal(answer) == (409, "conference-closed")


def test_no_payment_after_the_hold(placed):
    later = datetime.fromisoformat(placed.order["hold_expires_at"])
    with time_machine.travel(later, tick=False):
        answer = placed.post(placed.order_path("payments/"), {"provider": "sandbox"})
    assert refusal(answer) == (409, "order-already-expired")


def test_a_payment_of_another_order_is_not_there(api, placed, general):
    payment = start(placed)
    other = api.place("summit", {general: 1})
    answer = other.get(other.order_path(f"payments/{payment['id']}/"))
    assert refusal(answer) == (404, "not-found")
    missing = placed.get(placed.order_path(f"payments/{uuid4()}/"))
    assert missing.content == answer.content


def test_an_accepted_payment_confirms_the_order(placed):
    payment = start(placed)
    path = placed.order_path(f"payments/{payment['id']}/")
    tag = placed.get(path)["ETag"]
    answer = decide(payment, "accepted")
    assert answer.status_code == 200
    assert answer.json() == {**payment, "status": "completed"}
    order = placed.get(placed.order_path()).json()
    assert (order["status"], order["hold_expires_at"]) == ("confirmed", None)
    shown = placed.get(path, If_None_Match=tag)
    assert shown.json()["status"] == "completed"


def test_a_rejected_payment_leaves_the_order_as_it_was(placed):
    payment = start(placed)
    assert decide(payment, "rejected").json()["status"] == "rejected"
    order = placed.get(placed.order_path()).json()
    assert order["status"] == "reserved"
    assert start(placed)["id"] != payment["id"]


def test_a_decision_is_made_once(placed):
    payment = start(placed)
    first = decide(payment, "accepted")
    assert decide(payment, "accepted").content == first.content
    assert refusal(decide(payment, "rejected")) == (409, "already-decided")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "outcome"),
        ({"outcome": "maybe"}, "outcome"),
        ({"outcome": True}, "outcome"),
        ({"outcome": ["accepted"]}, "outcome"),
        ({"outcome": "accepted", "amount": "1.00"}, "amount"),
    ],
)
def test_an_outcome_is_one_of_two(placed, body, field):
    answer = placed.post(f"/sandbox/payments/{start(placed)['id']}/", body)
    assert list(errors(answer)) == [field]


def test_the_sandbox_decides_its_own_payments_only(placed):
    invoice = start(placed, "invoice")
    assert refusal(decide(invoice, "accepted")) == (404, "not-found")
    assert refusal(decide({"id": uuid4()}, "accepted")) == (404, "not-found")


def test_without_the_setting_there_is_no_sandbox(placed, settings):
    payment = start(placed)
    settings.PAYMENT_PROVIDERS = ["invoice"]
    assert refusal(decide(payment, "accepted")) == (404, "not-found")
    answer = placed.post(placed.order_path("payments/"), {"provider": "sandbox"})
    assert refusal(answer) == (400, "unknown-provider")


def test_a_paid_order_can_be_cancelled_and_is_refunded(placed, general):
    decide(start(placed), "accepted")
    assert placed.post(placed.order_path("cancel/")).json()["status"] == "cancelled"
    answer = placed.put(placed.order_path("items/"), {"items": lines({general: 1})})
    assert refusal(answer) == (409, "order-already-cancelled")
