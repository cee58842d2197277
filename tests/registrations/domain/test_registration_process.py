"""The transition table: one test per cell that does something, one for all the rest."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from registrations.domain import order_events as facts
from registrations.domain import registration_process as process
from registrations.domain.registration_process import State
from registrations.domain.seats_availability import SeatsReserved
from registrations.domain.values import SeatQuantity

ORDER, CONFERENCE, GENERAL = UUID(int=1), UUID(int=2), UUID(int=3)
END = datetime(2026, 3, 2, 10, 15, tzinfo=UTC)
SEATS, HELD = [SeatQuantity(GENERAL, 2)], {GENERAL: 2}
PAID = process.PaymentCompleted(
    payment_id=UUID(int=4), amount=Decimal(398), currency="USD"
)
REJECTED = process.PaymentRejected(payment_id=UUID(int=4))

PLACED = facts.OrderPlaced(
    order_id=ORDER,
    conference_id=CONFERENCE,
    organization_id=UUID(int=5),
    code="ABC234",
    seats=SEATS,
    placed_at=END,
    hold_expires_at=END,
)
UPDATED = facts.OrderUpdated(
    order_id=ORDER, seats=SEATS, updated_at=END, hold_expires_at=END
)
RESERVED = SeatsReserved(
    conference_id=CONFERENCE, reservation_id=ORDER, seats=SEATS, expires_at=END
)
STARTED = facts.OrderPaymentStarted(
    order_id=ORDER,
    payment_id=UUID(int=4),
    provider="sandbox",
    amount=Decimal(398),
    currency="USD",
    hold_expires_at=END,
)
RELEASED = facts.OrderPaymentRejected(
    order_id=ORDER, payment_id=UUID(int=4), hold_expires_at=END
)
CONFIRMED = facts.OrderConfirmed(
    order_id=ORDER, conference_id=CONFERENCE, seats=SEATS, confirmed_at=END
)
EXPIRED = facts.OrderExpired(order_id=ORDER, expired_at=END)
CANCELLED = facts.OrderCancelled(
    order_id=ORDER,
    conference_id=CONFERENCE,
    seats=SEATS,
    cancelled_by="registrant",
    cancelled_at=END,
    refund_amount=Decimal(300),
    kept_amount=Decimal(98),
)
SEATS_CANCELLED = facts.OrderSeatsCancelled(
    order_id=ORDER,
    conference_id=CONFERENCE,
    seats=SEATS,
    positions=[0, 1],
    value=Decimal(100),
    kept_amount=Decimal(10),
    kept_total=Decimal(10),
    refund_amount=Decimal(90),
    currency="USD",
    cancelled_by="registrant",
    cancelled_at=END,
    lines=[],
    total=Decimal(0),
    net_total=Decimal(0),
    tax_total=Decimal(0),
)
HOLD_ENDED = process.HoldEnded()

AWAITING, RECEIVED = State.AWAITING_RESERVATION, State.RESERVATION_RECEIVED
RESERVE = process.MakeSeatReservation(HELD, END)
EXTEND = [process.ExtendHold(END), process.SetHoldDeadline(END)]
FINISH = [process.CommitSeatReservation(), process.CreateSeatAssignments()]

TABLE = {
    (State.NOT_STARTED, "PLACED"): (AWAITING, [process.SetHoldDeadline(END), RESERVE]),
    (AWAITING, "UPDATED"): (AWAITING, [RESERVE]),
    (RECEIVED, "UPDATED"): (AWAITING, [RESERVE]),
    (AWAITING, "RESERVED"): (RECEIVED, [process.MarkSeatsAsReserved(HELD)]),
    (AWAITING, "STARTED"): (AWAITING, EXTEND),
    (RECEIVED, "STARTED"): (RECEIVED, EXTEND),
    (AWAITING, "RELEASED"): (AWAITING, EXTEND),
    (RECEIVED, "RELEASED"): (RECEIVED, EXTEND),
    (AWAITING, "HOLD_ENDED"): (AWAITING, [process.ExpireOrder()]),
    (RECEIVED, "HOLD_ENDED"): (RECEIVED, [process.ExpireOrder()]),
    (AWAITING, "EXPIRED"): (State.EXPIRED, [process.CancelSeatReservation()]),
    (RECEIVED, "EXPIRED"): (State.EXPIRED, [process.CancelSeatReservation()]),
    (AWAITING, "CONFIRMED"): (State.CONFIRMED, FINISH),
    (RECEIVED, "CONFIRMED"): (State.CONFIRMED, FINISH),
    (State.EXPIRED, "CONFIRMED"): (State.CONFIRMED, FINISH),
    (State.CONFIRMED, "CANCELLED"): (
        State.CANCELLED,
        [
            process.ReturnSeats(HELD),
            process.CloseSeatAssignments(),
            process.RefundOrder(Decimal(300), is_whole=True),
        ],
    ),
    (State.CONFIRMED, "SEATS_CANCELLED"): (
        State.CONFIRMED,
        [
            process.ReturnSeats(HELD),
            process.WithdrawSeats([0, 1]),
            process.RefundOrder(Decimal(90), is_whole=False),
        ],
    ),
    (AWAITING, "PAID"): (AWAITING, [process.ConfirmPaidOrder(PAID)]),
    (RECEIVED, "PAID"): (RECEIVED, [process.ConfirmPaidOrder(PAID)]),
    (State.EXPIRED, "PAID"): (State.EXPIRED, [process.ReviveExpiredOrder(PAID)]),
    (State.CONFIRMED, "PAID"): (
        State.CONFIRMED,
        [process.ReturnPayment(PAID, "already-paid")],
    ),
    (State.CANCELLED, "PAID"): (
        State.CANCELLED,
        [process.ReturnPayment(PAID, "order-cancelled-before")],
    ),
    (State.NOT_STARTED, "PAID"): (
        State.NOT_STARTED,
        [process.ReturnPayment(PAID, "order-cancelled-before")],
    ),
    (AWAITING, "REJECTED"): (AWAITING, [process.ReleasePayment(PAID.payment_id)]),
    (RECEIVED, "REJECTED"): (RECEIVED, [process.ReleasePayment(PAID.payment_id)]),
}
MESSAGES = {
    "PLACED": PLACED,
    "UPDATED": UPDATED,
    "RESERVED": RESERVED,
    "STARTED": STARTED,
    "RELEASED": RELEASED,
    "HOLD_ENDED": HOLD_ENDED,
    "EXPIRED": EXPIRED,
    "CONFIRMED": CONFIRMED,
    "CANCELLED": CANCELLED,
    "SEATS_CANCELLED": SEATS_CANCELLED,
    "PAID": PAID,
    "REJECTED": REJECTED,
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("name", MESSAGES)
def test_every_message_in_every_state(state, name):
    expected = TABLE.get((state, name), (state, []))

    assert process.steps(state, MESSAGES[name]) == expected
