"""What orders hold: taken out of its table, changed in memory and put back."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from eventstore import rows
from registrations.models.conference_view import SeatReservation

COLUMNS = ("id", "order_id", "conference_id", "seat_type_id", "quantity", "expires_at")


class SeatHolds:
    """The rows of the orders that one call is about to change, by order."""

    def __init__(self, changing: Iterable[UUID]) -> None:
        self.changing = set(changing)
        self.of: dict[UUID, list[rows.Row]] = defaultdict(list)
        self.extended: dict[UUID, datetime] = {}
        for row in rows.take_out(SeatReservation, "order_id", self.changing, *COLUMNS):
            self.of[row[1]].append(dict(zip(COLUMNS, row, strict=True)))

    def add(self, order_id: UUID, **values: Any) -> None:
        self.of[order_id].append({"order_id": order_id, **values})

    def extend(self, order_id: UUID, expires_at: datetime) -> None:
        if order_id not in self.changing:
            self.extended[order_id] = expires_at
        for row in self.of.get(order_id, ()):
            row["expires_at"] = expires_at

    def take_away(self, order_id: UUID) -> dict[UUID, int]:
        """Forget what is held for this order, and say what it was."""
        held = self.of.pop(order_id, [])
        return {row["seat_type_id"]: row["quantity"] for row in held}

    def write(self) -> None:
        rows.insert(SeatReservation, [row for held in self.of.values() for row in held])
        rows.update(
            SeatReservation,
            [
                {"order_id": id, "expires_at": end}
                for id, end in sorted(self.extended.items())
            ],
            by="order_id",
        )
