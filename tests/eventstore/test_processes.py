import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection, transaction
from django_q.models import OrmQ, Schedule

from eventstore import processes, store, tasks
from eventstore.models import Deadline
from eventstore.q import Broker
from tests.eventstore.conftest import Deposited
from tests.eventstore.following import under_way
from tests.waiting import PATIENCE, until_it_waits

pytestmark = pytest.mark.django_db
PAST = datetime(2026, 1, 1, tzinfo=UTC)
FUTURE = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture
def met() -> Iterator[list[tuple[str, list[str]]]]:
    """What the process `test` was told; the key `poison` cannot be met."""
    told: list[tuple[str, list[str]]] = []

    def handle(stream: str, keys: list[str], now: datetime) -> None:
        store.append(stream, [Deposited(amount=1) for _ in keys])
        if "poison" in keys:
            raise ZeroDivisionError("cannot be met")
        told.append((stream, keys))

    processes.on_deadline("test", handle)
    yield told
    processes._handlers.pop("test")


def set_due(key: str, due_at: datetime = PAST, stream: str = "s") -> None:
    processes.set_deadline("test", stream, key, due_at)


def locked_elsewhere(stream: str) -> AbstractContextManager[None]:
    """Until this block ends."""
    return under_way(lambda: store.lock(stream))


def test_what_is_due_is_met_and_gone(met):
    set_due("a")
    set_due("b")
    set_due("later", FUTURE)

    assert processes.fire() == 2
    assert met == [("s", ["a", "b"])]
    assert [deadline.key for deadline in Deadline.objects.all()] == ["later"]
    assert processes.fire() == 0


def test_a_deadline_can_be_moved_and_cleared(met):
    set_due("a")
    set_due("a", FUTURE)
    assert processes.fire() == 0
    set_due("a")
    processes.clear_deadline("test", "s", "a")
    assert processes.fire() == 0


def test_what_was_caused_and_the_deadline_commit_together(met):
    set_due("poison")

    processes.fire()

    assert list(store.read("s")) == []
    deadline = Deadline.objects.get()
    assert (deadline.attempts, deadline.error) == (
        1,
        "ZeroDivisionError: cannot be met",
    )
    assert deadline.due_at > datetime.now(UTC)


def test_one_that_cannot_be_met_does_not_keep_others_waiting(met):
    for key in ("a", "poison", "b"):
        set_due(key)

    processes.fire()

    assert met == [("s", ["a"]), ("s", ["b"])]
    assert Deadline.objects.get().key == "poison"


def test_after_many_failures_it_waits_for_a_human(met):
    set_due("poison")
    for _ in range(processes.MAX_ATTEMPTS + 2):
        Deadline.objects.update(due_at=PAST)
        processes.fire()

    assert Deadline.objects.get().attempts == processes.MAX_ATTEMPTS
    assert processes.oldest_due(datetime.now(UTC)) is None


def test_long_queues_are_met_in_short_transactions(met):
    for number in range(processes.DEADLINES_AT_ONCE + 5):
        set_due(f"{number:02}")

    assert processes.fire() == processes.DEADLINES_AT_ONCE + 5
    assert [len(keys) for _, keys in met] == [processes.DEADLINES_AT_ONCE, 5]


def test_more_are_met_at_once_while_that_is_quick(met):
    for number in range(100):
        set_due(f"{number:03}")

    processes.fire()

    assert [len(keys) for _, keys in met] == [20, 40, 40]


def test_a_slow_handler_does_not_hold_its_stream_for_more(met, monkeypatch):
    monkeypatch.setattr(processes, "QUICK", 0)
    for number in range(60):
        set_due(f"{number:02}")

    processes.fire()

    assert [len(keys) for _, keys in met] == [20, 20, 20]


def test_a_message_is_handled_once():
    assert not processes.handled_before("p", "k", "m")
    assert processes.handled_before("p", "k", "m")
    assert not processes.handled_before("p", "other", "m")


def test_a_rolled_back_message_is_not_handled():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        processes.handled_before("p", "k", "m")
        raise ZeroDivisionError
    assert not processes.handled_before("p", "k", "m")


def test_the_broker_wakes_a_worker_once(met):
    broker = Broker()
    processes.set_deadline("test", "s", "a", datetime.now(UTC))

    broker._keep_time()

    assert OrmQ.objects.get().func() == "eventstore.tasks.meet_deadlines"
    assert tasks.meet_deadlines() == 1
    broker._keep_time()
    assert OrmQ.objects.count() == 1


def test_the_broker_meets_what_no_worker_took_since_its_last_look(met):
    broker = Broker()
    processes.set_deadline("test", "s", "a", datetime.now(UTC))
    broker._keep_time()
    assert met == []

    broker._keep_time()

    assert met == [("s", ["a"])]
    assert OrmQ.objects.count() == 1


def test_the_broker_lends_a_hand_when_workers_are_stuck(met):
    set_due("a")

    Broker()._keep_time()

    assert met == [("s", ["a"])]
    assert not OrmQ.objects.exists()


def test_an_error_does_not_stop_the_queue(met):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE eventstore_deadline RENAME TO away")
        broker = Broker()
        with (
            pytest.raises(Exception, match="eventstore_deadline"),
            transaction.atomic(),
        ):
            broker._keep_time()
        cursor.execute("ALTER TABLE away RENAME TO eventstore_deadline")


def test_a_schedule_is_the_safety_net():
    schedule = Schedule.objects.get(name="deadlines")

    assert (schedule.func, schedule.minutes, schedule.repeats) == (
        "eventstore.tasks.meet_deadlines",
        1,
        -1,
    )


@pytest.mark.django_db(transaction=True)
def test_a_busy_stream_is_met_when_it_is_free(met):
    """It is skipped first, and waited for when nothing else is left."""
    set_due("a", stream="busy")
    set_due("b", stream="free")
    fired: list[int] = []

    def fire() -> None:
        fired.append(processes.fire(for_seconds=PATIENCE))
        connection.close()

    firing = threading.Thread(target=fire)
    with transaction.atomic():
        store.lock("busy")
        firing.start()
        until_it_waits(firing)
    firing.join()
    assert fired == [2]
    assert [stream for stream, _ in met] == ["free", "busy"]


@pytest.mark.django_db(transaction=True)
def test_a_stream_that_stays_busy_is_left_for_the_next_time(met):
    set_due("a", stream="busy")
    with locked_elsewhere("busy"):
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
        assert processes.fire() == 0
    connection.close()
    assert processes.fire() == 1


def test_what_the_handler_moved_stays(met):
    def postpone(stream: str, keys: list[str], now: datetime) -> None:
        set_due("a", FUTURE)

    processes.on_deadline("test", postpone)
    set_due("a")

    processes.fire()

    assert Deadline.objects.get().due_at == FUTURE


def test_the_database_s_trouble_is_not_the_deadline_s(met):
    calls = []

    def trouble(stream: str, keys: list[str], now: datetime) -> None:
        calls.append(keys)
        if len(calls) <= processes.MAX_ATTEMPTS + 2:
            raise OperationalError("the lock was not to be had")

    processes.on_deadline("test", trouble)
    set_due("a")
    while Deadline.objects.exists() and len(calls) < 2 * processes.MAX_ATTEMPTS:
        assert Deadline.objects.get().attempts == 0
        processes.fire(for_seconds=0.01)

    assert not Deadline.objects.exists()
