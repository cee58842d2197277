"""What every use case says of orders, conferences and seats that are not there."""

from decimal import Decimal

import pytest
from uuid_utils.compat import uuid7

from conferences import services as conferences
from eventstore.models import Event
from registrations.commands import order as orders
from registrations.commands import order_access, seat_assignments
from registrations.commands import payment as money
from registrations.domain import errors
from tests.registrations.conftest import ATTENDEE, NOW, REGISTRANT, start_payment

NOBODYS = uuid7()


@pytest.mark.parametrize(
    "use_case",
    [
        lambda: orders.change_items(order_id=NOBODYS, items=[(uuid7(), 1)], now=NOW),
        lambda: orders.assign_registrant(
            order_id=NOBODYS, registrant=REGISTRANT, now=NOW
        ),
        lambda: orders.confirm_free_order(order_id=NOBODYS, now=NOW),
        lambda: orders.cancel_order(order_id=NOBODYS, by="registrant", now=NOW),
        lambda: start_payment(NOBODYS),
        lambda: money.retry_refund(order_id=NOBODYS, by="organizer", now=NOW),
        lambda: money.confirm_over_quota(order_id=NOBODYS, by="organizer", now=NOW),
        lambda: seat_assignments.assign_seat(
            order_id=NOBODYS, position=0, attendee=ATTENDEE, now=NOW
        ),
        lambda: seat_assignments.unassign_seat(order_id=NOBODYS, position=0, now=NOW),
        lambda: seat_assignments.create_seat_assignments(order_id=NOBODYS),
    ],
)
def test_an_order_nobody_placed(summit, use_case):
    before = Event.objects.count()
    with pytest.raises(errors.OrderNotFound):
        use_case()
    assert Event.objects.count() == before


def test_a_conference_nobody_announced(db):
    with pytest.raises(errors.ConferenceClosed):
        orders.place_order(
            order_id=uuid7(), conference_id=uuid7(), items=[(uuid7(), 1)], now=NOW
        )


def test_an_unpublished_conference_confirms_nothing(make_summit, db):
    summit = make_summit(prices=("0", "1", "1"))
    order = summit.ready((summit.general, 1))
    conferences.unpublish(conference_id=summit.id)

    with pytest.raises(errors.ConferenceClosed):
        orders.confirm_free_order(order_id=order.pk, now=NOW)


def test_an_amount_beyond_what_can_be_paid(make_summit, db):
    summit = make_summit(quotas=(100_000, 1, 1), prices=("50000", "1", "1"))
    conferences.update_seat_type(
        seat_type_id=summit.general, changes={"max_per_order": 100_000}
    )
    order = summit.ready((summit.general, 20_000))
    assert order.total.amount == Decimal("1000000000.00")

    with pytest.raises(errors.AmountNotPayable):
        start_payment(order.pk)


def test_seats_of_orders_that_are_not_confirmed(summit):
    open_order = summit.ready((summit.general, 1))
    cancelled = summit.confirmed((summit.general, 1))
    orders.cancel_order(order_id=cancelled.pk, by="registrant", now=NOW)

    for order, refusal in (
        (open_order, errors.OrderNotConfirmed),
        (cancelled, errors.OrderAlreadyCancelled),
    ):
        with pytest.raises(refusal):
            seat_assignments.assign_seat(
                order_id=order.pk, position=0, attendee=ATTENDEE, now=NOW
            )


def test_an_order_without_a_case_needs_nothing_settled(summit):
    order = summit.confirmed((summit.general, 1))

    for settle in (
        lambda: money.retry_refund(order_id=order.pk, by="organizer", now=NOW),
        lambda: money.settle_by_hand(
            order_id=order.pk, by="organizer", note="", now=NOW
        ),
        lambda: money.confirm_over_quota(order_id=order.pk, by="organizer", now=NOW),
    ):
        with pytest.raises(errors.NothingToSettle):
            settle()


def test_tokens_open_their_own_order_only(summit):
    mine, other = summit.place((summit.general, 1)), summit.place((summit.general, 1))
    token = order_access.issue_token(mine.pk, now=NOW)
    link = order_access.issue_link(mine.pk, now=NOW)

    assert order_access.order_of_token(mine.pk, token)
    assert not order_access.order_of_token(other.pk, token)
    assert not order_access.order_of_token(mine.pk, token[:-1])
    assert order_access.order_of_link(link) == mine.pk
    for wrong in ("", "x", link[:-1], link.replace(mine.pk.hex, other.pk.hex)):
        assert order_access.order_of_link(wrong) is None
