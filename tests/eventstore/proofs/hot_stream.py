"""Many writers on one stream: the seats of one conference on the day sales open."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Barrier
from statistics import median
from uuid import UUID

from uuid_utils.compat import uuid7

from eventstore import projections, signals, store
from registrations.domain.seats_availability import SeatsAvailability
from tests.eventstore.proofs.crew import CONTEXT, crew

WORK = 0.002
FILL = 500
FAR = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass
class Rush:
    """What so many writers met with so many orders in the stream already."""

    orders: int
    read_models: bool
    writers: int
    transactions: int
    rate: float
    p50_ms: float
    p99_ms: float
    load_ms: float


def rush(
    conference: UUID,
    seat_type: UUID,
    *,
    writers: int,
    seconds: float,
    read_models: bool = True,
) -> Rush:
    """Everybody places orders and completes them, each a transaction of its own.

    Without `read_models` it is the stream alone: nobody listens to its appends.
    """
    orders = _orders(conference)
    for _ in range(SeatsAvailability.snapshot_every // 4):
        # So that a load takes in half of what lies between two snapshots.
        _order_once(conference, seat_type, [])
    load_ms = median(_load_ms(conference) for _ in range(100))
    ready = CONTEXT.Barrier(writers)
    with crew() as hire:
        working = [
            hire(_order, conference, seat_type, seconds, ready, read_models)
            for _ in range(writers)
        ]
        took = sorted(ms for one in working for ms in one.answer(seconds + 120))
    return Rush(
        orders,
        read_models,
        writers,
        len(took),
        rate=len(took) / seconds,
        p50_ms=took[len(took) // 2],
        p99_ms=took[int(len(took) * 0.99)],
        load_ms=load_ms,
    )


def _orders(conference: UUID) -> int:
    """Each was placed and completed: two events."""
    return store.load(SeatsAvailability, conference).version // 2


def _load_ms(conference: UUID) -> float:
    began = time.perf_counter()
    store.load(SeatsAvailability, conference)
    return (time.perf_counter() - began) * 1000


def _order(
    conference: UUID,
    seat_type: UUID,
    seconds: float,
    ready: Barrier,
    read_models: bool,
) -> list[float]:
    """Order after order; how long each transaction took, in milliseconds."""
    if not read_models:
        signals.appended.receivers.clear()
        signals.appended.sender_receivers_cache.clear()
    _order_once(conference, seat_type, [])
    ready.wait(120)
    # All wake up at once; then each has its turn in the queue, and PostgreSQL has seen
    # the five calls for which it plans each query of a function anew.
    for _ in range(2):
        _order_once(conference, seat_type, [])
    took: list[float] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        _order_once(conference, seat_type, took)
    return took


def _order_once(conference: UUID, seat_type: UUID, took: list[float]) -> None:
    order, expires = uuid7(), datetime.now(UTC) + timedelta(minutes=15)
    with timed(took), store.change(SeatsAvailability, conference) as seats:
        time.sleep(WORK)
        seats.make_reservation(order, {seat_type: 1}, expires_at=expires)
    with timed(took), store.change(SeatsAvailability, conference) as seats:
        time.sleep(WORK)
        seats.commit_reservation(order)


@contextmanager
def timed(took: list[float]) -> Iterator[None]:
    began = time.perf_counter()
    yield
    took.append((time.perf_counter() - began) * 1000)


def fill(conference: UUID, seat_type: UUID, *, orders: int) -> None:
    """Bring the stream to so many completed orders.

    Quickly: read models do not follow. They count seats and do not grow by it.
    """
    away, projections.projectors = projections.projectors, {}
    try:
        while (left := orders - _orders(conference)) > 0:
            with store.change(SeatsAvailability, conference) as seats:
                for _ in range(min(left, FILL)):
                    order = uuid7()
                    seats.make_reservation(order, {seat_type: 1}, expires_at=FAR)
                    seats.commit_reservation(order)
    finally:
        projections.projectors = away
