"""Cancelling seats: they return, money goes back, nobody gets more than was paid."""

import threading
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from conferences import services
from payments import disputes, refund_results, transitions
from payments import services as payments
from payments.gateways.base import CallbackFact, Outcome
from registrations.commands import order as orders
from registrations.commands import seat_assignments
from registrations.commands.cancellation import (
    Wish,
    cancel_as_organizer,
    cancel_as_registrant,
)
from registrations.domain import errors
from registrations.domain.values import Money
from registrations.models import OrderSeat, OrderView, SeatTypeView
from registrations.queries.cancellation import preview
from registrations.queries.invariants import problems
from tests.registrations.conftest import (
    ATTENDEE,
    NOW,
    Summit,
    minutes,
    pay,
    reload,
    start_payment,
)

TEN_PERCENT = [{"days_before": 7, "percent_kept": Decimal(10)}]


def wish(order: OrderView, *positions: int, **more: Any) -> Wish:
    """These seats of the order; without any all of them."""
    named = frozenset(positions) if positions else None
    values = {"by": "registrant", "now": NOW, "positions": named, **more}
    return Wish(order_id=order.pk, **values)


def refunds(order: OrderView) -> list[tuple[str, str, str]]:
    return [
        (str(refund.amount.quantize(Decimal("0.01"))), refund.reason, refund.status)
        for payment in payments.payments_of(order.pk)
        for refund in payments.refunds_of(payment.pk)
    ]


def positions(order: OrderView) -> list[int]:
    seats = OrderSeat.objects.filter(order_id=order.pk).order_by("position")
    return list(seats.values_list("position", flat=True))


def sold(seat_type: Any) -> int:
    return SeatTypeView.objects.get(pk=seat_type).sold


@pytest.fixture
def order(summit: Summit) -> OrderView:
    """Two general admissions and a party for $448, on terms of 10 percent."""
    services.set_cancellation_tiers(conference_id=summit.id, tiers=TEN_PERCENT)
    return summit.confirmed((summit.general, 2), (summit.party, 1))


def test_some_seats_return_and_the_others_keep_their_numbers(summit, order):
    cancel_as_registrant(wish(order, 0, 2))

    assert (sold(summit.general), sold(summit.party)) == (1, 0)
    assert positions(order) == [1]
    assert refunds(order) == [("224.10", "seats-cancelled", "requested")]
    left = reload(order)
    assert (left.status, left.total.amount, left.kept.amount) == (
        "confirmed",
        Decimal("199.00"),
        Decimal("24.90"),
    )
    assert [(one.requested, one.reserved) for one in left.lines] == [(1, 1), (0, 0)]
    assert list(problems()) == []


def test_seats_are_cancelled_at_several_times_and_at_last_the_order(summit, order):
    cancel_as_registrant(wish(order, 0))
    cancel_as_registrant(wish(order, 2))
    cancel_as_registrant(wish(order, 1))

    assert refunds(order) == [
        ("179.10", "seats-cancelled", "requested"),
        ("45.00", "seats-cancelled", "requested"),
        ("179.10", "order-cancelled", "requested"),
    ]
    assert reload(order).status == "cancelled"
    assert reload(order).kept.amount == Decimal("44.80")
    assert positions(order) == []
    assert (sold(summit.general), sold(summit.party)) == (0, 0)
    assert list(problems()) == []


def test_attendees_of_the_other_seats_stay(order):
    assign = seat_assignments.assign_seat
    assign(order_id=order.pk, position=1, attendee=ATTENDEE, now=NOW)

    cancel_as_registrant(wish(order, 0))

    assert OrderSeat.objects.get(order_id=order.pk, position=1).email == ATTENDEE.email
    assign(order_id=order.pk, position=2, attendee=ATTENDEE, now=NOW)
    with pytest.raises(errors.SeatPositionUnknown):
        assign(order_id=order.pk, position=0, attendee=ATTENDEE, now=NOW)


def test_the_same_seats_again_change_nothing(order):
    version = {reload(order).version}
    for _ in range(2):
        cancel_as_registrant(wish(order, 1))
        version.add(reload(order).version)

    assert len(version) == 2
    assert refunds(order) == [("179.10", "seats-cancelled", "requested")]


def test_seats_of_which_one_is_gone_are_refused(order):
    cancel_as_registrant(wish(order, 1))

    for others in ((0, 1), (9,)):
        with pytest.raises(errors.SeatsNotHeld):
            cancel_as_registrant(wish(order, *others))
    assert positions(order) == [0, 2]


def test_preview_is_what_happens(order):
    for seats in ((0,), (1, 2)):
        quote = preview(order.pk, seats, now=NOW)
        expected = Money(quote.refund, "USD")
        cancel_as_registrant(wish(order, *seats), expected_refund=expected)
        assert refunds(order)[-1][0] == str(quote.refund)


def test_another_amount_than_expected_changes_nothing(summit, order):
    expected = Money(preview(order.pk, None, now=NOW).refund, "USD")
    services.set_cancellation_tiers(conference_id=summit.id, tiers=[])

    for wrong in (expected, Money(Decimal("448.00"), "EUR")):
        with pytest.raises(errors.QuoteChanged):
            cancel_as_registrant(wish(order), expected_refund=wrong)
    assert (refunds(order), positions(order)) == ([], [0, 1, 2])
    cancel_as_registrant(wish(order), expected_refund=Money(Decimal(448), "USD"))
    assert refunds(order) == [("448.00", "order-cancelled", "requested")]


def test_registrants_are_bound_by_the_deadline_and_organizers_are_not(order):
    late = NOW + minutes(60 * 24 * 91)
    for seats in ((), (0,)):
        with pytest.raises(errors.CancellationClosed):
            cancel_as_registrant(wish(order, *seats, now=late))
    cancel_as_organizer(wish(order, 0, by="olga", now=late))
    assert positions(order) == [1, 2]


def test_too_late_for_the_terms_seats_return_and_the_money_stays(summit, order):
    services.set_cancellation_tiers(
        conference_id=summit.id,
        tiers=[{"days_before": 365, "percent_kept": Decimal(0)}],
    )
    cancel_as_registrant(wish(order, 0))

    assert (sold(summit.general), refunds(order)) == (1, [])
    assert reload(order).kept.amount == Decimal("199.00")
    assert list(problems()) == []


def test_free_seats_are_given_back_without_money(make_summit, db):
    summit = make_summit(prices=("0", "5", "5"))
    services.set_cancellation_tiers(conference_id=summit.id, tiers=TEN_PERCENT)
    order = summit.ready((summit.general, 2))
    orders.confirm_free_order(order_id=order.pk, now=NOW)

    cancel_as_registrant(wish(order, 0))
    assert (sold(summit.general), refunds(order)) == (1, [])
    assert list(problems()) == []
    cancel_as_registrant(wish(order, 1))
    assert reload(order).status == "cancelled"
    assert list(problems()) == []


# Organizers


@pytest.mark.parametrize(
    ("seats", "refund", "given", "kept"),
    [
        ((), None, "448.00", "0.00"),
        ((0,), None, "199.00", "0.00"),
        ((0,), "0.00", None, "199.00"),
        ((0,), "1.50", "1.50", "197.50"),
        # More than the seat costs: nothing of its price is kept
        ((0,), "448.00", "448.00", "0.00"),
    ],
)
def test_organizers_give_back_what_they_like(order, seats, refund, given, kept):
    amount = Decimal(refund) if refund else None
    cancel_as_organizer(wish(order, *seats, by="olga", note="Ill."), refund=amount)

    assert [one[0] for one in refunds(order)] == ([given] if given else [])
    assert reload(order).kept.amount == Decimal(kept)
    assert list(problems()) == []


def test_organizers_give_back_no_more_than_there_is(order):
    (payment,) = payments.payments_of(order.pk)
    payments.request_refund(
        payment_id=payment.pk, amount=Decimal(400), reason="organizer", now=NOW
    )
    for amount in ("48.01", "-0.01", "0.001"):
        with pytest.raises(errors.RefundNotPossible):
            cancel_as_organizer(wish(order, by="olga"), refund=Decimal(amount))
    cancel_as_organizer(wish(order, by="olga"))
    assert [one[0] for one in refunds(order)] == ["400.00", "48.00"]
    assert list(problems()) == []


def test_what_the_organizer_gave_back_before_does_not_go_back_again(order):
    (payment,) = payments.payments_of(order.pk)
    payments.request_refund(
        payment_id=payment.pk, amount=Decimal(100), reason="organizer", now=NOW
    )
    cancel_as_registrant(wish(order))

    # $448 less 10 percent, of which $348 are left
    assert [one[0] for one in refunds(order)] == ["100.00", "348.00"]
    assert reload(order).attention == ""
    assert list(problems()) == []


# Where the money is


def disputed(payment: payments.Payment, amount: str, outcome: Outcome) -> None:
    fact = CallbackFact(
        event_id=f"{outcome}-1",
        payment_id=payment.pk,
        order_id=payment.order_id,
        outcome=outcome,
        amount=Decimal(amount),
        currency="USD",
        part_reference="dispute-1",
        reason="fraudulent",
    )
    disputes.take(fact, now=NOW)


def test_what_is_disputed_does_not_go_back_and_is_shown(order):
    (payment,) = payments.payments_of(order.pk)
    disputed(payment, "300.00", Outcome.DISPUTED)

    assert preview(order.pk, None, now=NOW).refund == Decimal("148.00")
    cancel_as_registrant(wish(order))

    assert refunds(order) == [("148.00", "order-cancelled", "requested")]
    assert reload(order).attention == "refund-disputed"
    assert "255.20 USD of it cannot be given back" in reload(order).attention_note
    assert list(problems()) == []

    # The refund that was possible is not the end of it.
    (refund,) = payments.refunds_of(payment.pk)
    refund_results.record_done(refund.pk, expected=[refund.Status.REQUESTED], now=NOW)
    assert reload(order).attention == "refund-disputed"


def test_what_a_lost_dispute_took_is_not_missing(order):
    (payment,) = payments.payments_of(order.pk)
    disputed(payment, "300.00", Outcome.DISPUTED)
    disputed(payment, "300.00", Outcome.DISPUTE_LOST)

    cancel_as_registrant(wish(order))

    assert refunds(order) == [("148.00", "order-cancelled", "requested")]
    assert reload(order).attention == ""


def test_of_two_payments_the_newer_one_goes_back_first(summit):
    order = summit.ready((summit.general, 2))
    card = start_payment(order.pk)
    invoice = start_payment(order.pk, provider="invoice", now=NOW + minutes(1))
    transitions.complete(card.pk, now=NOW)
    transitions.complete(invoice.pk, now=NOW)
    (double,) = payments.refunds_of(invoice.pk)
    refund_results.record_failed(double.pk, error="closed", now=NOW)
    if double.status == double.Status.BY_HAND:
        payments.Refund.objects.filter(pk=double.pk).update(status="failed")
    payments.keep_money_of_failed_refund(invoice.pk, by="olga", now=NOW)

    cancel_as_organizer(wish(order, by="olga"), refund=Decimal(500))

    def given_back(payment: payments.Payment) -> list[Decimal]:
        kept = [
            one for one in payments.refunds_of(payment.pk) if one.status != "withdrawn"
        ]
        return [one.amount for one in kept]

    assert (given_back(invoice), given_back(card)) == ([Decimal(398)], [Decimal(102)])


def test_an_invoice_goes_back_by_hand_each_time(summit):
    order = summit.ready((summit.general, 3))
    transitions.complete(start_payment(order.pk, provider="invoice").pk, now=NOW)
    cancel_as_registrant(wish(order, 0))
    cancel_as_registrant(wish(order, 1))

    assert refunds(order) == [("199.00", "seats-cancelled", "by_hand")] * 2
    assert reload(order).attention == "refund-by-hand"
    (payment,) = payments.payments_of(order.pk)
    first, second = payments.refunds_of(payment.pk)
    payments.settle_refund_by_hand(first.pk, by="olga", now=NOW)
    assert reload(order).attention == "refund-by-hand"
    payments.settle_refund_by_hand(second.pk, by="olga", now=NOW)
    assert reload(order).attention == ""
    assert list(problems()) == []


# At the same time


def at_once(*calls: Callable[[], object]) -> list[object]:
    """What each answered or raised, all started together."""
    answers: list[object] = [None] * len(calls)
    barrier = threading.Barrier(len(calls))

    def run(number: int) -> None:
        try:
            connection.ensure_connection()
            barrier.wait()
            answers[number] = calls[number]()
        except Exception as error:
            answers[number] = error
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(number,)) for number in range(len(calls))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_second_click_at_the_same_time_gives_back_once(make_summit):
    summit = make_summit()
    order = summit.confirmed((summit.general, 3))
    click = wish(order, 1)
    expected = Money(Decimal(199), "USD")

    answers = at_once(
        *[lambda: cancel_as_registrant(click, expected_refund=expected)] * 6
    )

    assert answers == [None] * 6
    assert refunds(order) == [("199.00", "seats-cancelled", "requested")]
    assert (positions(order), sold(summit.general)) == ([0, 2], 2)
    assert list(problems()) == []


@pytest.mark.django_db(transaction=True)
def test_different_seats_at_the_same_time_all_go_back(make_summit):
    summit = make_summit()
    order = summit.confirmed((summit.general, 4), (summit.party, 1))

    answers = at_once(
        *[
            lambda position=position: cancel_as_registrant(wish(order, position))
            for position in (0, 1, 2, 4)
        ]
    )

    assert answers == [None] * 4
    assert sorted(one[0] for one in refunds(order)) == ["199.00"] * 3 + ["50.00"]
    assert positions(order) == [3]
    assert list(problems()) == []


@pytest.mark.django_db(transaction=True)
def test_overlapping_seats_at_the_same_time_never_go_back_twice(make_summit):
    summit = make_summit()
    order = summit.confirmed((summit.general, 3))

    answers = at_once(
        *[
            lambda seats=seats: cancel_as_registrant(wish(order, *seats))
            for seats in ((0, 1), (1, 2), (0, 2))
        ]
    )

    assert sum(answer is None for answer in answers) == 1
    assert sum(isinstance(answer, errors.SeatsNotHeld) for answer in answers) == 2
    assert [one[0] for one in refunds(order)] == ["398.00"]
    assert list(problems()) == []


@pytest.mark.django_db(transaction=True)
def test_refund_of_the_organizer_meanwhile_is_waited_for(make_summit):
    """He has taken his share but not committed: the cancellation gives the rest."""
    summit = make_summit()
    order = summit.confirmed((summit.general, 2))
    (payment,) = payments.payments_of(order.pk)
    took = threading.Event()

    def organizer() -> None:
        with transaction.atomic():
            payments.request_refund(
                payment_id=payment.pk, amount=Decimal(300), reason="organizer", now=NOW
            )
            took.set()
            time.sleep(0.5)

    def registrant() -> None:
        took.wait()
        cancel_as_registrant(wish(order))

    assert at_once(organizer, registrant) == [None, None]
    assert [one[0] for one in refunds(order)] == ["300.00", "98.00"]
    payment.refresh_from_db()
    assert payment.refundable_amount == 0
    assert list(problems()) == []


@pytest.mark.django_db(transaction=True)
def test_many_at_once_never_give_back_more_than_was_taken(make_summit):
    summit = make_summit()
    order = summit.confirmed((summit.general, 10))
    (payment,) = payments.payments_of(order.pk)

    def organizer() -> None:
        payments.request_refund(
            payment_id=payment.pk, amount=Decimal("333.33"), reason="organizer", now=NOW
        )

    def cancel(position: int) -> Callable[[], None]:
        return lambda: cancel_as_registrant(wish(order, position))

    at_once(*[organizer] * 6, *[cancel(position) for position in range(10)])

    given_back = sum(Decimal(one[0]) for one in refunds(order))
    assert given_back <= payment.amount
    payment.refresh_from_db()
    assert payment.refunded_amount == given_back
    assert list(problems()) == []


@pytest.mark.django_db(transaction=True)
def test_expired_payment_page_and_cancellation_do_not_lock_each_other(make_summit):
    """A second payment arrives while the order is being cancelled."""
    summit = make_summit()
    order = summit.ready((summit.general, 2))
    second = start_payment(order.pk, provider="invoice")
    pay(order.pk)

    answers = at_once(
        lambda: cancel_as_registrant(wish(order)),
        lambda: transitions.complete(second.pk, now=NOW),
    )

    assert not [one for one in answers if isinstance(one, Exception)]
    assert reload(order).status == "cancelled"
    for payment in payments.payments_of(order.pk):
        assert payment.refundable_amount == 0
