"""Lines, taxes, totals, payments, refunds and the ledger say the same of any order.

In currencies with 0, 2 and 3 decimal places, with real payments and refunds through
the sandbox and its signed callbacks: nothing here is rolled back.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from conferences import services
from conferences.models import Organization
from eventstore import store
from payments import disputes, refund_results
from payments import services as payments
from payments.gateways.base import CallbackFact, Outcome
from registrations.commands import cancellation
from registrations.commands import order as orders
from registrations.commands import payment as money
from registrations.domain.errors import DomainError
from registrations.domain.order import Order
from registrations.domain.values import minor_unit
from registrations.models import LedgerEntry
from registrations.queries import order_view
from registrations.queries.invariants import problems
from registrations.queries.ledger import statement
from tests.registrations.conftest import NOW, REGISTRANT, minutes

ZERO = Decimal(0)
RATES = st.sampled_from([None, "0", "5.5", "7", "19", "21.12"]).map(
    lambda rate: None if rate is None else Decimal(rate)
)


@dataclass(frozen=True)
class Seat:
    units: int
    price_includes_tax: bool


@dataclass(frozen=True)
class Deed:
    """What becomes of an order's money: `share` is how much of what is left."""

    what: str
    share: float


@dataclass(frozen=True)
class Wish:
    """An order, whether it is paid a second time, and what becomes of its money."""

    quantities: list[int]
    is_paid_twice: bool
    deeds: list[Deed]


@dataclass(frozen=True)
class Town:
    """A conference as it was made."""

    conference_id: UUID
    organization_id: UUID
    currency: str
    rate: Decimal | None
    seats: list[UUID]

    @property
    def unit(self) -> Decimal:
        return minor_unit(self.currency)


SEATS = st.lists(
    st.builds(Seat, st.integers(0, 50_000), st.booleans()), min_size=1, max_size=4
)
DEEDS = st.builds(
    Deed,
    st.sampled_from(["refund", "refund", "one seat", "dispute won", "dispute lost"]),
    st.floats(0, 1),
)
WISHES = st.lists(
    st.builds(
        Wish,
        st.lists(st.integers(0, 5), min_size=4, max_size=4),
        st.booleans(),
        st.one_of(
            st.lists(DEEDS, max_size=5),
            st.lists(DEEDS, max_size=2).map(lambda d: [*d, Deed("cancel", 1)]),
            st.lists(DEEDS, max_size=3).map(lambda d: [*d, Deed("refund", 1)]),
        ),
    ),
    min_size=1,
    max_size=3,
)


def built(currency: str, rate: Decimal | None, seats: list[Seat]) -> Town:
    organization, _ = Organization.objects.get_or_create(
        slug="contoso", defaults={"name": "Contoso"}
    )
    conference = services.create_conference(
        organization_id=organization.pk,
        fields={
            "name": "Money summit",
            "slug": f"money-{uuid7()}",
            "time_zone": "Europe/Berlin",
            "currency": currency,
            "tax_name": "" if rate is None else "VAT",
            "tax_rate": rate,
            "starts_on": NOW.date() + timedelta(days=90),
            "ends_on": NOW.date() + timedelta(days=92),
        },
    )
    made = [
        services.add_seat_type(
            conference_id=conference.pk,
            fields={
                "name": f"Seat {number}",
                "price": min(seat.units * minor_unit(currency), Decimal(50_000)),
                "price_includes_tax": seat.price_includes_tax,
                "quota": 1000,
            },
        ).pk
        for number, seat in enumerate(seats)
    ]
    services.publish(conference_id=conference.pk, now=NOW)
    return Town(conference.pk, organization.pk, currency, rate, made)


def bought(town: Town, wish: Wish) -> payments.Payment | None:
    """Paid in the sandbox; None where nothing was ordered or it costs nothing."""
    items = list(zip(town.seats, wish.quantities, strict=False))
    if not any(quantity for _seat, quantity in items):
        return None
    order_id = uuid7()
    orders.place_order(
        order_id=order_id,
        conference_id=town.conference_id,
        items=items,
        now=NOW,
        registrant=REGISTRANT,
    )
    try:
        payment = money.start_payment(order_id=order_id, provider="sandbox", now=NOW)
    except DomainError:
        orders.confirm_free_order(order_id=order_id, now=NOW)
        return None
    if not wish.is_paid_twice:
        return accepted(payment)
    second = money.start_payment(order_id=order_id, provider="invoice", now=NOW)
    first = accepted(payment)
    event("paid twice")
    payments.mark_paid(second.pk, by="organizer", now=NOW)
    for refund in payments.refunds_of(second.pk):
        payments.settle_refund_by_hand(refund.pk, by="organizer", now=NOW)
    return first


def accepted(payment: payments.Payment) -> payments.Payment:
    return payments.decide_in_sandbox(payment.pk, outcome="accepted", now=NOW)


def given_back(payment: payments.Payment) -> None:
    for refund in payments.refunds_of(payment.pk):
        refund_results.carry_out(refund.pk, now=NOW + minutes(1))


def done(town: Town, payment: payments.Payment, deed: Deed, number: int) -> None:
    event(deed.what)
    payment.refresh_from_db()
    left = payment.refundable_amount
    amount = Decimal(int(left / town.unit * Decimal(deed.share))) * town.unit
    if deed.what in {"cancel", "one seat"}:
        taken_back(payment, None if deed.what == "cancel" else frozenset({number}))
        given_back(payment)
    elif deed.what == "refund" and amount:
        payments.request_refund(
            payment_id=payment.pk,
            amount=amount,
            reason=payments.ORGANIZER_REASON,
            now=NOW,
        )
        given_back(payment)
    elif deed.what.startswith("dispute") and amount:
        for outcome in (Outcome.DISPUTED, ENDS[deed.what]):
            disputes.take(fact(payment, outcome, amount, f"d{number}"), now=NOW)


def taken_back(payment: payments.Payment, positions: frozenset[int] | None) -> None:
    """Of some seats, where they are there, or of all that are left."""
    wish = cancellation.Wish(
        order_id=payment.order_id, by="organizer", now=NOW, positions=positions
    )
    try:
        cancellation.cancel_as_registrant(wish)
    except DomainError as refused:
        event(f"refused: {refused}")


ENDS = {"dispute won": Outcome.DISPUTE_WON, "dispute lost": Outcome.DISPUTE_LOST}


def fact(
    payment: payments.Payment, outcome: Outcome, amount: Decimal, reference: str
) -> CallbackFact:
    return CallbackFact(
        event_id=f"{outcome}/{reference}",
        payment_id=payment.pk,
        order_id=payment.order_id,
        outcome=outcome,
        amount=amount,
        currency=payment.currency,
        part_reference=reference,
    )


def all_that_happened(town: Town, wishes: list[Wish]) -> None:
    for wish in wishes:
        payment = bought(town, wish)
        for number, deed in enumerate(wish.deeds if payment else []):
            assert payment is not None
            done(town, payment, deed, number)


# What must be the same


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
        sums: Counter[str] = Counter()
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
    max_examples=20,
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
