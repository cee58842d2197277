"""No event is ever passed by a reader: positions are announced before they are
taken."""

import threading
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction

from eventstore import store
from eventstore.models import Event, horizon
from tests.eventstore.conftest import Deposited
from tests.eventstore.proofs.reader import Reader, Unguarded
from tests.eventstore.proofs.soak import soak
from tests.waiting import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)
ONE = Deposited(amount=1)


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
            finish.wait(PATIENCE)

    thread = in_thread(slow)
    assert wrote.wait(PATIENCE)
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
            finish.wait(PATIENCE)

    thread = in_thread(foreign)
    assert began.wait(PATIENCE)
    [recorded] = store.append("s", [ONE])

    assert horizon() == recorded.position
    finish.set()
    thread.join()


def test_a_transaction_sees_its_own_events():
    with transaction.atomic():
        [recorded] = store.append("s", [ONE])
        assert horizon() == recorded.position


def test_readers_behind_many_writers():
    """Processes with early writes, rollbacks and a foreign long transaction.

    The control shows that the writers really overtake each other.
    """
    soaked = soak(
        writers=4,
        events=1200,
        readers=[Reader, Unguarded],
        foreign_seconds=0.2,
    )

    assert soaked.events == 1200
    assert soaked.rolled_back > 0
    assert soaked.foreign_rounds > 0
    verdicts = {name: one.verdict for name, one in soaked.readers.items()}
    assert verdicts["Reader"].is_right, verdicts["Reader"]
    assert verdicts["Reader"].events == 1200
    assert verdicts["Unguarded"].passed > 0


def test_ids_are_free_to_choose_but_not_twice():
    id = uuid4()
    row = {"type": "test-deposited", "schema_version": 1, "data": {}, "metadata": {}}
    Event.objects.create(id=id, stream="a", version=1, **row)
    with pytest.raises(Exception, match="unique"):
        Event.objects.create(id=id, stream="b", version=1, **row)
