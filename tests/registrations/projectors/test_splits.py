"""A projector ends with the same rows however its events come: one by one, in batches
of any size, or all at once."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from uuid_utils.compat import uuid7

from conferences import services as conferences
from eventstore.events import RecordedEvent
from eventstore.projections import projectors
from payments import transitions
from registrations.commands import order as orders
from registrations.commands import seat_assignments
from registrations.domain.conference import SeatTypeDescribed
from registrations.domain.seats_availability import (
    AvailableSeatsChanged,
    SeatsReservationExtended,
    SeatsReserved,
)
from registrations.domain.values import SeatQuantity
from registrations.models import SeatTypeView
from tests.registrations.conftest import (
    ATTENDEE,
    NOW,
    Summit,
    minutes,
    pay,
    start_payment,
)
from tests.registrations.projectors.rows import (
    NAMES,
    empty,
    history,
    projected,
    rows_of,
)


def busy(summit: Summit, orders_placed: int, *, described_anew: bool = True) -> None:
    """Orders in all their states; seat types are changed between them."""
    items = [(summit.general, 1), (summit.workshop, 2), (summit.party, 1)]
    for number in range(orders_placed):
        order = summit.ready(*items).pk
        if number % 5 == 0:
            orders.change_items(order_id=order, items=items[1:], now=NOW)
        if number % 3 == 0:
            payment = start_payment(order)
            if number % 2:
                transitions.reject(payment.pk, now=NOW)
                orders.change_items(order_id=order, items=items[:2], now=NOW)
        else:
            pay(order)
            for position in range(2):
                seat_assignments.assign_seat(
                    order_id=order, position=position, attendee=ATTENDEE, now=NOW
                )
        if number % 6 == 1:
            orders.cancel_order(order_id=order, by="registrant", now=NOW)
        if described_anew and number % 4 == 0:
            conferences.update_seat_type(
                seat_type_id=summit.workshop, changes={"quota": 20 - number}
            )
            conferences.update_seat_type(
                seat_type_id=summit.party, changes={"price": Decimal(number)}
            )


def test_batches_of_any_size(summit):
    busy(summit, 8)
    events = history()
    for projector in (projectors[name] for name in NAMES):
        live = rows_of(projector)
        for size in (1, 2, 7, 50, 10_000):
            assert projected(projector, events, range(size, 10_000, size)) == live


def test_single_events(summit):
    busy(summit, 4)
    events = history()
    for projector in (projectors[name] for name in NAMES):
        live = rows_of(projector)
        empty(projector)
        for recorded in events:
            projector.project_many([recorded])
        assert rows_of(projector) == live


def recorded(*events: object) -> list[RecordedEvent]:
    """Such events as no command makes them one after the other."""
    return [
        RecordedEvent(uuid7(), version, "forged", version, event, {}, NOW)
        for version, event in enumerate(events, 1)
    ]


def test_counts_before_their_seat_type_mean_nothing(summit):
    """No such history should be, but then no batch may make it look better."""
    seat_type = uuid7()
    quota = AvailableSeatsChanged(
        conference_id=summit.id, seat_type=seat_type, quota=5, change=5
    )
    row = SeatTypeView.objects.values().get(pk=summit.general)
    values: dict[str, Any] = {**row}
    names = SeatTypeDescribed.__dataclass_fields__.keys() & values.keys()
    described = SeatTypeDescribed(
        seat_type_id=seat_type, **{name: values[name] for name in names}
    )
    projector, events = projectors[NAMES[0]], recorded(quota, described)
    assert projected(projector, events, []) == projected(projector, events, [1])


def test_a_hold_taken_anew_ends_when_it_says(summit):
    order_id, seats = uuid7(), [SeatQuantity(summit.general, 1)]
    reserved, again = (
        SeatsReserved(
            conference_id=summit.id,
            reservation_id=order_id,
            seats=seats,
            expires_at=NOW + minutes(number),
        )
        for number in (15, 40)
    )
    extended = SeatsReservationExtended(
        conference_id=summit.id, reservation_id=order_id, expires_at=NOW + minutes(29)
    )
    projector, before = projectors[NAMES[0]], history()
    events = [*before, *recorded(reserved, extended, again)]
    first = len(projector.own(before))
    rows = [projected(projector, events, [first + cut]) for cut in range(4)]
    assert rows[0] == rows[1] == rows[2] == rows[3]
    [[*_, expires_at]] = rows[0]["SeatReservation"]
    assert expires_at == NOW + minutes(40)


# Of what there is less in such a history
FEWER = {"LedgerProjector": 4, "OrganizationViewProjector": 0}


@pytest.mark.parametrize("name", NAMES)
def test_a_batch_takes_few_statements(summit, name):
    busy(summit, 20, described_anew=False)
    projector, events = projectors[name], projectors[name].own(history())
    empty(projector)

    with CaptureQueriesContext(connection) as captured:
        projector.project_many(events)

    assert len(events) > FEWER.get(name, 40)
    assert len(captured) <= 8


def test_placing_an_order_asks_as_often_for_three_seat_types_as_for_one(summit):
    def statements(*items) -> int:
        with CaptureQueriesContext(connection) as captured:
            orders.place_order(
                order_id=uuid7(), conference_id=summit.id, items=items, now=NOW
            )
        return len(captured)

    one = statements((summit.general, 1))
    three = statements((summit.general, 1), (summit.workshop, 2), (summit.party, 1))
    assert one == three
    assert one <= 40


def test_nothing_of_a_call_stays_with_its_projector(summit):
    """Threads share it."""
    summit.confirmed((summit.general, 1))
    assert [vars(projectors[name]) for name in NAMES] == [{}] * len(NAMES)
