"""An order that wants no money any more closes its pages at Stripe."""

import json
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from django.test import Client
from django.utils import timezone

from payments import transitions
from payments.models import Payment, ProviderCallback, Refund
from registrations.commands import order as orders
from registrations.commands import payment as money
from registrations.commands.cancellation import Wish, cancel_as_organizer
from registrations.models import OrderView
from registrations.registration_process import release_ended_holds
from tests.payments.stripe.orders.paid_orders import PaidOrder, order_to_pay
from tests.payments.stripe_provider import StripeProvider
from tests.registrations.conftest import Summit
from tests.registrations.mail_queue import run_tasks

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(stripe: StripeProvider, summit: Summit) -> PaidOrder:
    return order_to_pay(stripe, summit)


def pay_by_invoice(order: PaidOrder) -> None:
    now = timezone.now()
    invoice = money.start_payment(order_id=order.order_id, provider="invoice", now=now)
    transitions.complete(invoice.pk, now=now)


def let_expire(order: PaidOrder) -> None:
    later = timezone.now() + timedelta(hours=1)
    release_ended_holds("", [str(order.order_id)], later)


def ask_for_fewer_seats(order: PaidOrder) -> None:
    view = OrderView.objects.get(pk=order.order_id)
    seat_type: UUID = view.line_rows.get().seat_type_id
    orders.change_items(
        order_id=order.order_id, items=[(seat_type, 1)], now=timezone.now()
    )


def pay_and_cancel(order: PaidOrder) -> None:
    pay_by_invoice(order)
    wish = Wish(order_id=order.order_id, by="organizer", now=timezone.now())
    cancel_as_organizer(wish)


ENDS = [pay_by_invoice, let_expire, ask_for_fewer_seats, pay_and_cancel]


def tell_all(order: PaidOrder, kind: str = "") -> list[str]:
    """What Stripe has told so far, at the door, in its order."""
    answers = []
    for event in order.stripe.stand_in.books.events:
        if kind not in {"", event["type"]}:
            continue
        body, headers = order.stripe.sign(
            json.dumps(event).encode(), now=timezone.now()
        )
        answer = Client().post(
            "/payments/callbacks/stripe/",
            body,
            content_type="application/json",
            headers=headers,
        )
        assert answer.status_code == 200, answer.content
        answers.append(answer.json()["result"])
    return answers


@pytest.mark.parametrize("end", ENDS)
def test_page_cannot_be_paid_any_more(
    order: PaidOrder, end: Callable[[PaidOrder], None]
):
    page = order.payment.redirect_url
    assert httpx.get(page).status_code == 200
    end(order)
    assert httpx.get(page).status_code == 200, "Nothing leaves before the commit."
    run_tasks()
    paid = httpx.post(page, data={"action": "pay"})
    assert (paid.status_code, "expired" in paid.text) == (410, True)
    assert order.stripe.stand_in.charges() == {}

    before = order.end()
    assert tell_all(order) == ["applied"]
    after = order.end()
    assert after["payment"][0] == "rejected"
    for what in ("order", "seats", "cases", "ledger"):
        assert after[what] == before[what]


def test_page_of_an_order_that_still_wants_it_stays_open(order: PaidOrder):
    now = timezone.now()
    money.start_payment(order_id=order.order_id, provider="invoice", now=now)
    run_tasks()
    assert httpx.get(order.payment.redirect_url).status_code == 200


def test_other_page_of_the_order_stays_payable(order: PaidOrder):
    """Of two pages the one that does not fit is closed, and its end leaves the hold to
    the other."""
    ask_for_fewer_seats(order)
    now = timezone.now()
    fitting = money.start_payment(order_id=order.order_id, provider="stripe", now=now)
    held_until = OrderView.objects.get(pk=order.order_id).hold_expires_at
    begun = Client().post(f"/payments/{fitting.pk}/")
    run_tasks()
    tell_all(order)
    assert OrderView.objects.get(pk=order.order_id).hold_expires_at == held_until
    assert httpx.post(begun["location"], data={"action": "pay"}).status_code == 303
    tell_all(order, "payment_intent.succeeded")
    assert OrderView.objects.get(pk=order.order_id).status == "confirmed"


def test_paid_before_it_was_closed_goes_back_as_it_does_today(order: PaidOrder):
    """The payer was faster than the task: the session is complete, and no error."""
    pay_by_invoice(order)
    order.stripe.stand_in.books.pay(order.session)
    run_tasks()
    assert not list(order.stripe.stand_in.books.told("checkout.session.expired"))
    tell_all(order)
    refund = Refund.objects.get()
    assert (refund.payment_id, refund.reason) == (order.payment.pk, "already-paid")


def test_expiry_told_twice_and_before_the_failure_of_a_card(order: PaidOrder):
    """Late and in the other order: the end is the same."""
    order.stripe.stand_in.books.decline(order.session)
    pay_by_invoice(order)
    run_tasks()
    assert httpx.get(order.payment.redirect_url).status_code == 410
    for kind in (
        "checkout.session.expired",
        "payment_intent.payment_failed",
        "checkout.session.expired",
    ):
        tell_all(order, kind)
    assert Payment.objects.get(pk=order.payment.pk).status == "rejected"
    assert OrderView.objects.get(pk=order.order_id).status == "confirmed"
    assert not ProviderCallback.objects.filter(verdict="contradicting").exists()
