"""Every event that concerns an order is told in one sentence, in order."""

from dataclasses import fields
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from uuid_utils.compat import uuid7

from conferences import services
from eventstore import store
from eventstore.context import context
from eventstore.events import registered_types
from eventstore.models import Event
from payments import refund_results, transitions
from payments import services as payments
from registrations.commands import order as orders
from registrations.commands import payment as money
from registrations.commands import seat_assignments
from registrations.domain.order_events import OrderNeedsAttention, OrderPaymentReturned
from registrations.domain.seat_assignments import SeatUnassigned
from registrations.domain.values import PersonalInfo
from registrations.models import OrderView
from registrations.queries.event_sentences import SENTENCES, Names, sentence
from registrations.queries.history import event, order_history
from tests.registrations.conftest import (
    ATTENDEE,
    NOW,
    REGISTRANT,
    Summit,
    minutes,
    pay,
    reload,
    start_payment,
)

ABOUT_AN_ORDER = {"order_id", "reservation_id"}
SECOND = PersonalInfo("Second", "Person", "second@example.org")


def concerns_an_order(kind: type) -> bool:
    return bool(ABOUT_AN_ORDER & {field.name for field in fields(kind)})


def test_every_event_that_concerns_an_order_has_a_sentence():
    ours = {
        kind.cls
        for kind in registered_types()
        if kind.cls
        and kind.cls.__module__.startswith("registrations.")
        and concerns_an_order(kind.cls)
    }

    assert {kind.__name__ for kind in ours - set(SENTENCES)} == set()
    assert {kind.__name__ for kind in set(SENTENCES) - ours} == set()


def told(order: OrderView) -> list[str]:
    return [entry.summary for entry in order_history(reload(order))]


def everything(make_summit) -> OrderView:
    """An order to which everything happens: late, over quota, cancelled."""
    summit: Summit = make_summit(quotas=(3, 1, 0))
    order = summit.place((summit.general, 4))
    orders.change_items(order_id=order.pk, items=[(summit.general, 3)], now=NOW)
    orders.assign_registrant(order_id=order.pk, registrant=REGISTRANT, now=NOW)
    transitions.reject(start_payment(order.pk).pk, now=NOW)
    late = start_payment(order.pk)
    orders.expire_order(order_id=order.pk, now=NOW + minutes(30))
    summit.confirmed((summit.general, 1), now=NOW + minutes(31))
    transitions.complete(late.pk, now=NOW + minutes(40))
    (refund,) = payments.refunds_of(late.pk)
    refund_results.record_failed(refund.pk, error="The card is closed.", now=NOW)
    with context(actor="user:1"):
        money.confirm_over_quota(
            order_id=order.pk, by="organizer", now=NOW + minutes(50)
        )
    for attendee in (ATTENDEE, PersonalInfo("A.", "One", ATTENDEE.email), SECOND):
        seat_assignments.assign_seat(
            order_id=order.pk, position=0, attendee=attendee, now=NOW
        )
    with context(actor="registrant"):
        orders.cancel_order(order_id=order.pk, by="registrant", now=NOW + minutes(60))
    (_withdrawn, back) = payments.refunds_of(late.pk)
    refund_results.record_done(back.pk, expected=[back.Status.REQUESTED], now=NOW)
    return order


def test_a_long_story_is_told_in_order(make_summit, db):
    order = everything(make_summit)
    until = "March 2, 2026, 2:15 a.m. (PST)"
    longer = "March 2, 2026, 2:29 a.m. (PST)"
    placed = f"Placed under the code {order.code}"

    assert told(order) == [
        f"{placed}: 4 x General admission; held until {until}.",
        "Held: 3 x General admission.",
        "Not all seats could be reserved, only: 3 x General admission.",
        "Priced: 597.00 USD.",
        "Other seats were asked for: 3 x General admission.",
        "Held: 3 x General admission.",
        "All seats asked for are reserved: 3 x General admission.",
        "Priced: 597.00 USD.",
        "The registrant is Registrant One (registrant@example.org).",
        f"A payment of 597.00 USD by Sandbox was started; held until {longer}.",
        f"The hold now ends on {longer}.",
        f"The payment came to nothing; held until {until}.",
        f"The hold now ends on {until}.",
        f"A payment of 597.00 USD by Sandbox was started; held until {longer}.",
        f"The hold now ends on {longer}.",
        "Expired: it was not confirmed in time.",
        "Released: 3 x General admission.",
        "597.00 USD came in and is given back: it came late and the seats were gone.",
        "Needs attention, a refund failed: The card is closed.",
        "Settled by organizer: Confirmed over the quota.",
        "Held over the quota: 3 x General admission.",
        "Taken up again: a payment came late and the seats are held once more.",
        "Paid: 597.00 USD.",
        "Confirmed: 3 x General admission.",
        "Sold: 3 x General admission.",
        "The seats were numbered 1 to 3.",
        "Seat 1 was assigned to Attendee One (attendee@example.org).",
        "Seat 1: attendee@example.org is called A. One now.",
        "Seat 1 was taken from A. One.",
        "Seat 1 was assigned to Second Person (second@example.org).",
        (
            "Cancelled by registrant: 3 x General admission given back."
            " 597.00 USD goes back, 0.00 USD is kept."
        ),
        "Back on sale: 3 x General admission.",
        "Nobody sits on these seats any more.",
        "597.00 USD was given back.",
    ]


def test_entries_say_when_who_and_which_version(make_summit, db):
    order = everything(make_summit)
    history = order_history(reload(order))
    own = [entry for entry in history if entry.stream == "Order"]

    assert [entry.version for entry in own] == list(range(1, len(own) + 1))
    assert own[-1].version == reload(order).version
    assert sorted(history, key=lambda entry: entry.position) == history
    assert {entry.stream for entry in history} == {
        "Order",
        "Seat assignments",
        "Seats of the conference",
    }
    stored = {row.position: row.recorded_at for row in Event.objects.all()}
    assert all(entry.at == stored[entry.position] for entry in history)


def test_actors_have_names(summit, django_user_model):
    user = django_user_model.objects.create_user("organizer")
    order = summit.confirmed((summit.general, 1))
    for actor in (f"user:{user.pk}", "user:0", "user:x", "clock", "somebody-new"):
        with context(actor=actor):
            store.append(
                f"order-{order.pk}",
                [OrderNeedsAttention(order_id=order.pk, reason="odd", note="Look.")],
            )

    entries = order_history(reload(order))[-5:]

    assert [entry.who for entry in entries] == [
        "organizer",
        "user:0",
        "user:x",
        "The clock",
        "somebody-new",
    ]
    assert entries[0].summary == "Needs attention, odd: Look."
    assert entries[0].type == "order-needs-attention"


def test_other_orders_are_not_told(summit):
    mine = summit.ready((summit.general, 1))
    before = told(mine)
    other = summit.confirmed((summit.party, 1))
    services.update_seat_type(seat_type_id=summit.general, changes={"quota": 7})

    assert told(mine) == before
    assert other.code not in "".join(before)


def test_free_order_says_so(make_summit, db):
    summit = make_summit(prices=("0", "1", "1"))
    order = summit.ready((summit.general, 1))

    assert "Priced: free of charge." in told(order)


def test_seats_that_were_all_gone(make_summit, db):
    summit = make_summit(quotas=(0, 1, 1))

    story = told(summit.place((summit.general, 1)))

    assert "Held: no seats." in story
    assert "Not all seats could be reserved: none were left." in story


def test_one_seat_is_not_numbered_from_to(summit):
    assert "The seat was numbered 1." in told(summit.confirmed((summit.general, 1)))


def test_seat_of_somebody_unknown_is_taken_from_its_attendee(db):
    taken = SeatUnassigned(order_id=uuid7(), position=1)

    assert sentence(taken, Names(seat_types={}, zone=None)) == (
        "Seat 2 was taken from its attendee."
    )


def test_unknown_reasons_and_seat_types_are_told_as_they_are(db):
    seat_type = uuid7()
    returned = OrderPaymentReturned(
        order_id=uuid7(),
        payment_id=seat_type,
        amount=Decimal(5),
        currency="EUR",
        reason="odd",
    )

    assert sentence(returned, Names(seat_types={}, zone=None)) == (
        "5.00 EUR came in and is given back: odd."
    )


def test_question_for_one_event(summit):
    order = summit.confirmed((summit.general, 1))
    stored = Event.objects.filter(stream=f"order-{order.pk}", version=1).get()

    assert event(stored.pk).code == order.code
    assert event(uuid7()) is None


def test_long_story_needs_as_many_queries_as_a_short_one(make_summit, db):
    long = reload(everything(make_summit))
    summit = make_summit("second")
    short = summit.place((summit.general, 1))
    with CaptureQueriesContext(connection) as for_long:
        order_history(long)
    with CaptureQueriesContext(connection) as for_short:
        order_history(short)

    # Who acted is asked only where somebody signed in did, and the keys of persons
    # only where a person is named.
    assert len(for_long) - 2 == len(for_short) == 4


@pytest.mark.parametrize(
    "reason", ["already-paid", "order-cancelled", "amount-differs"]
)
def test_money_that_goes_back_says_why(summit, reason):
    order = summit.ready((summit.general, 1))
    paid = pay(order.pk)
    money.return_payment(order_id=order.pk, payment_id=paid.pk, reason=reason, now=NOW)

    assert any("is given back:" in line for line in told(order))
