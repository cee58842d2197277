import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from eventstore import store
from eventstore.context import caused_by, context
from eventstore.models import Event, Snapshot
from eventstore.signals import appended
from eventstore.statement import call_load
from eventstore.store import Conflict, Expected
from tests.eventstore.conftest import Account, Deposited, NotEnough, Withdrawn

pytestmark = pytest.mark.django_db
ONE = Deposited(amount=1)


def versions(stream: str = "s") -> list[int]:
    return [recorded.version for recorded in store.read(stream)]


def run_together(tasks: list[Callable[[], None]]) -> None:
    def run(task: Callable[[], None]) -> None:
        try:
            task()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[task]) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_events_come_back_as_they_were_recorded():
    store.append("s", [ONE, Withdrawn(amount=1)])

    assert [recorded.event for recorded in store.read("s")] == [
        ONE,
        Withdrawn(amount=1),
    ]
    assert versions() == [1, 2]


@pytest.mark.parametrize(
    ("present", "expected", "fits"),
    [
        (0, Expected.ANY, True),
        (2, Expected.ANY, True),
        (0, Expected.NEW, True),
        (2, Expected.NEW, False),
        (0, Expected.EXISTS, False),
        (2, Expected.EXISTS, True),
        (0, 0, True),
        (2, 2, True),
        (2, 1, False),
        (2, 3, False),
        (0, 1, False),
    ],
)
def test_expected_versions(present, expected, fits):
    store.append("s", [ONE] * present)
    if fits:
        store.append("s", [ONE], expected=expected)
        assert versions() == list(range(1, present + 2))
    else:
        with pytest.raises(Conflict), transaction.atomic():
            store.append("s", [ONE], expected=expected)
        assert versions() == list(range(1, present + 1))


def test_the_same_command_again_adds_nothing():
    command = uuid4()
    first = store.append("s", [ONE, ONE], command=command)
    store.append("s", [ONE])

    again = store.append("s", [ONE, ONE], command=command)

    assert [r.id for r in again] == [r.id for r in first]
    assert versions() == [1, 2, 3]


def test_other_events_under_the_id_of_a_command_are_not_added():
    """The id says what was wished, whatever the second decision came to."""
    command = uuid4()
    first = store.append("s", [ONE], command=command)

    for again in ([Withdrawn(amount=5)], [ONE, ONE], [ONE]):
        assert store.append("s", again, command=command) == first
        assert store.append("s", again, expected=7, command=command) == first
    assert versions() == [1]


def test_a_command_may_write_to_several_streams_and_only_once_to_each():
    command = uuid4()
    for _ in range(2):
        store.append("s", [ONE], command=command)
        store.append("t", [ONE, ONE], command=command)

    assert (versions(), versions("t")) == ([1], [1, 2])


def test_without_a_command_the_same_events_are_added_again():
    """The control: it is the id that tells."""
    store.append("s", [ONE])
    store.append("s", [ONE])

    assert versions() == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_the_same_command_at_the_same_time_is_carried_out_once():
    command, made, all_at_once = uuid4(), [], threading.Barrier(4)

    def write() -> None:
        all_at_once.wait()
        for _ in range(20):
            try:
                made.append(store.append("s", [ONE, ONE], command=command))
                break
            except Conflict:
                continue

    run_together([write] * 4)

    assert versions() == [1, 2]
    assert len(made) == 4
    assert {tuple(one.id for one in recorded) for recorded in made} == {
        tuple(recorded.id for recorded in store.read("s"))
    }


def test_metadata_says_who_and_why():
    correlation, causation = uuid4(), uuid4()
    with context(actor="organizer", correlation=correlation), caused_by(causation):
        [recorded] = store.append("s", [ONE])

    assert (
        Event.objects.get().metadata
        == recorded.metadata
        == {
            "actor": "organizer",
            "correlation": str(correlation),
            "causation": str(causation),
        }
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda: Event.objects.update(stream="other"),
        lambda: Event.objects.all()._raw_delete("default"),
    ],
)
def test_events_are_never_changed(change):
    store.append("s", [ONE])

    with pytest.raises(DatabaseError, match="Events are facts"), transaction.atomic():
        change()
    assert versions() == [1]


def test_without_the_trigger_events_could_be_changed():
    """The control: the guard is what refuses."""
    store.append("s", [ONE])
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER event_is_never_changed ON eventstore_event")

    assert Event.objects.update(stream="other") == 1


def insert(version: int) -> None:
    Event.objects.create(
        id=uuid4(),
        stream="s",
        version=version,
        type="test-deposited",
        schema_version=1,
        data={"amount": 1},
        metadata={},
        digest=b"made by somebody",
    )


@pytest.mark.parametrize(
    ("version", "guard"), [(1, "event_one_per_version"), (3, "event_without_gap")]
)
def test_a_stream_has_no_gaps_and_no_second_of_a_version(version, guard):
    store.append("s", [ONE])

    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        insert(version)
    cause = refusal.value.__cause__
    assert isinstance(cause, psycopg.Error)
    assert cause.diag.constraint_name == guard
    insert(2)
    assert versions() == [1, 2]


@pytest.mark.parametrize(
    ("version", "without"),
    [
        (1, "DROP CONSTRAINT event_one_per_version"),
        (3, "DISABLE TRIGGER event_without_gap"),
    ],
)
def test_without_its_guard_a_stream_would_have_them(version, without):
    """The control."""
    store.append("s", [ONE])
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE eventstore_event {without}")

    insert(version)

    assert versions() == [1, version]


def test_without_its_look_at_the_event_before_append_would_take_a_version_ahead():
    """The control: it makes the chain itself, and the trigger leaves it alone."""
    look, blind = "IF NOT FOUND THEN", "previous := ''; IF false THEN"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('eventstore_append'::regproc)")
        function = cursor.fetchone()[0]
        assert function.count(look) == 1
        cursor.execute(function.replace(look, blind))

    store.append("s", [ONE], expected=7)

    assert versions() == [8]


def test_an_append_leaves_the_trigger_on_for_whoever_inserts_in_another_way():
    with transaction.atomic():
        store.append("s", [ONE])
        with pytest.raises(IntegrityError), transaction.atomic():
            insert(3)
        with suppress(Conflict), transaction.atomic():
            store.append("s", [ONE], expected=7)
        with pytest.raises(IntegrityError), transaction.atomic():
            insert(3)

    assert versions() == [1]


def test_nothing_is_written_if_the_block_raises(account):
    with (
        pytest.raises(NotEnough),
        transaction.atomic(),
        store.change(Account, account) as opened,
    ):
        opened.deposit(1)
        opened.withdraw(2)

    assert not Event.objects.exists()


def test_a_receiver_that_raises_aborts_the_append(account):
    def refuse(**_: object) -> None:
        raise NotEnough

    appended.connect(refuse)
    try:
        with pytest.raises(NotEnough), transaction.atomic():
            store.append("s", [ONE])
    finally:
        appended.disconnect(refuse)
    assert not Event.objects.exists()


def test_snapshots_shorten_loading_and_are_never_trusted_alone(
    account,
):
    for _ in range(12):
        with store.change(Account, account) as opened:
            opened.deposit(1)
    assert Snapshot.objects.get().version == 10

    loaded = store.load(Account, account)

    assert (loaded.balance, loaded.version) == (12, 12)
    Snapshot.objects.update(schema_version=9, state={"balance": 1_000})
    assert store.load(Account, account).balance == 12
    Snapshot.objects.all().delete()
    assert store.load(Account, account).balance == 12


@pytest.mark.django_db(transaction=True)
def test_many_writers_of_one_stream_lose_nothing():
    writers, each = 8, 10
    account = UUID(int=5)

    def write() -> None:
        for _ in range(each):
            with store.change(Account, account) as opened:
                opened.deposit(1)

    run_together([write] * writers)

    assert store.load(Account, account).balance == writers * each
    assert versions("account-" + str(account)) == list(range(1, writers * each + 1))


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_constraint_alone_still_refuses():
    """Two who loaded the same version: one wins, the other is told."""
    account = UUID(int=6)
    first, second = store.load(Account, account), store.load(Account, account)
    first.deposit(1)
    second.deposit(1)
    store.save(first)

    with pytest.raises(Conflict):
        store.save(second)
    assert store.load(Account, account).balance == 1


@pytest.mark.django_db(transaction=True)
def test_who_changes_a_stream_makes_the_next_wait(account):
    with store.change(Account, account) as opened:
        opened.deposit(1)
        assert in_another_session(lambda: store.try_lock(opened.stream(account))) == [
            False
        ]
    assert in_another_session(lambda: store.try_lock(f"account-{account}")) == [True]


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_constraint_still_refuses_but_work_is_lost(
    account, monkeypatch
):
    """The control: with it, the second one waits and nothing is refused."""

    def unlocked(*arguments: Any, locked: bool) -> Any:
        return call_load(*arguments, locked=False)

    monkeypatch.setattr(store, "call_load", unlocked)

    def overtake() -> None:
        with store.change(Account, account) as other:
            other.deposit(5)

    with pytest.raises(Conflict), store.change(Account, account) as opened:
        in_another_session(overtake)
        opened.deposit(1)
    assert store.load(Account, account).balance == 5


def in_another_session(ask: Callable[[], object]) -> list[object]:
    answers = []

    def run() -> None:
        with transaction.atomic():
            answers.append(ask())

    run_together([run])
    return answers
