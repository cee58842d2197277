"""A site that takes orders and shows them, while one of its read models is rebuilt."""

import logging
from threading import Event, Thread
from time import perf_counter, sleep
from typing import Any

from django.db import DatabaseError, connection, transaction
from uuid_utils.compat import uuid7

from benchmarks.eventstore.board import Board
from benchmarks.eventstore.models import OrderRow
from benchmarks.eventstore.order import Order
from benchmarks.eventstore.tasks_of_ours import use
from eventstore import store
from eventstore.projections import projectors
from eventstore.rebuild import confirm, rebuild
from eventstore.shadow import differences

PAUSE = 0.005
logger = logging.getLogger(__name__)


class Visitors(Thread):
    """Each request places or changes an order, and reads what the page would show."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.closing = Event()
        self.requests = self.failed = 0
        self.slowest = 0.0

    def run(self) -> None:
        while not self.closing.is_set():
            order = Order(uuid7())
            order.place()
            for _ in range(3):
                self.request(order)
                order.change(1)
        connection.close()

    def request(self, order: Order) -> None:
        start = perf_counter()
        self.requests += 1
        try:
            with transaction.atomic():
                store.save(order)
            row = OrderRow.objects.get(pk=order.stream(order.id))
            self.failed += row.version != order.version
        except (DatabaseError, OrderRow.DoesNotExist):
            logger.exception("A request failed")
            self.failed += 1
        self.slowest = max(self.slowest, perf_counter() - start)
        sleep(PAUSE)


visitors: list[Visitors] = []


def open_doors(*, database: str) -> None:
    use(database)
    connection.close()  # the visitors' thread makes its own
    visitors.append(Visitors())
    visitors[-1].start()


def close_doors() -> dict[str, Any]:
    thread = visitors.pop()
    thread.closing.set()
    thread.join()
    return {
        "requests": thread.requests,
        "failed": thread.failed,
        "slowest": thread.slowest,
    }


def rebuild_board(*, database: str) -> float:
    use(database)
    board = projectors[Board.__name__]
    start = perf_counter()
    rebuild(board, afresh=True)
    took = perf_counter() - start
    confirm(board)
    return took


def verify_board(*, database: str) -> int:
    """How many rows differ from what the events say."""
    use(database)
    found = differences(projectors[Board.__name__])
    return sum(table.rows for table in found.values())
