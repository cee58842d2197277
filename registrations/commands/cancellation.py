"""Giving back the seats of a confirmed order, all or some, and what was paid for them.

The seats return and the refunds are asked for in the same transaction (the process does
that with the event); the provider is asked by a task.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from eventstore import store
from payments import services as payments
from registrations.commands.locked_order import order_with_its_seats
from registrations.domain import errors
from registrations.domain.cancellation import CancellationPolicy, Quote, quote
from registrations.domain.order import Order
from registrations.domain.order_cancellation import Canceller
from registrations.domain.order_state import Status
from registrations.domain.seat_assignments import SeatAssignments
from registrations.domain.values import Money
from registrations.queries.cancellation import policy_of, refundable


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Who gives back which seats of which order; no `positions`: all that are left."""

    order_id: UUID
    by: str
    now: datetime
    positions: frozenset[int] | None = None
    expected_version: int | None = None
    note: str = ""


@transaction.atomic
def cancel_as_registrant(wish: Wish, *, expected_refund: Money | None = None) -> None:
    """Give seats back on the conference's terms; the same seats again change nothing.

    `expected_refund` is what a preview said would be given back: raises QuoteChanged
    where it is something else now, and nothing is done. Raises OrderNotFound,
    StateForbids (one of its kinds), InvalidPositions and StaleVersion.
    """
    with order_with_its_seats(wish.order_id, wish.expected_version) as (order, view):
        seats = store.load(SeatAssignments, wish.order_id)
        if _is_done(order, seats, wish):
            return
        canceller = Canceller(
            by=wish.by, now=wish.now, allowed_until=view.cancellation_ends_at
        )
        order.check_cancellable(canceller)
        offered = _quote(order, seats, policy_of(view), wish)
        refund = Money(offered.refund, offered.currency)
        if expected_refund is not None and expected_refund != refund:
            raise errors.QuoteChanged
        order.cancel_seats(canceller, offered, seats.chosen_positions(wish.positions))
        _show_what_is_disputed(order, offered)


@transaction.atomic
def cancel_as_organizer(wish: Wish, *, refund: Decimal | None = None) -> None:
    """Give seats back whatever the terms say, at any time, with any amount there is.

    `refund` None: all that was paid for an order, the price of single seats. Raises
    RefundNotPossible, and otherwise as `cancel_as_registrant`.
    """
    with order_with_its_seats(wish.order_id, wish.expected_version) as (order, view):
        seats = store.load(SeatAssignments, wish.order_id)
        if _is_done(order, seats, wish):
            return
        canceller = Canceller(by=wish.by, now=wish.now, note=wish.note)
        order.check_cancellable(canceller)
        offered = _quote(order, seats, policy_of(view), wish)
        usual = offered.refundable
        if not offered.is_whole:
            usual = min(offered.value, offered.refundable)
        offered = offered.giving(usual if refund is None else refund)
        order.cancel_seats(canceller, offered, seats.chosen_positions(wish.positions))


def _is_done(order: Order, seats: SeatAssignments, wish: Wish) -> bool:
    """Whether it is the same click once more."""
    if order.status is Status.CANCELLED:
        return True
    return wish.positions is not None and seats.are_withdrawn(wish.positions)


def _quote(
    order: Order, seats: SeatAssignments, policy: CancellationPolicy, wish: Wish
) -> Quote:
    # With the payments locked: nobody gives anything of them back meanwhile.
    paid = payments.lock_payments_of(order.id)
    chosen = seats.chosen(wish.positions)
    return quote(order.priced(refundable(paid)), chosen, policy, now=wish.now)


def _show_what_is_disputed(order: Order, offered: Quote) -> None:
    """What is due but cannot be given back while the payer's bank has it."""
    missing = offered.due - offered.refund
    for payment in payments.payments_of(order.id) if missing else ():
        disputes = payments.disputes_of(payment.pk)
        if any(one.status == one.Status.OPEN for one in disputes):
            order.ask_for_attention(
                "refund-disputed",
                _(
                    "%(amount)s of it cannot be given back while the payment is"
                    " disputed. Decide about it when the dispute is closed."
                )
                % {"amount": Money.of(missing, order.currency)},
                payment.pk,
            )
            return
