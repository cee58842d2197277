"""Placing and changing orders: what is reserved, priced and refused."""

from decimal import Decimal

import pytest
from uuid_utils.compat import uuid7

from conferences import services as conferences
from conferences.signals import ChangeRefused
from eventstore.models import Event
from registrations.commands import order as orders
from registrations.domain import errors
from registrations.models import OrderView, SeatTypeView
from tests.registrations.commands.read_models import lines, seats_of
from tests.registrations.conftest import (
    NOW,
    REGISTRANT,
    minutes,
    pay,
    reload,
    start_payment,
)


def test_placing_reserves_and_prices_in_one_step(summit):
    order = summit.place((summit.general, 3), (summit.workshop, 1), (summit.party, 2))

    assert order.status == "reserved"
    assert str(order.total) == "1197.00 USD"
    assert order.hold_expires_at == NOW + minutes(15)
    assert lines(order) == [
        ("General admission", 3, 3, ""),
        ("CQRS Workshop", 1, 1, ""),
        ("Additional cocktail party", 2, 2, ""),
    ]
    assert seats_of(summit) == {
        "General": (97, 3, 0),
        "CQRS": (99, 1, 0),
        "Additional": (98, 2, 0),
    }


def test_price_list_of_the_reference_system(summit):
    order = summit.place((summit.general, 1), (summit.party, 1))

    assert order.total.amount == Decimal("249.00")


def test_partial_reservation_offers_what_is_left(make_summit, db):
    summit = make_summit(quotas=(20, 20, 20))
    summit.confirmed((summit.general, 18), (summit.workshop, 20), (summit.party, 10))

    order = summit.place((summit.general, 3), (summit.workshop, 1), (summit.party, 2))

    assert order.status == "partially_reserved"
    assert lines(order) == [
        ("General admission", 3, 2, "Could not reserve all the requested seats."),
        ("CQRS Workshop", 1, 0, "Sold out"),
        ("Additional cocktail party", 2, 2, ""),
    ]

    orders.change_items(order_id=order.pk, items=[(summit.general, 2)], now=NOW)

    assert reload(order).status == "reserved"
    assert str(reload(order).total) == "398.00 USD"
    assert seats_of(summit)["Additional"] == (10, 0, 10)


def test_nothing_reserved_is_never_free_and_never_confirmed(make_summit, db):
    summit = make_summit(quotas=(0, 0, 0))

    order = summit.place((summit.general, 1))

    assert (order.status, order.is_free) == ("partially_reserved", False)
    orders.assign_registrant(order_id=order.pk, registrant=REGISTRANT, now=NOW)
    with pytest.raises(errors.SeatsNotReserved):
        orders.confirm_free_order(order_id=order.pk, now=NOW)
    with pytest.raises(errors.SeatsNotReserved):
        start_payment(order.pk)


def test_duplicate_lines_are_added_together(summit):
    order = summit.place((summit.general, 2), (summit.general, 3))

    assert lines(order) == [("General admission", 5, 5, "")]


@pytest.mark.parametrize(
    ("items", "refusal"),
    [
        (lambda s: [], errors.NoItems),
        (lambda s: [(s.general, 0)], errors.NoItems),
        (lambda s: [(s.general, -1)], errors.NegativeQuantity),
        (lambda s: [(s.general, 3), (s.general, -1)], errors.NegativeQuantity),
        (lambda s: [(s.general, 21)], errors.TooManySeats),
        (lambda s: [(s.general, 11), (s.general, 10)], errors.TooManySeats),
        (lambda s: [(uuid7(), 1)], errors.UnknownSeatType),
    ],
)
def test_refused_items_write_nothing(summit, items, refusal):
    before = Event.objects.count()

    with pytest.raises(refusal):
        summit.place(*items(summit))

    assert (OrderView.objects.count(), Event.objects.count()) == (0, before)


def test_unpublished_means_no_new_order_and_no_new_payment(summit):
    order = summit.ready((summit.general, 1))
    conferences.unpublish(conference_id=summit.id)

    with pytest.raises(errors.ConferenceClosed):
        summit.place((summit.general, 1))
    with pytest.raises(errors.ConferenceClosed):
        start_payment(order.pk)
    with pytest.raises(errors.ConferenceClosed):
        orders.change_items(order_id=order.pk, items=[(summit.general, 2)], now=NOW)


def test_sales_window_is_checked_when_seats_are_taken(summit):
    conferences.update_seat_type(
        seat_type_id=summit.general, changes={"on_sale_until": NOW + minutes(5)}
    )
    order = summit.ready((summit.general, 2))

    with pytest.raises(errors.NotOnSale):
        summit.place((summit.general, 1), now=NOW + minutes(5))
    orders.change_items(
        order_id=order.pk, items=[(summit.general, 1)], now=NOW + minutes(6)
    )
    pay(order.pk, now=NOW + minutes(7))
    assert reload(order).status == "confirmed"


def test_a_closed_order_refuses_every_change(summit):
    confirmed = summit.confirmed((summit.general, 1))
    expired = summit.ready((summit.general, 1))
    late = NOW + minutes(16)
    orders.expire_order(order_id=expired.pk, now=late)
    cancelled = summit.confirmed((summit.general, 1))
    orders.cancel_order(order_id=cancelled.pk, by="registrant", now=NOW)
    refusals = {
        confirmed.pk: errors.OrderAlreadyConfirmed,
        expired.pk: errors.OrderAlreadyExpired,
        cancelled.pk: errors.OrderAlreadyCancelled,
    }

    for order_id, refusal in refusals.items():
        for attempt in (
            lambda id: orders.change_items(
                order_id=id, items=[(summit.general, 2)], now=NOW
            ),
            lambda id: orders.assign_registrant(
                order_id=id, registrant=REGISTRANT, now=NOW
            ),
            lambda id: start_payment(id),
        ):
            with pytest.raises(refusal):
                attempt(order_id)


def test_quota_below_what_is_taken_leaves_holders_alone(make_summit, db):
    summit = make_summit(quotas=(10, 10, 10))
    order = summit.ready((summit.general, 6))

    conferences.update_seat_type(seat_type_id=summit.general, changes={"quota": 2})

    row = SeatTypeView.objects.get(pk=summit.general)
    assert (row.remaining, row.oversold) == (-4, 4)
    assert summit.place((summit.general, 1)).line_rows.get().reserved == 0
    orders.change_items(order_id=order.pk, items=[(summit.general, 6)], now=NOW)
    pay(order.pk)
    assert reload(order).status == "confirmed"


def test_price_and_name_changes_apply_to_later_pricings_only(summit):
    order = summit.place((summit.general, 1))
    conferences.update_seat_type(
        seat_type_id=summit.general, changes={"price": Decimal(300), "name": "All days"}
    )

    assert (lines(order)[0][0], str(order.total)) == ("General admission", "199.00 USD")
    orders.change_items(order_id=order.pk, items=[(summit.general, 2)], now=NOW)
    assert lines(order) == [("All days", 2, 2, "")]
    assert str(reload(order).total) == "600.00 USD"


def test_stale_version_is_refused(summit):
    order = summit.place((summit.general, 1))

    with pytest.raises(errors.StaleVersion):
        orders.change_items(
            order_id=order.pk,
            items=[(summit.general, 2)],
            now=NOW,
            expected_version=order.version - 1,
        )
    orders.change_items(
        order_id=order.pk,
        items=[(summit.general, 2)],
        now=NOW,
        expected_version=order.version,
    )


def test_currency_is_fixed_once_an_order_exists(summit):
    conferences.update_conference(conference_id=summit.id, changes={"currency": "EUR"})
    summit.place((summit.general, 1))

    with pytest.raises(ChangeRefused):
        conferences.update_conference(
            conference_id=summit.id, changes={"currency": "USD"}
        )
