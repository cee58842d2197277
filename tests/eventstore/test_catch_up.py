"""Asynchronous projectors take in each event once and in order, whatever happens."""

import threading

import pytest
from django.db import connection, connections, transaction

from eventstore import catch_up, store
from eventstore.models import horizon
from eventstore.projection_models import Checkpoint
from eventstore.sql import execute
from tests.eventstore.following import (
    append,
    drain,
    seen,
    writer_under_way,
)
from tests.eventstore_app.read_models import (
    Cleared,
    inline,
    lagging,
)
from tests.waiting import PATIENCE

pytestmark = pytest.mark.usefixtures("tallies")


def test_it_follows_behind_the_append_and_moves_to_the_horizon():
    append("a", 1, 2)
    append("b", 3)
    assert seen() == {}

    assert catch_up.run(lagging) == 3
    assert seen() == {"a": "1 2", "b": "1"}
    last = store.append("c", [Cleared()])[-1].position
    assert catch_up.run(lagging) == 0, "no event of its kinds"
    assert Checkpoint.objects.get(pk=lagging.name).position == last == horizon()


def test_a_full_batch_ends_at_its_last_event():
    position = append("a", 1)
    append("a", 2, 3)

    assert catch_up.run(lagging, limit=1) == 1
    assert Checkpoint.objects.get(pk=lagging.name).position == position
    assert drain(lagging, limit=1) == 2
    assert seen() == {"a": "1 2 3"}


def test_events_still_under_way_are_waited_for():
    with writer_under_way():
        append("fast", 2)
        assert drain(lagging) == 0

    assert drain(lagging) == 2
    assert seen() == {"fast": "1", "slow": "1"}


def test_two_runners_and_two_writers_take_in_each_event_once():
    running = threading.Event()
    running.set()

    def write(stream: str) -> None:
        for amount in range(40):
            append(stream, amount)
        connection.close()

    def follow() -> None:
        while running.is_set():
            catch_up.run(lagging, limit=7)
        connection.close()

    writers = [threading.Thread(target=write, args=[name]) for name in "ab"]
    runners = [threading.Thread(target=follow) for _ in range(2)]
    for thread in writers + runners:
        thread.start()
    for thread in writers:
        thread.join()
    running.clear()
    for thread in runners:
        thread.join()
    drain(lagging)

    every = " ".join(str(version) for version in range(1, 41))
    assert seen() == {"a": every, "b": every}


def test_a_checkpoint_in_other_hands_is_left_alone():
    append("a", 1)
    drain(lagging)
    append("a", 2)
    other = connections["default"].copy()
    with other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT * FROM eventstore_checkpoint FOR UPDATE")
        assert catch_up.run(lagging) == 0
        cursor.execute("UPDATE eventstore_checkpoint SET position = position")
        execute("SET lock_timeout = '1s'")
        assert catch_up.run(lagging) == 0, "at once, also while it is moved"
        execute("RESET lock_timeout")
        cursor.execute("ROLLBACK")
    other.close()
    assert catch_up.run(lagging) == 1


def test_rows_and_checkpoint_commit_together():
    append("a", 1)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert catch_up.run(lagging) == 1
        raise ZeroDivisionError
    assert seen() == {}
    assert drain(lagging) == 1


def test_waiting_for_a_position():
    position = append("a", 1)
    catch_up.wait_for(inline, position, timeout=0)
    with pytest.raises(catch_up.NotThereYet):
        catch_up.wait_for(lagging, position, timeout=0.05)

    def follow() -> None:
        drain(lagging)
        connection.close()

    runner = threading.Timer(0.1, follow)
    runner.start()
    catch_up.wait_for(lagging, position, timeout=PATIENCE)
    assert seen() == {"a": "1"}
    runner.join()
