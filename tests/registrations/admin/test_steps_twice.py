"""A page speaks of the case that it showed: pressed twice, or late, of no other."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from payments import refund_results
from payments import services as payments
from registrations.commands import order as orders
from registrations.commands.cancellation import Wish, cancel_as_organizer
from registrations.models import OrderView
from tests.registrations.admin.pages import page, read, said, step
from tests.registrations.conftest import NOW, Summit, reload, start_payment

DEALT_WITH = ["That was dealt with already. Look at what else needs attention."]


def form_on(client: Client, address: str) -> dict[str, str]:
    html = client.get(address).content.decode()
    hidden = r'type="hidden" name="(payment|refunds)" value="([^"]*)"'
    return dict(re.findall(hidden, html))


def statuses(order: OrderView) -> list[str]:
    return [
        refund.status
        for payment in payments.payments_of(order.pk)
        for refund in payments.refunds_of(payment.pk)
    ]


@pytest.fixture
def cancelled_twice_paid(summit: Summit) -> OrderView:
    """Two payments, and the money of both is to be given back."""
    order = summit.ready((summit.general, 1))
    unfit = start_payment(order.pk, provider="invoice")
    orders.change_items(order_id=order.pk, items=[(summit.general, 2)], now=NOW)
    fit = start_payment(order.pk, provider="invoice")
    for payment in (unfit, fit):
        payments.mark_paid(payment.pk, by="organizer", now=NOW)
    orders.cancel_order(order_id=order.pk, by="organizer", now=NOW, as_organizer=True)
    return order


def test_second_click_settles_no_other_case(organizer, cancelled_twice_paid):
    order = cancelled_twice_paid
    address = step("settle-by-hand", order.pk)
    form = form_on(organizer, address) | {"note": "Sent by bank transfer."}

    first = organizer.post(address, form, follow=True)
    second = organizer.post(address, form, follow=True)

    assert said(first) == ["The case is settled."]
    assert said(second) == DEALT_WITH
    assert sorted(statuses(order)) == ["by_hand", "done"]
    assert reload(order).attention == "refund-by-hand"


def test_second_click_on_retry_closes_no_other_case(organizer, summit):
    order = summit.ready((summit.general, 1))
    card = start_payment(order.pk)
    orders.change_items(order_id=order.pk, items=[(summit.general, 2)], now=NOW)
    invoice = start_payment(order.pk, provider="invoice")
    payments.mark_paid(invoice.pk, by="organizer", now=NOW)
    orders.cancel_order(order_id=order.pk, by="organizer", now=NOW, as_organizer=True)
    payments.decide_in_sandbox(card.pk, outcome="accepted", now=timezone.now())
    (refund,) = payments.refunds_of(card.pk)
    refund_results.record_failed(refund.pk, error="The card is closed.", now=NOW)
    assert reload(order).attention == "refund-failed"

    for _ in range(2):
        organizer.post(step("retry-refund", order.pk))

    assert reload(order).attention == "refund-by-hand"
    assert sorted(statuses(order)) == ["by_hand", "requested"]


def test_refund_that_the_page_did_not_show_is_not_settled(organizer, summit):
    """Somebody cancelled another seat while the first refund was sent by hand."""
    order = summit.ready((summit.general, 1), (summit.party, 1))
    invoice = start_payment(order.pk, provider="invoice")
    payments.mark_paid(invoice.pk, by="organizer", now=NOW)
    give_back(order, 0)
    address = step("settle-by-hand", order.pk)
    form = form_on(organizer, address) | {"note": "Sent."}
    assert "$199.00" in read(organizer, address)
    give_back(order, 1)

    organizer.post(address, form, follow=True)

    assert statuses(order) == ["done", "by_hand"]
    assert reload(order).attention == "refund-by-hand"
    shown = read(organizer, address)
    assert "$50.00" in shown
    form = form_on(organizer, address) | {"note": "Sent as well."}
    assert said(organizer.post(address, form, follow=True)) == ["The case is settled."]
    assert (statuses(order), reload(order).attention) == (["done", "done"], "")
    assert "Sent as well." in read(organizer, page("orderview", order.pk))


@pytest.mark.parametrize("form", [{"refunds": "x"}, {"payment": "x"}])
def test_what_no_page_says_is_refused(organizer, cancelled_twice_paid, form):
    address = step("settle-by-hand", cancelled_twice_paid.pk)

    assert organizer.post(address, form | {"note": "-"}).status_code == 400
    assert statuses(cancelled_twice_paid) == ["by_hand", "by_hand"]


def give_back(order: OrderView, position: int) -> None:
    cancel_as_organizer(
        Wish(
            order_id=order.pk, by="organizer", now=NOW, positions=frozenset({position})
        )
    )
