"""All money that moves is booked: what the order takes, and what goes back."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import partial
from uuid import UUID

import pytest
from django.db import transaction
from django.db.models import Sum
from uuid_utils.compat import uuid7

from payments import disputes, fact_effects, refund_results, transitions
from payments import services as payments
from payments.gateways.base import CallbackFact, Outcome
from registrations import account_listeners
from registrations.commands import order as orders
from registrations.commands import payment as money
from registrations.models import LedgerEntry, OrderView
from registrations.queries.history import order_history
from tests.at_once import at_once
from tests.factories.payments import fact
from tests.registrations.conftest import (
    NOW,
    Summit,
    minutes,
    pay,
    refund_fails,
    start_payment,
)

VAT = Decimal(25)


@pytest.fixture
def taxed(make_summit: Callable[..., Summit], db) -> Summit:
    return make_summit(tax_name="VAT", tax_rate=VAT, quotas=(2, 5, 5))


def entries(payment_id: UUID) -> list[tuple[str, Decimal | None, Decimal, Decimal]]:
    return [
        (entry.kind, entry.tax_rate, entry.gross, entry.tax)
        for entry in LedgerEntry.objects.filter(payment_id=payment_id).order_by(
            "position", "gross"
        )
    ]


def said_of(payment: payments.Payment, outcome: Outcome, amount: str) -> CallbackFact:
    return fact(payment, outcome, amount=Decimal(amount), part_reference="dispute")


def returned(payment: payments.Payment, now: datetime = NOW) -> None:
    for refund in payments.refunds_of(payment.pk):
        refund_results.record_done(
            refund.pk, expected=[refund.Status.REQUESTED], now=now
        )


def test_what_the_order_takes_has_its_taxes(taxed):
    payment = pay(taxed.ready((taxed.general, 1)).pk)

    assert entries(payment.pk) == [("charge", VAT, Decimal(199), Decimal("39.80"))]


def test_an_order_without_tax(make_summit, db):
    summit = make_summit()
    payment = pay(summit.ready((summit.general, 1)).pk)

    assert entries(payment.pk) == [("charge", None, Decimal(199), Decimal(0))]


def test_late_money_that_finds_no_seats_is_not_taxed(taxed):
    late = taxed.paid_too_late((taxed.general, 2))
    returned(late, now=NOW + minutes(41))

    assert entries(late.pk) == [
        ("charge", None, Decimal(398), Decimal(0)),
        ("refund", None, Decimal(-398), Decimal(0)),
    ]


def test_late_money_for_seats_still_there_is_taxed(taxed):
    order = taxed.ready((taxed.general, 2))
    late = start_payment(order.pk)
    orders.expire_order(order_id=order.pk, now=NOW + minutes(30))
    transitions.complete(late.pk, now=NOW + minutes(40))

    assert entries(late.pk) == [("charge", VAT, Decimal(398), Decimal("79.60"))]


def test_the_second_payment_of_an_order_is_not_taxed(taxed):
    order = taxed.ready((taxed.general, 1))
    second = start_payment(order.pk, provider="invoice")
    pay(order.pk)
    transitions.complete(second.pk, now=NOW)

    assert entries(second.pk) == [("charge", None, Decimal(199), Decimal(0))]


def test_another_amount_is_booked_as_it_came(taxed):
    order = taxed.ready((taxed.general, 1))
    payment = start_payment(order.pk)
    transitions.complete(payment.pk, now=NOW, received=Decimal("198.99"))

    assert entries(payment.pk) == [("charge", None, Decimal("198.99"), Decimal(0))]


def test_confirmed_over_the_quota_the_money_gets_its_taxes(taxed):
    """It came as money without use; from now on it pays for seats."""
    late = taxed.paid_too_late((taxed.general, 2))
    refund_fails(late, now=NOW + minutes(41))
    money.confirm_over_quota(
        order_id=late.order_id, by="organizer", now=NOW + minutes(42)
    )

    assert entries(late.pk) == [
        ("charge", None, Decimal(398), Decimal(0)),
        ("charge", None, Decimal(-398), Decimal(0)),
        ("charge", VAT, Decimal(398), Decimal("79.60")),
    ]
    told = [
        one.summary for one in order_history(OrderView.objects.get(pk=late.order_id))
    ]
    assert "398.00 USD that came in before pays for the order now." in told


def test_disputes_take_and_return_and_fees_are_kept(taxed):
    order = taxed.ready((taxed.general, 1))
    payment = pay(order.pk)
    fact_effects.note_fee(
        said_of(payment, Outcome.COMPLETED, "199"), Decimal("6.07"), now=NOW
    )
    disputes.take(said_of(payment, Outcome.DISPUTED, "100.00"), now=NOW + minutes(1))
    disputes.take(said_of(payment, Outcome.DISPUTE_WON, "100.00"), now=NOW + minutes(2))

    assert entries(payment.pk) == [
        ("charge", VAT, Decimal(199), Decimal("39.80")),
        ("fee", None, Decimal("-6.07"), Decimal(0)),
        ("dispute", VAT, Decimal(-100), Decimal(-20)),
        ("dispute_won", VAT, Decimal(100), Decimal(20)),
    ]
    told = [one.summary for one in order_history(OrderView.objects.get(pk=order.pk))]
    assert told[-3:] == [
        "Sandbox keeps a fee of 6.07 USD.",
        "The payment is disputed: the payer's bank took 100.00 USD back.",
        "The dispute was won: 100.00 USD came back.",
    ]


def test_a_lost_dispute_moves_nothing_more(taxed):
    payment = pay(taxed.ready((taxed.general, 1)).pk)
    disputes.take(said_of(payment, Outcome.DISPUTED, "199.00"), now=NOW)
    disputes.take(said_of(payment, Outcome.DISPUTE_LOST, "199.00"), now=NOW)

    assert entries(payment.pk) == [
        ("charge", VAT, Decimal(199), Decimal("39.80")),
        ("dispute", VAT, Decimal(-199), Decimal("-39.80")),
    ]


@pytest.mark.django_db(transaction=True)
def test_refunds_booked_at_the_same_time_are_all_there(make_summit):
    """Each share is of what is left after the others, whoever comes first."""
    summit = make_summit(tax_name="VAT", tax_rate=Decimal("19"))
    payment = pay(summit.ready((summit.general, 1)).pk)
    amounts = [Decimal("24.87")] * 7 + [Decimal("24.91")]

    def book(amount: Decimal) -> None:
        refund_id = uuid7()
        # Told twice, without any lock that payments or the order hold.
        for _ in range(2):
            account_listeners.book_refund(
                None,
                payment_id=payment.pk,
                refund_id=refund_id,
                reason=payments.ORGANIZER_REASON,
                amount=amount,
                refunded_at=NOW,
            )

    assert at_once(*[partial(book, amount) for amount in amounts]) == [None] * 8
    booked = LedgerEntry.objects.filter(kind="refund")
    assert sorted(-entry.gross for entry in booked) == amounts
    left = LedgerEntry.objects.aggregate(net=Sum("net"), tax=Sum("tax"))
    assert left == {"net": 0, "tax": 0}


def test_what_is_undone_is_not_booked(taxed):
    order = taxed.ready((taxed.general, 1))
    payment = start_payment(order.pk)
    with transaction.atomic():
        transitions.complete(payment.pk, now=NOW)
        transaction.set_rollback(True)

    assert entries(payment.pk) == []
