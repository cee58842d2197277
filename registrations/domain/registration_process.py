"""RegistrationProcess: which step comes next for one order. Routing only, no rules.

`steps` takes the state and a message and returns the next state and the commands to
give. Whether a command succeeds is decided by the aggregate it is given to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from uuid import UUID

from registrations.domain.order_events import (
    OrderCancelled,
    OrderConfirmed,
    OrderExpired,
    OrderPaymentRejected,
    OrderPaymentStarted,
    OrderPlaced,
    OrderSeatsCancelled,
    OrderUpdated,
)
from registrations.domain.seats_availability import SeatsReserved
from registrations.domain.values import mapping


class State(Enum):
    NOT_STARTED = "not_started"
    AWAITING_RESERVATION = "awaiting_reservation"
    RESERVATION_RECEIVED = "reservation_received"
    CONFIRMED = "confirmed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


# Messages from outside the event store


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentCompleted:
    payment_id: UUID
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRejected:
    payment_id: UUID


@dataclass(frozen=True, slots=True)
class HoldEnded:
    """The deadline of the hold is due."""


# Commands the process gives


@dataclass(frozen=True, slots=True)
class MakeSeatReservation:
    seats: Mapping[UUID, int]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class MarkSeatsAsReserved:
    seats: Mapping[UUID, int]


@dataclass(frozen=True, slots=True)
class SetHoldDeadline:
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ExtendHold:
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ExpireOrder:
    pass


@dataclass(frozen=True, slots=True)
class CancelSeatReservation:
    pass


@dataclass(frozen=True, slots=True)
class CommitSeatReservation:
    pass


@dataclass(frozen=True, slots=True)
class CreateSeatAssignments:
    pass


@dataclass(frozen=True, slots=True)
class ConfirmPaidOrder:
    payment: PaymentCompleted


@dataclass(frozen=True, slots=True)
class ReviveExpiredOrder:
    payment: PaymentCompleted


@dataclass(frozen=True, slots=True)
class ReturnPayment:
    payment: PaymentCompleted
    reason: str


@dataclass(frozen=True, slots=True)
class ReleasePayment:
    payment_id: UUID


@dataclass(frozen=True, slots=True)
class ReturnSeats:
    seats: Mapping[UUID, int]


@dataclass(frozen=True, slots=True)
class CloseSeatAssignments:
    pass


@dataclass(frozen=True, slots=True)
class WithdrawSeats:
    positions: Sequence[int]


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """`amount` None: all that was paid."""

    amount: Decimal | None
    is_whole: bool


Command = (
    MakeSeatReservation
    | MarkSeatsAsReserved
    | SetHoldDeadline
    | ExtendHold
    | ExpireOrder
    | CancelSeatReservation
    | CommitSeatReservation
    | CreateSeatAssignments
    | ConfirmPaidOrder
    | ReviveExpiredOrder
    | ReturnPayment
    | ReleasePayment
    | ReturnSeats
    | CloseSeatAssignments
    | WithdrawSeats
    | RefundOrder
)

OPEN = {State.AWAITING_RESERVATION, State.RESERVATION_RECEIVED}


def steps(  # noqa: PLR0911 one return per transition reads like the table it is
    state: State, message: object
) -> tuple[State, list[Command]]:
    """The next state, and what to do. A message that means nothing here changes
    nothing."""
    match message:
        case PaymentCompleted() | PaymentRejected():
            return state, _for_payment(state, message)
        case OrderPlaced() | OrderUpdated() | SeatsReserved():
            return _while_reserving(state, message)
        case (
            OrderPaymentStarted(hold_expires_at=end)
            | OrderPaymentRejected(hold_expires_at=end)
        ) if state in OPEN:
            return state, [ExtendHold(end), SetHoldDeadline(end)]
        case HoldEnded() if state in OPEN:
            return state, [ExpireOrder()]
        case OrderExpired() if state in OPEN:
            return State.EXPIRED, [CancelSeatReservation()]
        case OrderConfirmed() if state in OPEN | {State.EXPIRED}:
            return State.CONFIRMED, [CommitSeatReservation(), CreateSeatAssignments()]
        case OrderCancelled() | OrderSeatsCancelled() if state is State.CONFIRMED:
            return _when_cancelled(message)
    return state, []


def _when_cancelled(
    event: OrderCancelled | OrderSeatsCancelled,
) -> tuple[State, list[Command]]:
    back = ReturnSeats(mapping(event.seats))
    if isinstance(event, OrderCancelled):
        refund = RefundOrder(event.refund_amount, is_whole=True)
        return State.CANCELLED, [back, CloseSeatAssignments(), refund]
    refund = RefundOrder(event.refund_amount, is_whole=False)
    return State.CONFIRMED, [back, WithdrawSeats(event.positions), refund]


def _while_reserving(state: State, message: object) -> tuple[State, list[Command]]:
    match message:
        case OrderPlaced(seats=seats, hold_expires_at=end) if (
            state is State.NOT_STARTED
        ):
            reserve = MakeSeatReservation(mapping(seats), end)
            return State.AWAITING_RESERVATION, [SetHoldDeadline(end), reserve]
        case OrderUpdated(seats=seats, hold_expires_at=end) if state in OPEN:
            reserve = MakeSeatReservation(mapping(seats), end)
            return State.AWAITING_RESERVATION, [reserve]
        case SeatsReserved(seats=seats) if state is State.AWAITING_RESERVATION:
            return State.RESERVATION_RECEIVED, [MarkSeatsAsReserved(mapping(seats))]
    return state, []


def _for_payment(
    state: State, message: PaymentCompleted | PaymentRejected
) -> list[Command]:
    match message:
        case PaymentRejected(payment_id=id):
            return [ReleasePayment(id)] if state in OPEN else []
        case PaymentCompleted() if state in OPEN:
            return [ConfirmPaidOrder(message)]
        case PaymentCompleted() if state is State.EXPIRED:
            return [ReviveExpiredOrder(message)]
        case PaymentCompleted() if state is State.CONFIRMED:
            return [ReturnPayment(message, "already-paid")]
        case _:
            return [ReturnPayment(message, "order-cancelled-before")]
