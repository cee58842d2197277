"""A small conference in any currency, and all that may become of its orders' money."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import event
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from conferences import services
from conferences.models import Organization
from payments import disputes, refund_results
from payments import services as payments
from payments.gateways.base import Outcome
from registrations.commands import cancellation
from registrations.commands import order as orders
from registrations.commands import payment as money
from registrations.domain.errors import DomainError
from registrations.domain.values import minor_unit
from tests.factories.payments import fact
from tests.registrations.conftest import NOW, REGISTRANT, minutes

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
PIECES = st.builds(Deed, st.just("refund"), st.floats(0.1, 0.5))
ALL_THE_REST = [Deed("refund", 1)]
WISHES = st.lists(
    st.builds(
        Wish,
        st.lists(st.integers(0, 5), min_size=4, max_size=4),
        st.booleans(),
        st.one_of(
            st.lists(DEEDS, max_size=5),
            st.lists(DEEDS, max_size=2).map(lambda d: [*d, Deed("cancel", 1)]),
            st.lists(DEEDS, max_size=3).map(lambda d: [*d, Deed("refund", 1)]),
            # Piece by piece until nothing is left
            st.lists(PIECES, min_size=2, max_size=5).map(lambda d: d + ALL_THE_REST),
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
            told = fact(payment, outcome, amount=amount, part_reference=f"d{number}")
            disputes.take(told, now=NOW)


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


def all_that_happened(town: Town, wishes: list[Wish]) -> None:
    for wish in wishes:
        payment = bought(town, wish)
        for number, deed in enumerate(wish.deeds if payment else []):
            assert payment is not None
            done(town, payment, deed, number)
