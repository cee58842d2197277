"""The same read model three times: event by event, by sets, and by SQL alone."""

from collections import Counter
from collections.abc import Sequence

import msgspec

from benchmarks.eventstore.models import OrderRow, TypeCount
from benchmarks.eventstore.order import OrderChanged, OrderPlaced
from eventstore.events import RecordedEvent, type_of
from eventstore.projections import Projector, on
from eventstore.sql import execute

ROWS = """
INSERT INTO benchmark_orderrow AS mine (stream, version, total)
SELECT stream, version, total
  FROM jsonb_to_recordset(%s) AS given (stream text, version int, total numeric)
ON CONFLICT (stream) DO UPDATE SET version = excluded.version, total = excluded.total
 WHERE mine.version < excluded.version
"""
COUNTS = """
INSERT INTO benchmark_typecount AS mine (type, number)
SELECT key, value::bigint FROM jsonb_each(%s)
ON CONFLICT (type) DO UPDATE SET number = mine.number + excluded.number
"""
ROWS_OF_RANGE = """
INSERT INTO benchmark_orderrow AS mine (stream, version, total)
SELECT DISTINCT ON (stream) stream, version, (data->>'total')::numeric
  FROM eventstore_event
 WHERE position > %s AND position <= %s AND type LIKE 'benchmark-order-%%'
 ORDER BY stream, version DESC
ON CONFLICT (stream) DO UPDATE SET version = excluded.version, total = excluded.total
 WHERE mine.version < excluded.version
"""
COUNTS_OF_RANGE = """
INSERT INTO benchmark_typecount AS mine (type, number)
SELECT type, count(*) FROM eventstore_event
 WHERE position > %s AND position <= %s AND type LIKE 'benchmark-order-%%'
 GROUP BY type
ON CONFLICT (type) DO UPDATE SET number = mine.number + excluded.number
"""


class OneByOne(Projector):
    models = (OrderRow, TypeCount)
    inline = False

    @on(OrderPlaced, OrderChanged)
    def when_order(
        self, event: OrderPlaced | OrderChanged, recorded: RecordedEvent
    ) -> None:
        write_rows({recorded.stream: recorded})
        write_counts(Counter([type_of(type(event)).name]))


class BySets(OneByOne):
    batch = 5_000

    def project_many(self, events: Sequence[RecordedEvent]) -> None:
        write_rows({recorded.stream: recorded for recorded in events})
        write_counts(Counter(type_of(type(recorded.event)).name for recorded in events))


class InSql(BySets):
    batch = 50_000

    def project_range(self, after: int, upto: int) -> None:
        execute(ROWS_OF_RANGE, [after, upto])
        execute(COUNTS_OF_RANGE, [after, upto])


def write_rows(newest: dict[str, RecordedEvent]) -> None:
    rows = [
        {"stream": stream, "version": last.version, "total": last.event.total}
        for stream, last in newest.items()
    ]
    execute(ROWS, [msgspec.json.encode(rows).decode()])


def write_counts(counts: Counter[str]) -> None:
    execute(COUNTS, [msgspec.json.encode(counts).decode()])
