"""What a process that makes load does with `eventstore`."""

import random
from time import perf_counter
from uuid import UUID

from django.db import connection, transaction
from uuid_utils.compat import uuid7

from benchmarks.eventstore.order import Order, OrderWithSnapshots
from benchmarks.eventstore.task import Task
from eventstore import catch_up, store
from eventstore.projections import projectors
from eventstore.rebuild import confirm, rebuild
from eventstore.sql import execute

CLASSES = {"plain": Order, "with snapshots": OrderWithSnapshots}


def use(database: str) -> None:
    if connection.settings_dict["NAME"] != database:
        connection.close()
        connection.settings_dict["NAME"] = database
    connection.ensure_connection()


def append(*, database: str, batch: int, atomic: bool) -> Task:
    """A new order with so many events."""
    use(database)

    def bare() -> int:
        order = Order(uuid7())
        order.place()
        order.change(batch - 1)
        return len(store.save(order))

    def in_transaction() -> int:
        with transaction.atomic():
            return bare()

    return in_transaction if atomic else bare


def make_streams(*, database: str, length: int, number: int, kind: str) -> list[str]:
    use(database)
    ids = [uuid7() for _ in range(number)]
    for id in ids:
        order = CLASSES[kind](id)
        order.place()
        for done in range(0, length, 100):
            order.change(min(100, length - done) - (not done))
            store.save(order)
    return [str(id) for id in ids]


def load(*, database: str, ids: list[str], kind: str) -> Task:
    use(database)
    known = [UUID(id) for id in ids]

    def task() -> int:
        order = store.load(CLASSES[kind], random.choice(known))
        assert order.exists
        return 1

    return task


def some_ids(*, database: str, among: int, number: int) -> list[str]:
    """Of streams anywhere among the first so many events."""
    use(database)
    with connection.cursor() as cursor:
        positions = [random.randint(1, among) for _ in range(number)]
        cursor.execute(
            "SELECT DISTINCT substr(stream, 7) FROM eventstore_event"
            " WHERE position = ANY(%s) AND stream LIKE 'order-%%'",
            [positions],
        )
        return [row[0] for row in cursor.fetchall()]


def project(*, database: str, projector: str) -> float:
    """Seconds until an asynchronous projector has seen all there is."""
    use(database)
    forget()
    chosen = projectors[projector]
    start = perf_counter()
    while catch_up.run(chosen):
        pass
    return perf_counter() - start


def rebuild_all(*, database: str, projector: str) -> float:
    use(database)
    start = perf_counter()
    rebuild(projectors[projector], afresh=True)
    took = perf_counter() - start
    confirm(projectors[projector])
    return took


def forget() -> None:
    execute("TRUNCATE benchmark_orderrow, benchmark_typecount")
    execute("DELETE FROM eventstore_checkpoint")
