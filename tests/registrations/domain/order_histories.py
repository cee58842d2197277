"""What may have happened to an order, for tests of what it decides then."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from eventstore.testing import SOME_ID, given
from registrations.domain import order_events as facts
from registrations.domain.order import Order
from registrations.domain.pricing import ConferenceTerms, OrderLine, SeatTypeTerms
from registrations.domain.values import PersonalInfo, SeatQuantity

GENERAL, PARTY, CONFERENCE = UUID(int=11), UUID(int=12), UUID(int=13)
PAYMENT, OTHER_PAYMENT = UUID(int=21), UUID(int=22)
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
END, LATER = NOW + timedelta(minutes=15), NOW + timedelta(minutes=29)
REGISTRANT = PersonalInfo("Registrant", "One", "registrant@example.org")
TERMS = ConferenceTerms(
    id=CONFERENCE,
    is_published=True,
    currency="USD",
    seat_types={
        GENERAL: SeatTypeTerms(id=GENERAL, name="General", price=Decimal("199.00")),
        PARTY: SeatTypeTerms(id=PARTY, name="Party", price=Decimal("50.00")),
    },
)


def seats(*pairs: tuple[UUID, int]) -> list[SeatQuantity]:
    return [SeatQuantity(*pair) for pair in pairs]


def totals(amount: str, *lines: OrderLine, free: bool = False) -> Any:
    return facts.OrderTotalsCalculated(
        order_id=SOME_ID,
        lines=list(lines),
        total=Decimal(amount),
        net_total=Decimal(amount),
        tax_total=Decimal("0.00"),
        currency="USD",
        tax_name="",
        tax_rate=None,
        is_free_of_charge=free,
    )


def line(
    seat_type: UUID, name: str, price: str, quantity: int, total: str
) -> OrderLine:
    return OrderLine(
        seat_type=seat_type,
        name=name,
        unit_price=Decimal(price),
        quantity=quantity,
        net=Decimal(total),
        tax=Decimal("0.00"),
        line_total=Decimal(total),
    )


PLACED = facts.OrderPlaced(
    order_id=SOME_ID,
    conference_id=CONFERENCE,
    organization_id=UUID(int=14),
    code="ABC234",
    seats=seats((GENERAL, 2)),
    placed_at=NOW,
    hold_expires_at=END,
)
RESERVED = facts.OrderReservationCompleted(order_id=SOME_ID, seats=seats((GENERAL, 2)))
PARTIAL = facts.OrderPartiallyReserved(order_id=SOME_ID, seats=seats((GENERAL, 1)))
NOTHING = facts.OrderPartiallyReserved(order_id=SOME_ID, seats=[])
NAMED = facts.OrderRegistrantAssigned(order_id=SOME_ID, registrant=REGISTRANT)
PRICED, FREE = totals("398.00"), totals("0.00", free=True)
EXPIRED = facts.OrderExpired(order_id=SOME_ID, expired_at=END)
CONFIRMED = facts.OrderConfirmed(
    order_id=SOME_ID,
    conference_id=CONFERENCE,
    seats=seats((GENERAL, 2)),
    confirmed_at=NOW,
)
CANCELLED = facts.OrderCancelled(
    order_id=SOME_ID,
    conference_id=CONFERENCE,
    seats=seats((GENERAL, 2)),
    cancelled_by="registrant",
    cancelled_at=NOW,
)


def started(payment: UUID = PAYMENT, until: datetime = LATER) -> Any:
    return facts.OrderPaymentStarted(
        order_id=SOME_ID,
        payment_id=payment,
        provider="sandbox",
        amount=Decimal("398.00"),
        currency="USD",
        hold_expires_at=until,
    )


PAID = facts.OrderPaid(
    order_id=SOME_ID, payment_id=PAYMENT, amount=Decimal("398.00"), currency="USD"
)
READY = [PLACED, RESERVED, PRICED, NAMED]
DONE = [*READY, started(), PAID, CONFIRMED]


def order(*history: Any) -> Any:
    return given(Order, *history)
