"""The same order with `eventsourcing`, its PostgreSQL recorder and its defaults.

Two settings are not the default, both in its favour: as many connections in a process
as it has threads, made once and kept, and time-ordered ids as ours.
"""

from datetime import UTC, datetime
from decimal import Decimal
from threading import Event
from typing import Any, ClassVar
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.dispatch import singledispatchmethod
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from eventsourcing.projection import Projection
from psycopg.sql import SQL, Identifier
from uuid_utils.compat import uuid4, uuid7

from conference_site import gunicorn_conf

CONFERENCE, WORKSHOP, TALKS = (uuid4() for _ in range(3))
TOTAL = Decimal("199.00")
SETTINGS = {
    "PERSISTENCE_MODULE": "eventsourcing.postgres",
    "POSTGRES_USER": "postgres",
    "POSTGRES_PASSWORD": "trusted",
    "POSTGRES_POOL_SIZE": str(gunicorn_conf.threads),
    "POSTGRES_MAX_OVERFLOW": "2",  # a projection's runner listens on one of its own
}


class Order(Aggregate):
    @staticmethod
    def create_id(*_: Any, **__: Any) -> UUID:
        return uuid7()

    @event("Placed")
    def __init__(
        self,
        conference_id: UUID,
        items: list[dict[str, Any]],
        placed_at: datetime,
        total: Decimal,
    ) -> None:
        self.items, self.total = items, total
        self.changes = 0

    @event("Changed")
    def change(
        self,
        conference_id: UUID,
        items: list[dict[str, Any]],
        placed_at: datetime,
        total: Decimal,
    ) -> None:
        self.items, self.total = items, total
        self.changes += 1


def facts() -> dict[str, Any]:
    return {
        "conference_id": CONFERENCE,
        "items": [
            {"seat_type": WORKSHOP, "quantity": 2},
            {"seat_type": TALKS, "quantity": 1},
        ],
        "placed_at": datetime.now(UTC),
        "total": TOTAL,
    }


def placed(*, changes: int) -> Order:
    order: Order = Order(**facts())
    for _ in range(changes):
        order.change(**facts())
    return order


class Orders(Application[UUID]):
    pass


class Counts(PostgresTrackingRecorder):
    """The view of the library's own guide: how many events there are of each type."""

    def __init__(
        self,
        datastore: PostgresDatastore,
        *,
        tracking_table_name: str = "notification_tracking",
        **kwargs: Any,
    ) -> None:
        super().__init__(datastore, tracking_table_name=tracking_table_name, **kwargs)
        table = Identifier(datastore.schema, "benchmark_counts")
        self.check_identifier_length("benchmark_counts")
        self.sql_create_statements.append(
            SQL(
                "CREATE TABLE IF NOT EXISTS {} (name text PRIMARY KEY, number bigint)"
            ).format(table)
        )
        self.count_statement = SQL(
            "INSERT INTO {} AS counts VALUES (%s, 1)"
            " ON CONFLICT (name) DO UPDATE SET number = counts.number + 1"
        ).format(table)

    def count(self, name: str, tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(self.count_statement, (name,), prepare=True)


class Counting(Projection[Counts]):
    """Says when it has come to `until`, for the library's own `wait` polls slowly."""

    name = "benchmark"
    until: ClassVar[int]

    def __init__(self, view: Counts) -> None:
        super().__init__(view)
        self.reached = Event()

    @singledispatchmethod
    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        self.view.count(type(domain_event).__name__, tracking)
        if tracking.notification_id >= self.until:
            self.reached.set()
