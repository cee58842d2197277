"""The check of the ledger: clean after all that moves money; every fault is found."""

from decimal import Decimal

import pytest
from django.db import transaction

from payments import disputes, fact_effects, refund_results, transitions
from payments import services as payments
from payments.gateways.base import CallbackFact, Outcome
from registrations.commands import order as orders
from registrations.commands import payment as money
from registrations.queries.invariants import problems
from tests.registrations.conftest import NOW, Summit, minutes, pay, start_payment
from tests.registrations.ledger_faults import FAULTS
from tests.registrations.test_check_invariants import found, sql


def told(
    payment: payments.Payment, outcome: Outcome, amount: str, reference: str
) -> CallbackFact:
    return CallbackFact(
        event_id=f"{outcome}/{reference}",
        payment_id=payment.pk,
        order_id=payment.order_id,
        outcome=outcome,
        amount=Decimal(amount),
        currency=payment.currency,
        part_reference=reference,
    )


def disputed(payment: payments.Payment, amount: str, end: Outcome) -> None:
    for outcome in (Outcome.DISPUTED, end):
        disputes.take(told(payment, outcome, amount, end.value), now=NOW + minutes(50))


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
    fee = told(kept, Outcome.COMPLETED, "299", "")
    fact_effects.note_fee(fee, Decimal("8.97"), now=NOW)
    disputed(kept, "33.33", Outcome.DISPUTE_WON)
    disputed(kept, "44.44", Outcome.DISPUTE_LOST)
    cancelled = summit.confirmed((summit.workshop, 1))
    orders.cancel_order(order_id=cancelled.pk, by="registrant", now=NOW)
    late = summit.ready((summit.general, 4))
    too_late = start_payment(late.pk)
    orders.expire_order(order_id=late.pk, now=NOW + minutes(30))
    summit.confirmed((summit.general, 1), now=NOW + minutes(31))
    transitions.complete(too_late.pk, now=NOW + minutes(40))
    for order in (cancelled, late):
        for payment in payments.payments_of(order.pk):
            returned(payment)
    return summit


def test_nothing_is_wrong_with_any_of_it(busy):
    assert list(problems()) == []


def test_nothing_is_wrong_with_a_payment_that_pays_for_seats_after_all(make_summit, db):
    summit = make_summit(tax_name="VAT", tax_rate=Decimal(19), quotas=(2, 0, 0))
    order = summit.ready((summit.general, 2))
    late = start_payment(order.pk)
    orders.expire_order(order_id=order.pk, now=NOW + minutes(30))
    summit.confirmed((summit.general, 1), now=NOW + minutes(31))
    transitions.complete(late.pk, now=NOW + minutes(40))
    (refund,) = payments.refunds_of(late.pk)
    refund_results.record_failed(refund.pk, error="closed", now=NOW + minutes(41))
    assert list(problems()) == []

    money.confirm_over_quota(order_id=order.pk, by="organizer", now=NOW + minutes(42))

    assert list(problems()) == []


@pytest.mark.parametrize(("name", "rate"), [("", None), ("VAT", Decimal(0))])
def test_nothing_is_wrong_without_tax(make_summit, db, name, rate):
    summit = make_summit(tax_name=name, tax_rate=rate)
    returned(pay(summit.ready((summit.general, 2)).pk))

    assert list(problems()) == []


def test_every_fault_of_a_ledger_is_found(busy):
    """One conference for all of them: each fault is undone before the next."""
    missed = {}
    for name, (statement, rules) in FAULTS.items():
        with transaction.atomic():
            sql(statement)
            missed[name] = rules - found()
            transaction.set_rollback(True)

    assert {name: rules for name, rules in missed.items() if rules} == {}
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
