"""The list of attendees as a file: for badges, doors and the organizer's own tables."""

import csv
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from registrations.admin.ledger_files import BYTE_ORDER_MARK, Line, guarded
from registrations.models.order_seats import OrderSeat


def attendee_lines(seats: QuerySet[OrderSeat]) -> Iterator[str]:
    """In the form of the ledger's file; rows are read one after the other."""
    writer = csv.writer(Line())
    yield BYTE_ORDER_MARK
    yield writer.writerow(
        [
            *(_("First name"), _("Last name"), _("E-mail"), _("Seat type")),
            *(_("Seat"), _("Conference"), _("Order")),
        ]
    )
    for seat in seats.iterator(chunk_size=500):
        yield writer.writerow(_cells(seat))


def _cells(seat: Any) -> list[str]:
    return [
        *map(guarded, (seat.first_name, seat.last_name, seat.email)),
        guarded(seat.seat_type_name),
        str(seat.position + 1),
        guarded(seat.conference_name or ""),
        seat.order_code,
    ]
