"""The check of the ledger: clean after all that moves money; every fault is found."""

from decimal import Decimal

import pytest

from payments import disputes, fact_effects, refund_results
from payments import services as payments
from payments.gateways.base import Outcome
from registrations.commands import order as orders
from registrations.commands import payment as money
from registrations.queries.invariants import problems
from tests.factories.payments import fact
from tests.registrations.conftest import (
    NOW,
    Summit,
    minutes,
    pay,
    refund_fails,
)
from tests.registrations.ledger_faults import FAULTS
from tests.registrations.test_check_invariants import missed, sql


def disputed(payment: payments.Payment, amount: str, end: Outcome) -> None:
    for outcome in (Outcome.DISPUTED, end):
        told = fact(payment, outcome, amount=Decimal(amount), part_reference=end.value)
        disputes.take(told, now=NOW + minutes(50))


def returned(payment: payments.Payment) -> None:
    for refund in payments.refunds_of(payment.pk):
        refund_results.record_done(
            refund.pk, expected=[refund.Status.REQUESTED], now=NOW + minutes(60)
        )


@pytest.fixture
def busy(make_summit, db) -> Summit:
    """Money of every kind: with tax, late, given back, disputed, and fees."""
    summit: Summit = make_summit(
        tax_name="VAT", tax_rate=Decimal(19), quotas=(5, 20, 20)
    )
    kept = pay(summit.ready((summit.general, 1), (summit.party, 2)).pk)
    fact_effects.note_fee(fact(kept, Outcome.COMPLETED), Decimal("8.97"), now=NOW)
    disputed(kept, "33.33", Outcome.DISPUTE_WON)
    disputed(kept, "44.44", Outcome.DISPUTE_LOST)
    cancelled = summit.confirmed((summit.workshop, 1))
    orders.cancel_order(order_id=cancelled.pk, by="registrant", now=NOW)
    late = summit.paid_too_late((summit.general, 4))
    for payment in (*payments.payments_of(cancelled.pk), late):
        returned(payment)
    return summit


def test_nothing_is_wrong_with_any_of_it(busy):
    assert list(problems()) == []


def test_nothing_is_wrong_with_a_payment_that_pays_for_seats_after_all(make_summit, db):
    summit = make_summit(tax_name="VAT", tax_rate=Decimal(19), quotas=(2, 0, 0))
    late = summit.paid_too_late((summit.general, 2))
    refund_fails(late, now=NOW + minutes(41))
    assert list(problems()) == []

    money.confirm_over_quota(
        order_id=late.order_id, by="organizer", now=NOW + minutes(42)
    )

    assert list(problems()) == []


@pytest.mark.parametrize(("name", "rate"), [("", None), ("VAT", Decimal(0))])
def test_nothing_is_wrong_without_tax(make_summit, db, name, rate):
    summit = make_summit(tax_name=name, tax_rate=rate)
    returned(pay(summit.ready((summit.general, 2)).pk))

    assert list(problems()) == []


def test_every_fault_of_a_ledger_is_found(busy):
    assert missed(FAULTS) == {}
    assert list(problems()) == []


def test_the_problems_are_told_in_words(busy):
    sql("DELETE FROM registrations_ledgerentry WHERE kind = 'fee'")

    lost, balance = problems()

    assert (lost.rule, lost.sentence) == (
        "ledger-rows-differ",
        "fee of -8.97 USD is missing.",
    )
    assert (balance.rule, balance.subject) == (
        "ledger-balance-differs",
        f"conference {busy.id}",
    )
    assert balance.sentence.startswith("It is 453.560 USD, payments on record make")
