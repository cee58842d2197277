"""Readers that tail the events: the store's way, and ways that are known to fail."""

from collections import Counter
from dataclasses import dataclass

from django.db import connection

from eventstore.models import Event, horizon

Row = tuple[int, str, int]
ROWS = 1000


class Reader:
    """Asks the horizon, then reads what is settled: two steps, as projections do."""

    def __init__(self, position: int) -> None:
        self.position = position
        self.edge = position
        self.seen: list[Row] = []

    def look(self) -> None:
        self.edge = horizon()

    def finish(self) -> None:
        """Read to the end, when all writers have ended."""
        self.look()
        while self.read():
            pass

    def read(self) -> int:
        """Read on; how many events came."""
        rows = self.rows()
        self.seen += rows
        self.position = rows[-1][0] if rows else self.position
        return len(rows)

    def rows(self) -> list[Row]:
        settled = Event.objects.after(self.position).settled(self.edge)
        return list(settled.values_list("position", "stream", "version")[:ROWS])


class Unguarded(Reader):
    """Control: takes whatever lies behind the last position it saw."""

    def look(self) -> None:
        pass

    def rows(self) -> list[Row]:
        found = Event.objects.after(self.position)
        return list(found.values_list("position", "stream", "version")[:ROWS])


class ByTransaction(Unguarded):
    """Control: nothing of a transaction that could still be under way, by its number,
    but the cursor is a position."""

    def rows(self) -> list[Row]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT position, stream, version FROM eventstore_event"
                " WHERE position > %s AND xmin::text::bigint < %s"
                " ORDER BY position LIMIT %s",
                [self.position, _oldest_under_way(), ROWS],
            )
            return list(cursor.fetchall())


class InTransactionOrder(ByTransaction):
    """Control: ordered by transaction number first. Nothing is missed, but a stream
    whose later event was written by the older transaction comes the wrong way round."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.start = position
        self.last = (0, 0)

    def rows(self) -> list[Row]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT position, stream, version, xmin::text::bigint AS number"
                " FROM eventstore_event WHERE position > %s"
                "  AND (xmin::text::bigint, position) > (%s, %s)"
                "  AND xmin::text::bigint < %s"
                " ORDER BY number, position LIMIT %s",
                [self.start, *self.last, _oldest_under_way(), ROWS],
            )
            rows = cursor.fetchall()
        self.last = (rows[-1][3], rows[-1][0]) if rows else self.last
        return [(position, stream, version) for position, stream, version, _ in rows]


def _oldest_under_way() -> int:
    """The oldest transaction of this database that may still write, by its number.

    `pg_snapshot_xmin` would count those of every database: such readers stand still
    while anybody else in the cluster is at it, and then prove nothing. Asked before the
    rows are read, so whatever ended in between counts as under way.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT least(min(backend_xid::text::bigint),"
            "  pg_snapshot_xmax(pg_current_snapshot())::text::bigint)"
            " FROM pg_stat_activity WHERE datname = current_database()"
        )
        return int(cursor.fetchone()[0])


@dataclass
class Verdict:
    """What became of the events behind a position, compared with what was seen.

    `passed` are those that the reader will never see: its position lies beyond them.
    """

    events: int = 0
    missed: int = 0
    passed: int = 0
    doubled: int = 0
    out_of_order: int = 0

    @property
    def is_right(self) -> bool:
        return not (self.missed or self.doubled or self.out_of_order)


def judge(start: int, reader: Reader) -> Verdict:
    """Compare what a reader saw with all that is there now behind `start`."""
    times = Counter(position for position, _, _ in reader.seen)
    verdict = Verdict(doubled=len(reader.seen) - len(times))
    there = Event.objects.after(start).values_list("position", flat=True)
    for position in there.iterator(chunk_size=10_000):
        verdict.events += 1
        if position not in times:
            verdict.missed += 1
            verdict.passed += position < reader.position
    last: dict[str, int] = {}
    for _, stream, version in reader.seen:
        verdict.out_of_order += version <= last.get(stream, 0)
        last[stream] = max(version, last.get(stream, 0))
    return verdict
