"""Asynchronous projectors take in each event once and in order, whatever happens."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, connections, transaction
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from eventstore import catch_up, rebuild, store, tasks
from eventstore.context import context, current
from eventstore.models import horizon
from eventstore.projection_models import Checkpoint, Parked, Rebuild
from eventstore.projections import Projector, on, project
from eventstore.q import Broker
from eventstore.sql import execute
from tests.eventstore_app import read_models
from tests.eventstore_app.read_models import (
    Cleared,
    Counted,
    InlineTally,
    LaggingTally,
    SqlTally,
    by_sql,
    inline,
    lagging,
    tell,
    unlucky,
)

pytestmark = pytest.mark.usefixtures("tallies")


def append(stream: str, *amounts: int) -> int:
    events = [Counted(amount=amount) for amount in amounts]
    return store.append(stream, events)[-1].position


def drain(projector: Projector, *, limit: int = 500) -> int:
    done = 0
    while more := catch_up.run(projector, limit=limit):
        done += more
    return done


def seen(model: type[read_models.Tally] = LaggingTally) -> dict[str, str]:
    return {row.name: row.seen.strip() for row in model.objects.all()}


def parked() -> list[tuple[str, int]]:
    rows = Parked.objects.order_by("stream")
    return list(rows.values_list("stream", "position"))


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


def test_an_inline_projector_hears_once_per_append(monkeypatch):
    calls = []
    monkeypatch.setattr(
        inline,
        "project_many",
        lambda events: calls.append([one.version for one in events]),
    )
    append("a", 1, 2, 3)
    append("b", 4)
    assert calls == [[1, 2, 3], [1]]

    project(None, events=[])
    assert len(calls) == 2, "nothing of its kinds is no call"


@contextmanager
def writer_under_way() -> Iterator[None]:
    """Inside, another connection has appended and not yet committed."""
    wrote, finish = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            append("slow", 1)
            wrote.set()
            finish.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert wrote.wait(10)
    try:
        yield
    finally:
        finish.set()
        thread.join()


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


def test_a_failing_stream_is_parked_and_the_others_go_on():
    append("good", 1)
    append("bad", 1)
    failing = append("bad", 13)
    append("good", 2)
    unlucky.add(13)

    assert drain(lagging) == 4
    assert seen() == {"bad": "1", "good": "1 2"}
    assert parked() == [("bad", failing)]
    assert Parked.objects.get().error == "ValueError: 13 brings bad luck"

    append("bad", 3)
    append("good", 3)
    drain(lagging)
    assert seen() == {"bad": "1", "good": "1 2 3"}
    assert parked() == [("bad", failing)]


def test_a_retry_replays_in_order_and_lets_the_stream_go_on():
    append("bad", 1, 13, 3)
    append("worse", 13)
    unlucky.add(13)
    drain(lagging)
    assert catch_up.retry(lagging) == 2
    assert {row.attempts for row in Parked.objects.all()} == {2}

    unlucky.clear()
    append("bad", 4)
    assert catch_up.retry(lagging, "bad") == 0
    assert seen()["bad"] == "1 2 3", "only up to the checkpoint: the rest follows"
    assert [stream for stream, _ in parked()] == ["worse"]
    drain(lagging)
    assert seen()["bad"] == "1 2 3 4"


def test_a_retry_that_fails_later_is_parked_there():
    append("bad", 13)
    later = append("bad", 1, 14)
    unlucky.update({13, 14})
    drain(lagging)
    unlucky.discard(13)

    assert catch_up.retry(lagging) == 1
    assert seen() == {"bad": "1 2"}
    assert parked() == [("bad", later)]


def test_an_event_that_cannot_be_read_is_parked_too():
    append("good", 1)
    position = append("bad", 1)
    append("good", 2)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE eventstore_event DISABLE TRIGGER USER")
        cursor.execute(
            'UPDATE eventstore_event SET data = \'{"amount": "many"}\''
            " WHERE position = %s",
            [position],
        )
        cursor.execute("ALTER TABLE eventstore_event ENABLE TRIGGER USER")

    drain(lagging)
    assert seen() == {"good": "1 2"}
    assert parked() == [("bad", position)]


def test_trouble_of_the_database_parks_nothing(monkeypatch):
    append("a", 1)

    def trouble(events: object) -> None:
        raise OperationalError("deadlock detected")

    with monkeypatch.context() as patch:
        patch.setattr(lagging, "project_many", trouble)
        with pytest.raises(OperationalError):
            catch_up.run(lagging)
        assert catch_up.run_all(for_seconds=1) == 1, "the others go on"
    assert parked() == []
    assert drain(lagging) == 1


def test_trouble_is_trouble_also_beside_a_bug(monkeypatch):
    """Neither is the batch tried one by one, nor a single event parked for it."""
    append("a", 1)
    calls = []

    def bug_then_trouble(events: object) -> None:
        calls.append(events)
        if len(calls) == 1:
            raise bugs.pop()
        raise OperationalError("deadlock detected")

    for bug, tried in [(ValueError(), 2), (OperationalError(), 1)]:
        calls, bugs = [], [bug]
        monkeypatch.setattr(lagging, "project_many", bug_then_trouble)
        with pytest.raises(OperationalError):
            catch_up.run(lagging)
        assert (len(calls), parked()) == (tried, [])


def test_an_event_that_an_upcaster_makes_of_another():
    append("a", 1)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE eventstore_event DISABLE TRIGGER USER")
        cursor.execute("UPDATE eventstore_event SET type = 'test-counted-twice'")
        cursor.execute("ALTER TABLE eventstore_event ENABLE TRIGGER USER")
    drain(lagging)
    assert seen() == {"a": "1 1"}


def test_sql_takes_in_whole_ranges_and_single_events_alike():
    append("a", 1, 2)
    append("b", 3)
    assert drain(by_sql, limit=2) == 3
    append("b", 4)
    Parked.objects.create(projector=by_sql.name, stream="a", position=1, error="")
    assert drain(by_sql) == 1
    assert dict(SqlTally.objects.values_list("name", "total")) == {"a": 3, "b": 7}


def queued() -> list[str]:
    return [task.task["kwargs"]["stream"] for task in OrmQ.objects.order_by("pk")]


def test_a_reactor_begins_now_and_acts_once():
    append("before", 1)
    assert drain(tell) == 0
    append("after", 1)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        catch_up.run(tell)
        raise ZeroDivisionError
    assert queued() == [], "tasks commit with the checkpoint"
    assert drain(tell) == 1
    assert drain(tell) == 0
    assert queued() == ["after"]


def test_what_a_reactor_causes_belongs_to_the_event(monkeypatch):
    drain(tell)
    correlation = uuid4()
    with context("somebody", correlation):
        [recorded] = store.append("a", [Counted(amount=1)])
    heard = []
    monkeypatch.setattr(type(tell), "when_counted", lambda *_: heard.append(current()))
    drain(tell)
    assert [(one.causation, one.correlation) for one in heard] == [
        (recorded.id, correlation)
    ]


def test_a_parked_reactor_leaves_no_task_behind():
    drain(tell)
    append("bad", 13)
    unlucky.add(13)
    drain(tell)
    assert queued() == []
    unlucky.clear()
    catch_up.retry(tell)
    assert queued() == ["bad"]


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
    catch_up.wait_for(lagging, position, timeout=5)
    assert seen() == {"a": "1"}
    runner.join()


def test_the_task_brings_everything_up_to_date():
    append("a", 1, 2)
    assert tasks.follow() == 4, "by two projectors; the reactor begins now"
    assert seen() == seen(InlineTally) == {"a": "1 2"}
    assert SqlTally.objects.get().total == 3


def nudges() -> list[str]:
    return [task.func() for task in OrmQ.objects.order_by("pk")]


def test_the_broker_wakes_a_worker_when_a_projector_is_behind():
    broker = Broker()
    append("a", 1)
    for _ in range(2):
        broker._keep_time()
    assert nudges() == ["eventstore.tasks.follow"], "one is enough"

    OrmQ.objects.all().delete()
    tasks.follow()
    broker._keep_time()
    assert nudges() == []
    store.append("a", [Cleared()])
    broker._keep_time()
    assert nudges() == ["eventstore.tasks.follow"], "checkpoints follow the horizon"


def test_the_broker_wakes_a_worker_for_a_rebuild_left_alone():
    append("a", 1)
    tasks.follow()
    broker = Broker()
    rebuild.ask_for(inline)
    broker._keep_time()
    assert nudges() == ["eventstore.tasks.follow"]
    OrmQ.objects.all().delete()
    Rebuild.objects.update(error="it has a bug")
    broker._keep_time()
    assert nudges() == []


def test_a_rebuild_of_a_projector_that_is_gone_wakes_nobody():
    tasks.follow()
    Rebuild.objects.create(
        projector="Gone", touched_at=timezone.now() - timedelta(days=1)
    )
    tasks.follow()
    Broker()._keep_time()
    assert nudges() == []


def test_the_minutely_schedule_is_the_safety_net():
    call_command("migrate", verbosity=0)
    schedule = Schedule.objects.get(name="projections")
    assert (schedule.func, schedule.minutes) == ("eventstore.tasks.follow", 1)


def test_kinds_are_declared_on_methods():
    class Local(Projector, abstract=True):
        models = ()

        @on(Counted, Cleared)
        def when(self, *_: object) -> None:
            pass

    assert Local().kinds == [Counted, Cleared]


def test_handlers_are_inherited():
    class Basis(Projector, abstract=True):
        models = ()

        @on(Counted)
        def when_counted(self, *_: object) -> None:
            pass

    class Local(Basis, abstract=True):
        @on(Cleared)
        def when_cleared(self, *_: object) -> None:
            pass

    assert Local().kinds == [Counted, Cleared]
    assert Basis().kinds == [Counted]


def test_a_name_is_given_once():
    """Two of one name would share a checkpoint, and one of them never run."""
    with pytest.raises(ValueError, match="KeepInline"):

        class KeepInline(Projector):
            models = ()
