"""What the history says of seats given back, and the order as it was before."""

from decimal import Decimal

import pytest

from conferences import services
from registrations.commands import seat_assignments
from registrations.commands.cancellation import (
    Wish,
    cancel_as_organizer,
    cancel_as_registrant,
)
from registrations.domain.order_events import OrderSeatsCancelled
from registrations.domain.seat_assignments import SeatsWithdrawn
from registrations.models import OrderView
from registrations.queries.history import HistoryEntry, order_history
from registrations.queries.order_then import order_then
from tests.registrations.conftest import ATTENDEE, NOW, Summit, reload


@pytest.fixture
def order(summit: Summit) -> OrderView:
    """One of three seats given back by the registrant, then all by the organizer."""
    services.set_cancellation_tiers(
        conference_id=summit.id, tiers=[{"days_before": 7, "percent_kept": Decimal(10)}]
    )
    bought = summit.confirmed((summit.general, 2), (summit.party, 1))
    seat_assignments.assign_seat(
        order_id=bought.pk, position=1, attendee=ATTENDEE, now=NOW
    )
    some = frozenset({1})
    cancel_as_registrant(
        Wish(order_id=bought.pk, by="registrant", now=NOW, positions=some)
    )
    cancel_as_organizer(
        Wish(order_id=bought.pk, by="olga", now=NOW, note="All are ill."),
        refund=Decimal("100.00"),
    )
    return bought


def entry_of(order: OrderView, kind: type) -> HistoryEntry:
    (found,) = [
        entry for entry in order_history(reload(order)) if isinstance(entry.event, kind)
    ]
    return found


def test_what_goes_back_and_what_is_kept_is_told(order):
    told = [entry.summary for entry in order_history(reload(order))]

    assert [line for line in told if "cancelled" in line.lower()] == [
        (
            "Seats cancelled by registrant: 1 x General admission (2). 179.10 USD goes"
            " back, 19.90 USD is kept. The order costs 249.00 USD now."
        ),
        (
            "Cancelled by olga: 1 x General admission, 1 x Additional cocktail party"
            " given back. 100.00 USD goes back, 149.00 USD is kept. All are ill."
        ),
    ]
    assert (
        "Seats that are no longer part of the order: 2. Who sat there: Attendee One."
        in told
    )
    assert "Back on sale: 1 x General admission." in told


def test_order_as_it_was_has_the_seats_it_had(order):
    cancelled = entry_of(order, OrderSeatsCancelled).position
    withdrawn = entry_of(order, SeatsWithdrawn).position
    before, after = order_then(order.pk, cancelled - 1), order_then(order.pk, withdrawn)

    assert before is not None
    assert after is not None
    assert (before.order.total.amount, before.order.kept.amount) == (
        Decimal(448),
        Decimal(0),
    )
    assert [line.reserved for line in before.lines] == [2, 1]
    assert [seat.position for seat in before.seats] == [0, 1, 2]
    assert (after.order.total.amount, after.order.kept.amount) == (
        Decimal("249.00"),
        Decimal("19.90"),
    )
    assert [line.reserved for line in after.lines] == [1, 1]
    assert [seat.position for seat in after.seats] == [0, 2]
    assert after.order.status == "confirmed"
