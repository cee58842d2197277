"""How events change the counts of a seat type: many of them, one blind UPDATE.

Counts are added up in the database, so that its constraint on the ceiling sees what is
really taken, whatever somebody else did meanwhile.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from uuid import UUID

import msgspec
from django.db import connection

WRITE = """
UPDATE registrations_seattypeview AS seats SET
  quota = COALESCE(new.quota, seats.quota),
  held = seats.held + new.held,
  sold = seats.sold + new.sold,
  ceiling = GREATEST(
    CASE WHEN new.from_quota THEN COALESCE(new.quota, seats.quota)
         ELSE seats.ceiling END,
    seats.held + seats.sold + new.at_least)
FROM json_to_recordset(%s) AS new(id uuid, quota integer, held integer, sold integer,
                                  from_quota boolean, at_least integer)
WHERE seats.id = new.id
"""


@dataclass(slots=True)
class CountChange:
    """What several events in a row do to one seat type.

    The ceiling becomes the quota (`from_quota`) or stays, but is `at_least` so many
    above what was taken before all of them.
    """

    quota: int | None = None
    held: int = 0
    sold: int = 0
    from_quota: bool = False
    at_least: int | None = None

    @property
    def taken(self) -> int:
        return self.held + self.sold

    def offer(self, quota: int) -> None:
        self.quota = quota
        self._lower_ceiling()

    def count(self, *, held: int, sold: int, over_quota: bool = False) -> None:
        self.held += held
        self.sold += sold
        if over_quota:
            before = self.taken if self.at_least is None else self.at_least
            self.at_least = max(self.taken, before)
        elif held + sold < 0:
            # What was oversold and is given back is not offered again.
            self._lower_ceiling()

    def _lower_ceiling(self) -> None:
        self.from_quota, self.at_least = True, self.taken


class SeatCounts:
    """The changes of one call, by seat type."""

    def __init__(self) -> None:
        self.changes: dict[UUID, CountChange] = defaultdict(CountChange)

    def offer(self, seat_type: UUID, quota: int) -> None:
        self.changes[seat_type].offer(quota)

    def count(
        self,
        *,
        held: Mapping[UUID, int] | None = None,
        sold: Mapping[UUID, int] | None = None,
        over_quota: bool = False,
    ) -> None:
        held, sold = held or {}, sold or {}
        for seat_type in {**held, **sold}:
            more_held, more_sold = held.get(seat_type, 0), sold.get(seat_type, 0)
            if more_held or more_sold:
                self.changes[seat_type].count(
                    held=more_held, sold=more_sold, over_quota=over_quota
                )

    def write(self) -> None:
        if not self.changes:
            return
        rows = [
            {"id": id, **asdict(change)} for id, change in sorted(self.changes.items())
        ]
        with connection.cursor() as cursor:
            cursor.execute(WRITE, [msgspec.json.encode(rows).decode()])
        self.changes.clear()
