"""What a process that makes load does with `eventsourcing`."""

import os
import random
from threading import Lock
from time import perf_counter
from uuid import UUID

from eventsourcing.projection import ProjectionRunner

from benchmarks.eventstore import peer
from benchmarks.eventstore.task import Task

PATIENCE = 600
# Above it, psycopg's pipeline waits for ever on a Unix socket.
FITS_A_SOCKET = 500
_applications: dict[tuple[int, str, str], peer.Orders] = {}
_making = Lock()


def use(database: str, *, create_table: str = "n", host: str = "") -> peer.Orders:
    """The application over this database, one in each process; its pool stays open."""
    host = host or os.environ["PGHOST"]
    mine = (os.getpid(), database, host)
    with _making:
        if mine not in _applications:
            os.environ |= peer.SETTINGS | {
                "POSTGRES_DBNAME": database,
                "POSTGRES_HOST": host,
                "CREATE_TABLE": create_table,
            }
            _applications[mine] = peer.Orders()
        return _applications[mine]


def create(*, database: str) -> None:
    """By one process: many at once get in each other's way."""
    use(database, create_table="y")


def append(*, database: str, batch: int) -> Task:
    """A new order with so many events."""
    application = use(database, host="127.0.0.1" if batch > FITS_A_SOCKET else "")

    def task() -> int:
        application.save(peer.placed(changes=batch - 1))
        return batch

    return task


def make_streams(*, database: str, length: int, number: int) -> list[str]:
    application = use(database, host="127.0.0.1" if length > FITS_A_SOCKET else "")
    orders = [peer.placed(changes=length - 1) for _ in range(number)]
    for order in orders:
        application.save(order)
    return [str(order.id) for order in orders]


def load(*, database: str, ids: list[str]) -> Task:
    application = use(database)
    known = [UUID(id) for id in ids]

    def task() -> int:
        order = application.repository.get(random.choice(known))
        assert order.version
        return 1

    return task


def project(*, database: str) -> float:
    """Seconds until a new projection has seen all there is."""
    recorder = use(database).recorder
    os.environ |= {"POSTGRES_DBNAME": database, "CREATE_TABLE": "y"}
    peer.Counting.until = recorder.max_notification_id() or 0
    with recorder.datastore.transaction(commit=True) as cursor:
        cursor.execute("DROP TABLE IF EXISTS benchmark_tracking, benchmark_counts")
    start = perf_counter()
    with ProjectionRunner(
        application_class=peer.Orders,
        projection_class=peer.Counting,
        view_class=peer.Counts,
    ) as runner:
        assert runner.projection.reached.wait(PATIENCE)
        return perf_counter() - start
