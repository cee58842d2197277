"""An order to decide on, with all locks that deciding takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import UUID

from eventstore import store
from registrations.commands.seats_availability import lock_seats
from registrations.domain import errors
from registrations.domain.order import Order
from registrations.queries import conference_view, order_view

if TYPE_CHECKING:
    from registrations.models.conference_view import ConferenceView


@contextmanager
def order_with_its_seats(
    order_id: UUID, expected_version: int | None = None
) -> Iterator[tuple[Order, "ConferenceView"]]:
    """The order to decide on and its conference; seats and order are locked, in that
    order. Raises OrderNotFound, ConferenceClosed and StaleVersion."""
    view = order_view.order(order_id)
    if view is None:
        raise errors.OrderNotFound
    lock_seats(view.conference_id)
    conference = conference_view.conference_by_id(view.conference_id)
    if conference is None:
        raise errors.ConferenceClosed
    with store.change(Order, order_id) as order:
        must_exist(order, expected_version)
        yield order, conference


def must_exist(order: Order, expected_version: int | None) -> None:
    if not order.exists:
        raise errors.OrderNotFound
    if expected_version is not None and order.version != expected_version:
        raise errors.StaleVersion
