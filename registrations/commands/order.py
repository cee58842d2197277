"""Use cases of one order: one function, one transaction each.

Each takes the lock of the conference's seats first and that of the order second.
"""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import transaction

from eventstore import store
from registrations.commands.cancellation import (
    Wish,
    cancel_as_organizer,
    cancel_as_registrant,
)
from registrations.commands.locked_order import must_exist, order_with_its_seats
from registrations.commands.seats_availability import lock_seats
from registrations.domain import errors
from registrations.domain.billing_address import BillingAddress
from registrations.domain.order import Order
from registrations.domain.pricing import ConferenceTerms
from registrations.domain.values import PersonalInfo
from registrations.queries import conference_view, order_view

if TYPE_CHECKING:
    from registrations.models.conference_view import ConferenceView

# Without I, L, O and 0, which are misread (domain rules, section 5).
CODE_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ123456789"
CODE_LENGTH = 6

Items = Iterable[tuple[UUID, int]]


@transaction.atomic
def place_order(
    *,
    order_id: UUID,
    conference_id: UUID,
    items: Items,
    now: datetime,
    registrant: PersonalInfo | None = None,
) -> None:
    """Reserve what is left of the seats asked for, and price it.

    Lines of one seat type are added together. Raises ConferenceClosed, InvalidItems
    (one of its kinds) and OrderAlreadyPlaced; then nothing was written.
    """
    lock_seats(conference_id)
    conference = conference_view.conference_by_id(conference_id)
    wanted = _checked(items, conference, held={}, now=now)
    assert conference is not None  # noqa: S101 `_checked` refuses an unknown one
    with store.change(Order, order_id) as order:
        order.place(
            conference_id=conference_id,
            organization_id=conference.organization_id,
            code=_new_code(conference_id),
            wanted=wanted,
            now=now,
            hold_for=timedelta(
                seconds=settings.HOLD_SECONDS or conference.hold_minutes * 60
            ),
        )
        if registrant:
            order.assign_registrant(registrant, now=now)


@transaction.atomic
def change_items(
    *,
    order_id: UUID,
    items: Items,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Ask for other seats under the same hold; replaces what was asked for.

    Raises OrderNotFound, ConferenceClosed, InvalidItems, StateForbids (one of its
    kinds) and StaleVersion.
    """
    with order_with_its_seats(order_id, expected_version) as (order, conference):
        wanted = _checked(items, conference, held=order.reserved, now=now)
        order.change_seats(wanted, now=now)


@transaction.atomic
def assign_registrant(
    *,
    order_id: UUID,
    registrant: PersonalInfo,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Say who orders. Raises OrderNotFound, StateForbids and StaleVersion."""
    with store.change(Order, order_id) as order:
        must_exist(order, expected_version)
        order.assign_registrant(registrant, now=now)


@transaction.atomic
def give_billing_address(
    *,
    order_id: UUID,
    address: BillingAddress | None,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Say whom documents are made out to; None: the registrant.

    Raises OrderNotFound, StateForbids, RegistrantMissing among them, and StaleVersion.
    """
    with store.change(Order, order_id) as order:
        must_exist(order, expected_version)
        order.give_billing_address(address, now=now)


@transaction.atomic
def confirm_free_order(
    *, order_id: UUID, now: datetime, expected_version: int | None = None
) -> None:
    """Confirm without a payment what costs nothing.

    Raises OrderNotFound, ConferenceClosed, StateForbids, PaymentNeeded among them, and
    StaleVersion.
    """
    with order_with_its_seats(order_id, expected_version) as (order, conference):
        if not conference.is_published:
            raise errors.ConferenceClosed
        order.confirm_free_of_charge(now=now)


@transaction.atomic
def cancel_order(
    *,
    order_id: UUID,
    by: str,
    now: datetime,
    as_organizer: bool = False,
    expected_version: int | None = None,
) -> None:
    """Give all seats back: for registrants on the conference's terms, for organizers
    with all the money. See `commands.cancellation`.

    Raises OrderNotFound, OrderNotConfirmed, OrderAlreadyExpired, and CancellationClosed
    for registrants after the conference's deadline, and StaleVersion.
    """
    wish = Wish(order_id=order_id, by=by, now=now, expected_version=expected_version)
    if as_organizer:
        cancel_as_organizer(wish)
    else:
        cancel_as_registrant(wish)


def mark_seats_as_reserved(*, order_id: UUID, seats: Mapping[UUID, int]) -> None:
    """Take in what could be reserved and price it; a step of the process."""
    with store.change(Order, order_id) as order:
        terms = order.conference_id and conference_view.terms(order.conference_id)
        if not terms:
            raise errors.ConferenceClosed
        order.mark_seats_as_reserved(seats, terms)


def expire_order(*, order_id: UUID, now: datetime) -> None:
    """End the order if its hold has ended; a step of the process."""
    with store.change(Order, order_id) as order:
        order.expire(now=now)


def _checked(
    items: Items,
    conference: "ConferenceView | None",
    *,
    held: dict[UUID, int],
    now: datetime,
) -> dict[UUID, int]:
    """The quantities by seat type, if they may be asked for."""
    terms: ConferenceTerms | None = (
        conference_view.terms_of(conference) if conference else None
    )
    if terms is None:
        raise errors.ConferenceClosed
    wanted: dict[UUID, int] = {}
    for seat_type, quantity in items:
        if quantity < 0:
            raise errors.NegativeQuantity(seat_type=seat_type)
        wanted[seat_type] = wanted.get(seat_type, 0) + quantity
    terms.check(wanted, held=held, now=now)
    return wanted


def _new_code(conference_id: UUID) -> str:
    while True:
        code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
        if not order_view.code_is_taken(conference_id, code):
            return code
