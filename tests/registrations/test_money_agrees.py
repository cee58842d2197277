"""Lines, taxes, totals, payments, refunds and the ledger say the same of any order.

In currencies with 0, 2 and 3 decimal places, with real payments and refunds through
the sandbox and its signed callbacks: nothing here is rolled back.
"""

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings

from eventstore import store
from payments import services as payments
from registrations.domain.order import Order
from registrations.models import LedgerEntry
from registrations.queries import order_view
from registrations.queries.invariants import problems
from registrations.queries.ledger import statement
from tests.registrations.conftest import NOW, minutes
from tests.registrations.money_town import (
    RATES,
    SEATS,
    WISHES,
    Town,
    all_that_happened,
    built,
)

ZERO = Decimal(0)


def orders_agree(town: Town) -> None:
    """Lines, taxes and totals, as they were charged."""
    for order in order_view.orders().filter(conference_id=town.conference_id):
        lines = order.lines
        for name in ("net_amount", "tax_amount"):
            assert sum(getattr(line, name) for line in lines) == getattr(order, name)
        assert sum(line.line_total_amount for line in lines) == order.total_amount
        assert order.net_amount + order.tax_amount == order.total_amount
        for line in lines:
            assert line.net_amount + line.tax_amount == line.line_total_amount
            assert is_payable(town, line.net_amount, line.tax_amount)


def is_payable(town: Town, *amounts: Decimal) -> bool:
    return all(amount % town.unit == 0 for amount in amounts)


def payments_agree(town: Town) -> None:
    for payment in payments.with_movements().filter(conference_id=town.conference_id):
        moved = LedgerEntry.objects.filter(payment_id=payment.pk)
        order = store.load(Order, payment.order_id)
        sums: defaultdict[str, Decimal] = defaultdict(Decimal)
        for entry in moved:
            sums[entry.kind] += entry.gross
            assert entry.currency == town.currency == payment.currency
            assert is_payable(town, entry.gross, entry.net, entry.tax)
        assert sums["charge"] == payment.amount
        refunds = [one.amount for one in payment.refunds.all() if one.status == "done"]
        assert -sums["refund"] == sum(refunds)
        taken = [one.amount for one in payment.disputes.all()]
        assert -sums["dispute"] == sum(taken)
        won = [one.amount for one in payment.disputes.all() if one.status == "won"]
        assert sums["dispute_won"] == sum(won)
        taxes_agree(town, payment, order, list(moved))


def taxes_agree(
    town: Town, payment: payments.Payment, order: Order, moved: list[LedgerEntry]
) -> None:
    charge = [entry for entry in moved if entry.kind == "charge"]
    """The totals are those that were charged, whatever seats are left."""
    is_for_seats = order.paid_by == payment.pk
    assert {entry.tax_rate for entry in moved} == {town.rate if is_for_seats else None}
    if is_for_seats:
        assert order.totals is not None
        assert sum(entry.tax for entry in charge) == order.totals.tax_total
        assert sum(entry.net for entry in charge) == order.totals.net_total
    left = sum(entry.gross for entry in moved)
    tax, net = sum(entry.tax for entry in moved), sum(entry.net for entry in moved)
    assert (left >= 0, tax >= 0, net >= 0) == (True, True, True)
    if not left:
        event("all of a payment went back")
        assert (tax, net) == (0, 0)


def the_ledger_agrees(town: Town) -> None:
    told = statement(town.conference_id, NOW - minutes(1), NOW + minutes(60))
    kept = sum(
        (
            payment.amount
            - sum(one.amount for one in payment.refunds.all() if one.status == "done")
            - sum(one.amount for one in payment.disputes.all() if one.status != "won")
            for payment in payments.with_movements().filter(
                conference_id=town.conference_id
            )
        ),
        ZERO,
    )
    assert sum((one.closing.gross_amount for one in told.balances), ZERO) == kept
    for one in told.accounts:
        assert one.closing.net_amount + one.closing.tax_amount == (
            one.closing.gross_amount
        )


@pytest.mark.django_db(transaction=True)
@settings(
    max_examples=15,
    deadline=None,
    # Explaining a failure takes longer than finding it.
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@pytest.mark.parametrize("currency", ["JPY", "EUR", "KWD"])
@given(rate=RATES, seats=SEATS, wishes=WISHES)
def test_money_agrees(currency: str, rate: Any, seats: Any, wishes: Any) -> None:
    town = built(currency, rate, seats)

    all_that_happened(town, wishes)

    orders_agree(town)
    payments_agree(town)
    the_ledger_agrees(town)
    assert [str(problem) for problem in problems()] == []
