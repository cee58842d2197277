"""Money that comes early, late, twice or not at all."""

import pytest
from django.db import transaction

from conferences import services as conferences
from payments import refund_results, transitions
from payments import services as payments
from payments.models import Refund
from registrations.commands import order as orders
from registrations.commands import payment as money
from registrations.domain import errors
from registrations.models import OrderView, SeatTypeView
from tests.registrations.conftest import (
    NOW,
    Summit,
    minutes,
    pay,
    reload,
    start_payment,
)
from tests.waiting import has_to_wait


def refunds(order: OrderView) -> list[tuple[str, str]]:
    return sorted(
        (str(refund.amount), refund.reason)
        for payment in payments.payments_of(order.pk)
        for refund in payments.refunds_of(payment.pk)
    )


def expired_with_payment(summit: Summit, quantity: int = 2):
    order = summit.ready((summit.general, quantity))
    payment = start_payment(order.pk)
    orders.expire_order(order_id=order.pk, now=NOW + minutes(30))
    assert reload(order).status == "expired"
    return order, payment


def test_a_payment_under_way_extends_the_hold_once(summit):
    order = summit.ready((summit.general, 1))

    start_payment(order.pk, now=NOW + minutes(14))
    assert reload(order).hold_expires_at == NOW + minutes(29)
    start_payment(order.pk, now=NOW + minutes(20))
    assert reload(order).hold_expires_at == NOW + minutes(29)


def test_starting_the_same_payment_twice_is_one_payment(summit):
    order = summit.ready((summit.general, 1))

    assert start_payment(order.pk).pk == start_payment(order.pk).pk


def test_hold_of_an_invoice_follows_its_due_date(summit):
    order = summit.ready((summit.general, 1))

    invoice = start_payment(order.pk, provider="invoice")

    assert (
        reload(order).hold_expires_at == invoice.due_at == NOW + minutes(14 * 24 * 60)
    )
    payments.mark_paid(invoice.pk, by="organizer", now=NOW + minutes(60))
    assert reload(order).status == "confirmed"


def test_unknown_provider_is_refused(summit):
    order = summit.ready((summit.general, 1))

    with pytest.raises(errors.UnknownProvider):
        start_payment(order.pk, provider="gold")


def test_late_payment_gets_the_same_seats_again(summit):
    order, payment = expired_with_payment(summit)

    transitions.complete(payment.pk, now=NOW + minutes(40))

    assert reload(order).status == "confirmed"
    assert SeatTypeView.objects.get(pk=summit.general).sold == 2
    assert refunds(order) == []


def test_late_payment_for_seats_that_are_gone_is_refunded_once(make_summit, db):
    summit = make_summit(quotas=(2, 0, 0))
    order, payment = expired_with_payment(summit)
    summit.confirmed((summit.general, 1), now=NOW + minutes(31))

    for _ in range(3):
        transitions.complete(payment.pk, now=NOW + minutes(40))

    assert (reload(order).status, reload(order).payment_returned) == (
        "expired",
        "seats-gone",
    )
    assert refunds(order) == [("398.000", "seats-gone")]


def test_payment_after_the_hold_but_before_the_release_confirms(summit):
    order = summit.ready((summit.general, 1))
    payment = start_payment(order.pk)

    transitions.complete(payment.pk, now=NOW + minutes(35))

    assert reload(order).status == "confirmed"
    orders.expire_order(order_id=order.pk, now=NOW + minutes(36))
    assert reload(order).status == "confirmed"


def test_second_payment_is_refunded(summit):
    order = summit.ready((summit.general, 1))
    card = start_payment(order.pk)
    invoice = start_payment(order.pk, provider="invoice")

    transitions.complete(card.pk, now=NOW)
    transitions.complete(invoice.pk, now=NOW)

    assert reload(order).status == "confirmed"
    assert refunds(order) == [("199.000", "already-paid")]


def test_payment_while_the_seats_were_changed_goes_back(summit):
    order = summit.ready((summit.general, 1))
    payment = start_payment(order.pk)
    orders.change_items(order_id=order.pk, items=[(summit.general, 2)], now=NOW)

    transitions.complete(payment.pk, now=NOW)

    assert (reload(order).status, refunds(order)) == (
        "reserved",
        [("199.000", "amount-differs")],
    )
    pay(order.pk)
    assert reload(order).status == "confirmed"


def test_payment_of_a_cancelled_order_goes_back(summit):
    order = summit.ready((summit.general, 1))
    card = start_payment(order.pk)
    invoice = start_payment(order.pk, provider="invoice")
    transitions.complete(card.pk, now=NOW)
    orders.cancel_order(order_id=order.pk, by="registrant", now=NOW)

    transitions.complete(invoice.pk, now=NOW)

    assert refunds(order) == [
        ("199.000", "order-cancelled"),
        ("199.000", "order-cancelled-before"),
    ]


def test_conference_closed_meanwhile_does_not_lose_a_payment_under_way(summit):
    order = summit.ready((summit.general, 1))
    payment = start_payment(order.pk)
    conferences.unpublish(conference_id=summit.id)

    transitions.complete(payment.pk, now=NOW)

    assert reload(order).status == "confirmed"


def test_rejection_of_an_expired_order_changes_nothing(summit):
    order, payment = expired_with_payment(summit)

    transitions.reject(payment.pk, now=NOW + minutes(31))

    assert reload(order).status == "expired"


def test_failed_refund_needs_attention(make_summit, db):
    summit = make_summit(quotas=(2, 0, 0))
    order, payment = expired_with_payment(summit)
    summit.confirmed((summit.general, 1), now=NOW + minutes(31))
    transitions.complete(payment.pk, now=NOW + minutes(40))

    refund_results.record_failed(Refund.objects.get().pk, error="Card closed", now=NOW)

    assert (reload(order).attention, reload(order).attention_note) == (
        "refund-failed",
        "Card closed",
    )


def test_late_payment_takes_seats_whose_hold_has_ended(make_summit, db):
    summit = make_summit(quotas=(2, 0, 0))
    order, payment = expired_with_payment(summit)
    other = summit.place((summit.general, 2), now=NOW + minutes(31))

    transitions.complete(payment.pk, now=NOW + minutes(50))

    assert reload(order).status == "confirmed"
    assert reload(other).status == "expired"


def test_choosing_the_invoice_anew_does_not_start_its_time_anew(summit):
    order = summit.ready((summit.general, 1))
    start_payment(order.pk, provider="invoice", now=NOW + minutes(5))
    end = reload(order).hold_expires_at
    later = NOW + minutes(3 * 24 * 60)
    orders.change_items(order_id=order.pk, items=[(summit.general, 2)], now=later)

    start_payment(order.pk, provider="invoice", now=later)

    assert reload(order).hold_expires_at == end == NOW + minutes(14 * 24 * 60)


def test_a_refund_by_hand_is_shown_until_it_is_settled(summit):
    order = summit.ready((summit.general, 1))
    invoice = start_payment(order.pk, provider="invoice")
    payments.mark_paid(invoice.pk, by="organizer", now=NOW)
    orders.cancel_order(order_id=order.pk, by="organizer", now=NOW, as_organizer=True)
    assert reload(order).attention == "refund-by-hand"

    [refund] = payments.refunds_of(invoice.pk)
    payments.settle_refund_by_hand(refund.pk, by="organizer", now=NOW, note="Sent.")

    assert (reload(order).attention, reload(order).status) == ("", "cancelled")


def test_settling_the_case_settles_its_refund_by_hand(summit):
    order = summit.ready((summit.general, 1))
    invoice = start_payment(order.pk, provider="invoice")
    payments.mark_paid(invoice.pk, by="organizer", now=NOW)
    orders.cancel_order(order_id=order.pk, by="organizer", now=NOW, as_organizer=True)

    money.settle_by_hand(order_id=order.pk, by="organizer", note="Sent.", now=NOW)

    assert reload(order).attention == ""
    assert [refund.status for refund in payments.refunds_of(invoice.pk)] == ["done"]


def test_one_failed_refund_does_not_hide_another(summit):
    order = summit.ready((summit.general, 1))
    first = start_payment(order.pk)
    orders.change_items(order_id=order.pk, items=[(summit.general, 2)], now=NOW)
    second = start_payment(order.pk)
    transitions.complete(first.pk, now=NOW)
    transitions.complete(second.pk, now=NOW)
    orders.cancel_order(order_id=order.pk, by="registrant", now=NOW)
    for payment in (first, second):
        [refund] = payments.refunds_of(payment.pk)
        refund_results.record_failed(refund.pk, error="Card closed", now=NOW)

    for still_open in ("refund-failed", ""):
        money.settle_by_hand(order_id=order.pk, by="organizer", note="Sent.", now=NOW)
        assert reload(order).attention == still_open
    statuses = {
        refund.status
        for payment in (first, second)
        for refund in payments.refunds_of(payment.pk)
    }
    assert statuses == {"done"}


def test_late_money_for_seats_that_were_never_all_held_goes_back(make_summit, db):
    """The total is right, but not everything that was asked for was reserved."""
    summit = make_summit(quotas=(10, 0, 10))
    order = summit.ready((summit.general, 1))
    payment = start_payment(order.pk)
    orders.change_items(
        order_id=order.pk, items=[(summit.general, 1), (summit.workshop, 1)], now=NOW
    )
    assert reload(order).status == "partially_reserved"
    orders.expire_order(order_id=order.pk, now=NOW + minutes(30))

    transitions.complete(payment.pk, now=NOW + minutes(31))

    assert reload(order).status == "expired"
    assert refunds(order) == [("199.000", "amount-differs")]


@pytest.mark.django_db(transaction=True)
def test_cancelling_while_the_organizer_refunds(make_summit):
    summit = make_summit()
    order = summit.confirmed((summit.general, 1))
    [payment] = payments.payments_of(order.pk)

    with transaction.atomic():
        payments.request_refund(
            payment_id=payment.pk, amount=None, reason="organizer", now=NOW
        )
        cancelling = has_to_wait(
            lambda: orders.cancel_order(order_id=order.pk, by="registrant", now=NOW)
        )
    cancelling.join()

    assert reload(order).status == "cancelled"
    assert refunds(order) == [("199.000", "organizer")]
