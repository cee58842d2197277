"""What tests of projectors do again and again: append, follow, and look."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from django.db import connection, transaction

from eventstore import catch_up, store
from eventstore.projections import Projector
from tests.eventstore_app import read_models
from tests.eventstore_app.read_models import (
    Cleared,
    Counted,
    LaggingTally,
)
from tests.waiting import PATIENCE


def append(stream: str, *amounts: int) -> int:
    events = [Counted(amount=amount) for amount in amounts]
    return store.append(stream, events)[-1].position


def a_history(streams: int = 10, each: int = 5) -> None:
    for n in range(streams * each):
        append(f"s{n % streams}", n)
    store.append("s0", [Cleared()])


def drain(projector: Projector, *, limit: int = 500) -> int:
    done = 0
    while more := catch_up.run(projector, limit=limit):
        done += more
    return done


def seen(model: type[read_models.Tally] = LaggingTally) -> dict[str, str]:
    return {row.name: row.seen.strip() for row in model.objects.all()}


def in_thread(work: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        work()
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@contextmanager
def under_way(work: Callable[[], object]) -> Iterator[None]:
    """Inside, another connection has done this and not yet committed."""
    done, finish = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            work()
            done.set()
            finish.wait(PATIENCE)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert done.wait(PATIENCE)
    try:
        yield
    finally:
        finish.set()
        thread.join()


def writer_under_way() -> AbstractContextManager[None]:
    return under_way(lambda: append("slow", 1))
