"""Cancelling a confirmed order, or some of its seats: given events, when, then."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from eventstore.testing import SOME_ID
from registrations.domain import errors
from registrations.domain import order_events as facts
from registrations.domain.cancellation import CancellationPolicy, Quote, quote
from registrations.domain.order import Order
from registrations.domain.order_cancellation import Canceller
from registrations.domain.pricing import OrderLine
from tests.registrations.domain.order_histories import (
    CONFERENCE,
    DONE,
    EXPIRED,
    GENERAL,
    NOW,
    READY,
    order,
    seats,
)

WHO = Canceller(by="registrant", now=NOW)
POLICY = CancellationPolicy(starts_at=NOW, ends_at=NOW)


def line(quantity: int) -> OrderLine:
    price = Decimal("199.00") * quantity
    return OrderLine(
        seat_type=GENERAL,
        name="General admission",
        unit_price=Decimal("199.00"),
        quantity=quantity,
        net=price,
        tax=Decimal(0),
        line_total=price,
    )


def bought(*more: Any) -> Any:
    """Two seats for 398.00, paid and confirmed."""
    priced = [
        replace(event, lines=[line(2)])
        if isinstance(event, facts.OrderTotalsCalculated)
        else event
        for event in DONE
    ]
    return order(*priced, *more)


def offered(number: int, *, of: int = 2, refundable: str = "398.00") -> Quote:
    held = Order(SOME_ID)
    held.lines, held.currency = [line(of)], "USD"
    return quote(
        held.priced(Decimal(refundable)), {GENERAL: number}, POLICY, now=NOW
    ).giving(Decimal("100.00"))


def cancelled(**changes: Any) -> facts.OrderCancelled:
    values: dict[str, Any] = {
        "order_id": SOME_ID,
        "conference_id": CONFERENCE,
        "seats": seats((GENERAL, 2)),
        "cancelled_by": "registrant",
        "cancelled_at": NOW,
        "refund_amount": Decimal("100.00"),
        "kept_amount": Decimal("298.00"),
        "kept_total": Decimal("298.00"),
        "currency": "USD",
    }
    return facts.OrderCancelled(**values | changes)


ONE_LESS = facts.OrderSeatsCancelled(
    order_id=SOME_ID,
    conference_id=CONFERENCE,
    seats=seats((GENERAL, 1)),
    positions=[1],
    value=Decimal("199.00"),
    kept_amount=Decimal("99.00"),
    kept_total=Decimal("99.00"),
    refund_amount=Decimal("100.00"),
    currency="USD",
    cancelled_by="registrant",
    cancelled_at=NOW,
    lines=[line(1)],
    total=Decimal("199.00"),
    net_total=Decimal("199.00"),
    tax_total=Decimal(0),
)


def test_cancelling_all():
    bought().when(Order.cancel, WHO, offered(2)).then(cancelled())


def test_cancelling_again_is_nothing():
    bought(cancelled()).when(Order.cancel, WHO, offered(2)).then()


def test_cancelling_without_a_quote_gives_all_back():
    nothing = Decimal(0)
    bought().when(Order.cancel, WHO).then(
        cancelled(refund_amount=None, kept_amount=nothing, kept_total=nothing)
    )


def test_cancelling_some_keeps_the_others_at_their_price():
    bought().when(Order.cancel_seats, WHO, offered(1), [1]).then(ONE_LESS)


def test_cancelling_the_last_seats_cancels_the_order():
    """What is kept adds up over all cancellations."""
    bought(ONE_LESS).when(Order.cancel_seats, WHO, offered(1, of=1), [0]).then(
        cancelled(
            seats=seats((GENERAL, 1)),
            kept_amount=Decimal("99.00"),
            kept_total=Decimal("198.00"),
        )
    )


def test_why_it_is_cancelled_is_kept():
    who = replace(WHO, by="olga", note="Ill.")
    bought().when(Order.cancel, who, offered(2)).then(
        cancelled(cancelled_by="olga", note="Ill.")
    )


@pytest.mark.parametrize(
    ("history", "refusal"),
    [
        ([], errors.OrderNotConfirmed),
        (READY, errors.OrderNotConfirmed),
        ([*READY, EXPIRED], errors.OrderAlreadyExpired),
    ],
)
def test_only_confirmed_orders_are_cancelled(history, refusal):
    order(*history).when(Order.cancel, WHO).raises(refusal)
    order(*history).when(Order.cancel_seats, WHO, offered(1), [1]).raises(refusal)


def test_seats_of_a_cancelled_order_are_not_cancelled():
    bought(cancelled()).when(Order.cancel_seats, WHO, offered(1), [1]).raises(
        errors.OrderAlreadyCancelled
    )


def test_the_deadline_to_cancel():
    in_time = replace(WHO, allowed_until=NOW + timedelta(seconds=1))
    late = replace(WHO, allowed_until=NOW)
    bought().when(Order.cancel, in_time, offered(2)).then(cancelled())
    for number in (1, 2):
        bought().when(Order.cancel_seats, late, offered(number), [1]).raises(
            errors.CancellationClosed
        )
