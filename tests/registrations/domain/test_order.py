"""What an order does: given its history, when asked, then so."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from eventstore.testing import SOME_ID
from registrations.domain import errors
from registrations.domain import order_events as facts
from registrations.domain.order import Order
from tests.registrations.domain.order_histories import (
    CANCELLED,
    CONFERENCE,
    CONFIRMED,
    DONE,
    END,
    EXPIRED,
    FREE,
    GENERAL,
    LATER,
    NAMED,
    NOTHING,
    NOW,
    OTHER_PAYMENT,
    PAID,
    PARTIAL,
    PARTY,
    PAYMENT,
    PLACED,
    PRICED,
    READY,
    REGISTRANT,
    RESERVED,
    TERMS,
    line,
    order,
    seats,
    started,
    totals,
)


def test_placing_starts_the_clock():
    order().when(
        Order.place,
        conference_id=CONFERENCE,
        organization_id=UUID(int=14),
        code="ABC234",
        wanted={GENERAL: 2, PARTY: 0},
        now=NOW,
        hold_for=timedelta(minutes=15),
    ).then(PLACED)


def test_an_order_is_placed_once():
    order(PLACED).when(
        Order.place,
        conference_id=CONFERENCE,
        organization_id=UUID(int=14),
        code="ABC234",
        wanted={GENERAL: 2},
        now=NOW,
        hold_for=timedelta(minutes=15),
    ).raises(errors.OrderAlreadyPlaced)


def test_a_full_reservation_completes_and_prices():
    order(PLACED).when(Order.mark_seats_as_reserved, {GENERAL: 2}, TERMS).then(
        RESERVED, totals("398.00", line(GENERAL, "General", "199.00", 2, "398.00"))
    )


def test_a_partial_reservation_prices_what_is_held():
    order(PLACED).when(Order.mark_seats_as_reserved, {GENERAL: 1}, TERMS).then(
        PARTIAL, totals("199.00", line(GENERAL, "General", "199.00", 1, "199.00"))
    )


def test_nothing_reserved_is_not_free():
    order(PLACED).when(Order.mark_seats_as_reserved, {}, TERMS).then(
        NOTHING, totals("0.00", line(GENERAL, "General", "199.00", 0, "0.00"))
    )


def test_changing_keeps_the_end_of_the_hold():
    order(*READY).when(Order.change_seats, {PARTY: 1}, now=NOW).then(
        facts.OrderUpdated(
            order_id=SOME_ID,
            seats=seats((PARTY, 1)),
            updated_at=NOW,
            hold_expires_at=END,
        )
    )


def test_the_same_seats_again_change_nothing():
    order(*READY).when(Order.change_seats, {GENERAL: 2}, now=NOW).then()


def test_the_same_registrant_again_changes_nothing():
    order(PLACED, RESERVED, PRICED).when(
        Order.assign_registrant, REGISTRANT, now=NOW
    ).then(NAMED)
    order(*READY).when(Order.assign_registrant, REGISTRANT, now=NOW).then()


def test_free_of_charge_confirms_without_a_payment_once():
    free = [PLACED, RESERVED, FREE, NAMED]
    order(*free).when(Order.confirm_free_of_charge, now=NOW).then(CONFIRMED)
    order(*free, CONFIRMED).when(Order.confirm_free_of_charge, now=NOW).then()


def test_the_hold_is_extended_while_a_payment_is_under_way():
    order(*READY).when(
        Order.start_payment, PAYMENT, provider="sandbox", hold_until=LATER, now=NOW
    ).then(started())
    order(*READY, started()).when(
        Order.start_payment, PAYMENT, provider="sandbox", hold_until=LATER, now=NOW
    ).then()


def test_a_second_payment_never_shortens_the_hold():
    long = NOW + timedelta(days=14)
    order(*READY, started(until=long)).when(
        Order.start_payment,
        OTHER_PAYMENT,
        provider="sandbox",
        hold_until=LATER,
        now=NOW,
    ).then(started(OTHER_PAYMENT, until=long))


@pytest.mark.parametrize(
    ("history", "end"),
    [
        ([started()], END),
        ([started(), started(OTHER_PAYMENT)], LATER),
    ],
)
def test_a_rejected_payment_ends_what_it_extended(history, end):
    order(*READY, *history).when(Order.reject_payment, PAYMENT).then(
        facts.OrderPaymentRejected(
            order_id=SOME_ID, payment_id=PAYMENT, hold_expires_at=end
        )
    )


def test_an_unknown_payment_is_rejected_silently():
    order(*READY).when(Order.reject_payment, PAYMENT).then()


def test_the_right_money_confirms_once():
    money = {"amount": Decimal("398.00"), "currency": "USD", "now": NOW}
    order(*READY, started()).when(Order.pay, PAYMENT, **money).then(PAID, CONFIRMED)
    order(*DONE).when(Order.pay, PAYMENT, **money).then()


@pytest.mark.parametrize(("amount", "currency"), [("397.99", "USD"), ("398.00", "EUR")])
def test_other_money_never_confirms(amount, currency):
    decision = order(*READY, started())
    assert not decision.aggregate.accepts(Decimal(amount), currency)
    decision.when(Order.pay, PAYMENT, Decimal(amount), currency, now=NOW)
    decision.raises(errors.SeatsNotReserved)


def test_expiry_looks_at_the_clock_and_the_state():
    order(*READY).when(Order.expire, now=END).then(EXPIRED)
    order(*READY).when(Order.expire, now=END - timedelta(seconds=1)).then()
    order(*READY, started()).when(Order.expire, now=END).then()
    for history in ([*DONE], [*DONE, CANCELLED], [*READY, EXPIRED], []):
        order(*history).when(Order.expire, now=LATER).then()


def test_an_expired_order_is_revived_by_its_late_payment():
    order(*READY, started(), EXPIRED).when(Order.revive, PAYMENT).then(
        facts.OrderRevived(order_id=SOME_ID, payment_id=PAYMENT)
    )
    order(*READY).when(Order.revive, PAYMENT).raises(errors.SeatsNotReserved)


def needs_attention(payment: UUID) -> Any:
    return facts.OrderNeedsAttention(
        order_id=SOME_ID, reason="refund-failed", note="", payment_id=payment
    )


def settled(payment: UUID) -> Any:
    return facts.OrderAttentionSettled(
        order_id=SOME_ID, payment_id=payment, settled_by="organizer", note="By hand."
    )


def test_each_case_is_settled_once_and_the_next_one_shown():
    one, other = needs_attention(PAYMENT), needs_attention(OTHER_PAYMENT)
    by_hand = {"by": "organizer", "note": "By hand."}
    order(*DONE, one).when(Order.settle, PAYMENT, **by_hand).then(settled(PAYMENT))
    order(*DONE, one, settled(PAYMENT)).when(Order.settle, PAYMENT, **by_hand).raises(
        errors.NothingToSettle
    )
    order(*DONE, one, other).when(Order.settle, OTHER_PAYMENT, **by_hand).then(
        settled(OTHER_PAYMENT), one
    )
