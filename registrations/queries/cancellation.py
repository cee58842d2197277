"""What it would come to if seats of an order were given back."""

from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from eventstore import store
from payments import services as payments
from registrations.domain.cancellation import (
    CancellationPolicy,
    CancellationTier,
    Quote,
    quote,
)
from registrations.domain.errors import OrderNotFound
from registrations.domain.order import Order
from registrations.domain.order_cancellation import Canceller
from registrations.domain.seat_assignments import SeatAssignments
from registrations.queries.conference_view import conference_by_id

if TYPE_CHECKING:
    from registrations.models.conference_view import ConferenceView


def policy_of(conference: "ConferenceView") -> CancellationPolicy:
    """The terms of the conference as they are now."""
    return CancellationPolicy(
        starts_at=conference.starts_at,
        ends_at=conference.cancellation_ends_at,
        tiers=[
            CancellationTier(
                days_before=stored["days_before"],
                percent_kept=_decimal(stored["percent_kept"]),
                fee_per_seat=_decimal(stored["fee_per_seat"]),
            )
            for stored in conference.cancellation_tiers
        ],
    )


def preview(
    order_id: UUID,
    positions: Collection[int] | None,
    *,
    now: datetime,
    as_organizer: bool = False,
) -> Quote:
    """What giving back these seats, or all, comes to now; nothing is locked for it.

    `as_organizer`: also when it is too late for registrants. Raises OrderNotFound,
    StateForbids (one of its kinds), NoSeatsChosen and SeatsNotHeld.
    """
    order = store.load(Order, order_id)
    conference = order.conference_id and conference_by_id(order.conference_id)
    if not conference:
        raise OrderNotFound
    policy = policy_of(conference)
    until = None if as_organizer else policy.ends_at
    order.check_cancellable(Canceller(by="", now=now, allowed_until=until))
    seats = store.load(SeatAssignments, order_id).chosen(positions)
    priced = order.priced(refundable(payments.payments_of(order_id)))
    return quote(priced, seats, policy, now=now)


def refundable(paid: Iterable[payments.Payment]) -> Decimal:
    """What was captured, less what went back, is on its way back or is disputed."""
    return sum(
        (one.refundable_amount for one in paid if one.status in one.REFUNDABLE),
        Decimal(0),
    )


def _decimal(stored: str | None) -> Decimal | None:
    return None if stored is None else Decimal(stored)
