"""What an order allows and refuses: given its history, when asked, then so."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from eventstore.testing import SOME_ID, given
from registrations.domain import errors
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


@pytest.mark.parametrize(
    ("wanted", "refusal", "sentence"),
    [
        ({}, errors.NoItems, "One or more items are required."),
        ({GENERAL: 0}, errors.NoItems, "One or more items are required."),
        ({GENERAL: -1}, errors.NegativeQuantity, "A quantity cannot be negative."),
        ({GENERAL: 21}, errors.TooManySeats, "At most 20 of these can be ordered"),
        ({UUID(int=99): 1}, errors.UnknownSeatType, "This conference has no such seat"),
    ],
)
def test_what_cannot_be_asked_for(wanted, refusal, sentence):
    with pytest.raises(refusal, match=sentence):
        TERMS.check(wanted, held={}, now=NOW)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"is_closed": True}, errors.SeatTypeClosed),
        ({"on_sale_from": NOW + timedelta(seconds=1)}, errors.NotOnSale),
        ({"on_sale_until": NOW}, errors.NotOnSale),
    ],
)
def test_what_is_not_on_sale_can_be_kept_but_not_taken(changes, refusal):
    terms = ConferenceTerms(
        id=CONFERENCE,
        is_published=True,
        currency="USD",
        seat_types={
            GENERAL: SeatTypeTerms(id=GENERAL, name="G", price=Decimal(1), **changes)
        },
    )
    terms.check({GENERAL: 2}, held={GENERAL: 2}, now=NOW)
    with pytest.raises(refusal):
        terms.check({GENERAL: 3}, held={GENERAL: 2}, now=NOW)


def test_an_unpublished_conference_is_closed():
    closed = ConferenceTerms(id=CONFERENCE, is_published=False, currency="USD")
    with pytest.raises(errors.ConferenceClosed):
        closed.check({GENERAL: 1}, held={}, now=NOW)


def test_a_conference_that_is_over_sells_nothing_more():
    over = ConferenceTerms(
        id=CONFERENCE,
        is_published=True,
        currency="USD",
        ends_at=NOW,
        seat_types=TERMS.seat_types,
    )
    over.check({GENERAL: 1}, held={GENERAL: 2}, now=NOW)
    with pytest.raises(errors.NotOnSale, match="This conference is over"):
        over.check({GENERAL: 1}, held={}, now=NOW)
