"""No event is ever passed by a reader: positions are announced before they are
taken."""

import threading
import time
from random import Random
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction

from eventstore import store
from eventstore.models import Event, horizon
from tests.eventstore.conftest import Deposited

pytestmark = pytest.mark.django_db(transaction=True)
ONE = Deposited(amount=1)
WRITERS, TRANSACTIONS = 8, 60


def in_thread(work) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_writer_under_way_holds_the_horizon():
    store.append("before", [ONE])
    settled = horizon()
    wrote, finish = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            store.append("slow", [ONE])
            wrote.set()
            finish.wait(10)

    thread = in_thread(slow)
    wrote.wait(10)
    store.append("fast", [ONE])

    assert horizon() == settled
    assert Event.objects.after(settled).settled(horizon()).count() == 0
    finish.set()
    thread.join()
    assert [
        event.stream for event in Event.objects.after(settled).settled(horizon())
    ] == ["slow", "fast"]


def test_a_foreign_transaction_does_not_hold_the_horizon():
    began, finish = threading.Event(), threading.Event()

    def foreign() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()")
            began.set()
            finish.wait(10)

    thread = in_thread(foreign)
    began.wait(10)
    [recorded] = store.append("s", [ONE])

    assert horizon() == recorded.position
    finish.set()
    thread.join()


def test_a_transaction_sees_its_own_events():
    with transaction.atomic():
        [recorded] = store.append("s", [ONE])
        assert horizon() == recorded.position


def write(seed: int) -> None:
    random = Random(seed)
    for _ in range(TRANSACTIONS):
        try:
            with transaction.atomic():
                for stream in sorted(random.sample("abcdefgh", random.randint(1, 3))):
                    store.lock(stream)
                    store.append(stream, [ONE] * random.randint(1, 3))
                    time.sleep(random.random() / 500)
                if random.random() < 0.05:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            continue


Seen = tuple[int, str, int]


def follow(writers: list[threading.Thread], *, with_horizon: bool) -> list[Seen]:
    seen: list[Seen] = []
    position = 0
    while True:
        alive = any(writer.is_alive() for writer in writers)
        batch = Event.objects.after(position)
        if with_horizon:
            batch = batch.settled(horizon())
        rows = list(batch.values_list("position", "stream", "version")[:100])
        seen += rows
        position = rows[-1][0] if rows else position
        if not alive and not rows:
            return seen


@pytest.mark.parametrize("with_horizon", [True, False], ids=["guarded", "control"])
def test_a_reader_behind_many_writers(with_horizon):
    writers = [in_thread(lambda n=n: write(n)) for n in range(WRITERS)]
    seen = follow(writers, with_horizon=with_horizon)

    missed = Event.objects.count() - len(seen)
    if not with_horizon:
        assert missed > 0, "the control must show what the horizon prevents"
        return
    assert missed == 0
    last: dict[str, int] = {}
    for _, stream, version in seen:
        assert version == last.get(stream, 0) + 1
        last[stream] = version


def test_ids_are_free_to_choose_but_not_twice():
    id = uuid4()
    row = {"type": "test-deposited", "schema_version": 1, "data": {}, "metadata": {}}
    Event.objects.create(id=id, stream="a", version=1, **row)
    with pytest.raises(Exception, match="unique"):
        Event.objects.create(id=id, stream="b", version=1, **row)
