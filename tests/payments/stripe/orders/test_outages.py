"""Stripe down, slow, failing, or its answer lost: pages answer, holds end as they must,
and a card is charged once."""

import json
import time
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.utils import timezone

from payments import reconciliation, refund_results, services
from payments.models import Payment, ProviderCall
from registrations.models import OrderView
from registrations.registration_process import release_ended_holds
from registrations.web.access import SESSION_KEY
from tests.payments.conftest import Heard
from tests.payments.stripe.orders.paid_orders import PaidOrder
from tests.payments.stripe_provider import StripeProvider
from tests.registrations.conftest import Summit, start_payment
from tests.waiting import PATIENCE

pytestmark = pytest.mark.django_db

TROUBLE = ["down", "slow", "fail-before", "fail-after", "lose-answer"]
CREATE = "POST /v1/checkout/sessions"
# A page that waits for a slow Stripe, and not for its own time-out, takes longer.
SLOW, TIMEOUT = 120, 0.3
QUICK = 30.0


@pytest.fixture
def order(stripe: StripeProvider, summit: Summit) -> PaidOrder:
    """The registrant has chosen to pay by card; Stripe was not asked yet."""
    now = timezone.now()
    placed = summit.ready((summit.general, 2), now=now)
    payment = start_payment(placed.pk, provider="stripe", now=now)
    return PaidOrder(stripe, placed.pk, payment)


@pytest.fixture
def browser(order: PaidOrder) -> Client:
    """The registrant's, which may see the order."""
    session = SessionStore()
    session[SESSION_KEY] = [str(order.order_id)]
    session.save()
    client = Client()
    client.cookies["sessionid"] = str(session.session_key)
    return client


def trouble(order: PaidOrder, kind: str, **how: Any) -> None:
    if kind == "slow":
        order.stripe.settings.STRIPE_TIMEOUT = TIMEOUT
    order.stripe.stand_in.faults.set(kind, seconds=SLOW, **how)


def end_of_trouble(order: PaidOrder) -> None:
    """From here on Stripe answers, and is given the time that it needs."""
    order.stripe.settings.STRIPE_TIMEOUT = PATIENCE
    order.stripe.stand_in.faults.clear()


def answer(browser: Client, method: str, path: str) -> Any:
    began = time.perf_counter()
    answered = getattr(browser, method)(path)
    assert time.perf_counter() - began < QUICK
    return answered


def press_pay(browser: Client, order: PaidOrder) -> Any:
    return answer(browser, "post", f"/payments/{order.payment.pk}/")


@pytest.mark.parametrize("kind", TROUBLE)
def test_start_in_trouble_answers_and_later_charges_once(
    order: PaidOrder, browser: Client, heard: Heard, kind: str
):
    trouble(order, kind, only=CREATE)
    for _ in range(2):
        page = press_pay(browser, order)
        assert page.status_code == 503, page.content
        assert b"Nothing was charged" in page.content
    for path in (f"/orders/{order.order_id}/", order.payment.return_url):
        assert answer(browser, "get", path).status_code in {200, 302}
    assert order.end()["order"][0] == "reserved"

    end_of_trouble(order)
    page = press_pay(browser, order)
    assert page.status_code == 303
    order.stripe.stand_in.books.pay(session_in(page["location"]))
    reconciliation.reconcile(now=timezone.now() + timedelta(minutes=2))
    assert order.end()["order"] == ("confirmed", "", "")
    assert order.stripe.stand_in.charges() == {str(order.payment.pk): 1}
    assert heard.but("fee_charged") == ["payment_completed"]


def session_in(url: str) -> str:
    return url.split("/pay/")[1].split("?")[0]


@pytest.mark.parametrize("kind", TROUBLE)
def test_hold_ends_when_it_must_whatever_stripe_does(
    order: PaidOrder, browser: Client, kind: str
):
    """Extended once when the payment began, and never by trying again."""
    trouble(order, kind)
    held_until = OrderView.objects.get(pk=order.order_id).hold_expires_at
    assert held_until == order.payment.due_at
    press_pay(browser, order)
    reconciliation.reconcile(now=timezone.now() + timedelta(minutes=2))
    assert OrderView.objects.get(pk=order.order_id).hold_expires_at == held_until
    assert held_until
    release_ended_holds("", [str(order.order_id)], held_until - timedelta(seconds=1))
    assert order.end()["order"][0] == "reserved"
    release_ended_holds("", [str(order.order_id)], held_until)
    assert order.end()["order"][0] == "expired"
    assert answer(browser, "get", f"/orders/{order.order_id}/").status_code == 200


@pytest.mark.parametrize("kind", TROUBLE)
def test_look_up_in_trouble_leaves_the_page_and_finds_the_money_later(
    order: PaidOrder, browser: Client, heard: Heard, kind: str
):
    page = press_pay(browser, order)
    order.stripe.stand_in.books.pay(session_in(page["location"]))
    trouble(order, kind)
    waiting = answer(browser, "get", order.payment.return_url)
    assert waiting.status_code == 200
    services.reconcile_payment(order.payment.pk, now=timezone.now())
    reconciliation.reconcile(now=timezone.now() + timedelta(minutes=2))
    calls = ProviderCall.objects.filter(operation="look_up")
    assert set(calls.values_list("outcome", flat=True)) == {"unavailable"}
    assert heard == []
    end_of_trouble(order)
    reconciliation.reconcile(now=timezone.now() + timedelta(minutes=5))
    assert order.end()["order"] == ("confirmed", "", "")
    assert order.stripe.stand_in.charges() == {str(order.payment.pk): 1}


@pytest.mark.parametrize("kind", [one for one in TROUBLE if one != "fail-before"])
def test_refund_in_trouble_is_made_once(
    order: PaidOrder, browser: Client, heard: Heard, kind: str
):
    """A failure that left nothing behind is in `test_refunds`: it takes a day."""
    page = press_pay(browser, order)
    order.stripe.stand_in.books.pay(session_in(page["location"]))
    services.reconcile_payment(order.payment.pk, now=timezone.now())
    refund = services.request_refund(
        payment_id=order.payment.pk, amount=None, reason="organizer", now=timezone.now()
    )
    trouble(order, kind, times=1, only="POST /v1/refunds")
    refund_results.carry_out(refund.pk, now=timezone.now())
    refund.refresh_from_db()
    assert (refund.status, refund.attempts) == ("requested", 1)
    assert answer(browser, "get", f"/orders/{order.order_id}/").status_code == 200
    if kind == "slow":
        # Stripe is still at it, under the same key.
        end_of_trouble(order)
    refund_results.carry_out(refund.pk, now=timezone.now())
    refund.refresh_from_db()
    assert refund.status == "done"
    assert order.stripe.stand_in.refunds() == {str(refund.pk): 1}
    assert heard.names.count("payment_refunded") == 1


def test_payment_in_the_last_second_of_a_lost_answer_is_late_but_not_lost(
    order: PaidOrder, browser: Client, heard: Heard
):
    """Paid on a page whose answer never came: another tab had got it. The hold is over,
    seats are there: the order is confirmed after all."""
    trouble(order, "lose-answer", only=CREATE, times=1)
    press_pay(browser, order)
    page = press_pay(browser, order)
    books = order.stripe.stand_in.books
    books.pay(session_in(page["location"]))
    assert order.payment.due_at
    release_ended_holds("", [str(order.order_id)], order.payment.due_at)
    assert order.end()["order"][0] == "expired"
    (event,) = books.told("payment_intent.succeeded")
    body, headers = order.stripe.sign(json.dumps(event).encode(), now=timezone.now())
    answered = browser.post(
        "/payments/callbacks/stripe/",
        body,
        content_type="application/json",
        headers=headers,
    )
    assert answered.json() == {"result": "applied"}
    assert order.end()["order"][0] == "confirmed"
    assert Payment.objects.get(pk=order.payment.pk).status == "completed"
