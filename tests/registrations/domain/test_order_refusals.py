"""What an order refuses, and why: given its history, when asked."""

from typing import Any

import pytest

from registrations.domain import errors
from registrations.domain.order import Order
from tests.registrations.domain.order_histories import (
    CANCELLED,
    DONE,
    END,
    EXPIRED,
    FREE,
    GENERAL,
    LATER,
    NAMED,
    NOTHING,
    NOW,
    PARTIAL,
    PAYMENT,
    PLACED,
    PRICED,
    READY,
    REGISTRANT,
    RESERVED,
    TERMS,
    order,
    totals,
)


def pay_start(decision: Any) -> Any:
    return decision.when(
        Order.start_payment, PAYMENT, provider="sandbox", hold_until=LATER, now=NOW
    )


@pytest.mark.parametrize(
    ("history", "refusal"),
    [
        ([], errors.OrderNotFound),
        ([PLACED, PARTIAL, PRICED, NAMED], errors.SeatsNotReserved),
        ([PLACED, NOTHING, totals("0.00"), NAMED], errors.SeatsNotReserved),
        ([PLACED, RESERVED, PRICED], errors.RegistrantMissing),
        ([PLACED, RESERVED, FREE, NAMED], errors.PaymentNotNeeded),
        (DONE, errors.OrderAlreadyConfirmed),
        ([*READY, EXPIRED], errors.OrderAlreadyExpired),
        ([*DONE, CANCELLED], errors.OrderAlreadyCancelled),
    ],
)
def test_refused_payments(history, refusal):
    pay_start(order(*history)).raises(refusal)


@pytest.mark.parametrize(
    ("history", "refusal"),
    [
        (READY, errors.PaymentNeeded),
        ([PLACED, NOTHING, totals("0.00"), NAMED], errors.SeatsNotReserved),
        ([PLACED, RESERVED, FREE], errors.RegistrantMissing),
        (DONE, errors.OrderAlreadyConfirmed),
        ([*READY, EXPIRED], errors.OrderAlreadyExpired),
        ([*DONE, CANCELLED], errors.OrderAlreadyCancelled),
    ],
)
def test_refused_free_confirmations(history, refusal):
    order(*history).when(Order.confirm_free_of_charge, now=NOW).raises(refusal)


@pytest.mark.parametrize(
    ("history", "refusal"),
    [
        ([], errors.OrderNotFound),
        (DONE, errors.OrderAlreadyConfirmed),
        ([*READY, EXPIRED], errors.OrderAlreadyExpired),
        ([*DONE, CANCELLED], errors.OrderAlreadyCancelled),
    ],
)
def test_closed_orders_refuse_changes(history, refusal):
    order(*history).when(Order.change_seats, {GENERAL: 1}, now=NOW).raises(refusal)
    order(*history).when(Order.assign_registrant, REGISTRANT, now=NOW).raises(refusal)


def test_an_ended_hold_refuses_changes():
    order(*READY).when(Order.change_seats, {GENERAL: 1}, now=END).raises(
        errors.OrderAlreadyExpired
    )


def test_a_confirmed_order_takes_no_other_reservation():
    order(*DONE).when(Order.mark_seats_as_reserved, {GENERAL: 1}, TERMS).raises(
        errors.OrderAlreadyConfirmed
    )
