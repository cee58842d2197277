"""Cancelling seats: nobody gets more than was paid and is still there."""

from decimal import Decimal

import pytest

from payments import disputes, refund_results, transitions
from payments import services as payments
from payments.gateways.base import Outcome
from registrations.commands.cancellation import (
    cancel_as_organizer,
    cancel_as_registrant,
)
from registrations.domain import errors
from registrations.queries.cancellation import preview
from registrations.queries.invariants import problems
from tests.factories.payments import fact
from tests.registrations.commands.cancelling import refunds, wish
from tests.registrations.conftest import NOW, minutes, reload, start_payment

# Organizers


@pytest.mark.parametrize(
    ("seats", "refund", "given", "kept"),
    [
        ((), None, "448.00", "0.00"),
        ((0,), None, "199.00", "0.00"),
        ((0,), "0.00", None, "199.00"),
        ((0,), "1.50", "1.50", "197.50"),
        # More than the seat costs: nothing of its price is kept
        ((0,), "448.00", "448.00", "0.00"),
    ],
)
def test_organizers_give_back_what_they_like(order, seats, refund, given, kept):
    amount = Decimal(refund) if refund else None
    cancel_as_organizer(wish(order, *seats, by="olga", note="Ill."), refund=amount)

    assert [one[0] for one in refunds(order)] == ([given] if given else [])
    assert reload(order).kept.amount == Decimal(kept)
    assert list(problems()) == []


def test_organizers_give_back_no_more_than_there_is(order):
    (payment,) = payments.payments_of(order.pk)
    payments.request_refund(
        payment_id=payment.pk, amount=Decimal(400), reason="organizer", now=NOW
    )
    for amount in ("48.01", "-0.01", "0.001"):
        with pytest.raises(errors.RefundNotPossible):
            cancel_as_organizer(wish(order, by="olga"), refund=Decimal(amount))
    cancel_as_organizer(wish(order, by="olga"))
    assert [one[0] for one in refunds(order)] == ["400.00", "48.00"]
    assert list(problems()) == []


def test_what_the_organizer_gave_back_before_does_not_go_back_again(order):
    (payment,) = payments.payments_of(order.pk)
    payments.request_refund(
        payment_id=payment.pk, amount=Decimal(100), reason="organizer", now=NOW
    )
    cancel_as_registrant(wish(order))

    # $448 less 10 percent, of which $348 are left
    assert [one[0] for one in refunds(order)] == ["100.00", "348.00"]
    assert reload(order).attention == ""
    assert list(problems()) == []


# Where the money is


def disputed(payment: payments.Payment, amount: str, outcome: Outcome) -> None:
    told = fact(
        payment,
        outcome,
        amount=Decimal(amount),
        part_reference="dispute-1",
        reason="fraudulent",
    )
    disputes.take(told, now=NOW)


def test_what_is_disputed_does_not_go_back_and_is_shown(order):
    (payment,) = payments.payments_of(order.pk)
    disputed(payment, "300.00", Outcome.DISPUTED)

    assert preview(order.pk, None, now=NOW).refund == Decimal("148.00")
    cancel_as_registrant(wish(order))

    assert refunds(order) == [("148.00", "order-cancelled", "requested")]
    assert reload(order).attention == "refund-disputed"
    assert "255.20 USD of it cannot be given back" in reload(order).attention_note
    assert list(problems()) == []

    # The refund that was possible is not the end of it.
    (refund,) = payments.refunds_of(payment.pk)
    refund_results.record_done(refund.pk, expected=[refund.Status.REQUESTED], now=NOW)
    assert reload(order).attention == "refund-disputed"


def test_what_a_lost_dispute_took_is_not_missing(order):
    (payment,) = payments.payments_of(order.pk)
    disputed(payment, "300.00", Outcome.DISPUTED)
    disputed(payment, "300.00", Outcome.DISPUTE_LOST)

    cancel_as_registrant(wish(order))

    assert refunds(order) == [("148.00", "order-cancelled", "requested")]
    assert reload(order).attention == ""


def test_of_two_payments_the_newer_one_goes_back_first(summit):
    order = summit.ready((summit.general, 2))
    card = start_payment(order.pk)
    invoice = start_payment(order.pk, provider="invoice", now=NOW + minutes(1))
    transitions.complete(card.pk, now=NOW)
    transitions.complete(invoice.pk, now=NOW)
    (double,) = payments.refunds_of(invoice.pk)
    refund_results.record_failed(double.pk, error="closed", now=NOW)
    if double.status == double.Status.BY_HAND:
        payments.Refund.objects.filter(pk=double.pk).update(status="failed")
    payments.keep_money_of_failed_refund(invoice.pk, by="olga", now=NOW)

    cancel_as_organizer(wish(order, by="olga"), refund=Decimal(500))

    def given_back(payment: payments.Payment) -> list[Decimal]:
        kept = [
            one for one in payments.refunds_of(payment.pk) if one.status != "withdrawn"
        ]
        return [one.amount for one in kept]

    assert (given_back(invoice), given_back(card)) == ([Decimal(398)], [Decimal(102)])


def test_an_invoice_goes_back_by_hand_each_time(summit):
    order = summit.ready((summit.general, 3))
    transitions.complete(start_payment(order.pk, provider="invoice").pk, now=NOW)
    cancel_as_registrant(wish(order, 0))
    cancel_as_registrant(wish(order, 1))

    assert refunds(order) == [("199.00", "seats-cancelled", "by_hand")] * 2
    assert reload(order).attention == "refund-by-hand"
    (payment,) = payments.payments_of(order.pk)
    first, second = payments.refunds_of(payment.pk)
    payments.settle_refund_by_hand(first.pk, by="olga", now=NOW)
    assert reload(order).attention == "refund-by-hand"
    payments.settle_refund_by_hand(second.pk, by="olga", now=NOW)
    assert reload(order).attention == ""
    assert list(problems()) == []
