"""An erasure and others at once: whoever comes first, nobody keeps the person."""

import threading
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from eventstore import catch_up, rebuild, shadow, store
from eventstore.erasure import erase
from eventstore.ledger import Ledger
from eventstore.models import Erasure, Event, PersonKey, Snapshot
from eventstore.projection_models import Parked, Rebuild
from eventstore.signals import person_erased
from eventstore.sql import fetch
from tests.eventstore.following import in_thread
from tests.eventstore.hotel import (
    A_AT_WORK,
    A,
    B,
    answering,
    arrive,
    erase_a,
    follow,
    names,
)
from tests.eventstore_app import guests
from tests.eventstore_app.guests import (
    InlineGuest,
    LaggingGuest,
    Left,
    Remarked,
    Stay,
    inline,
    lagging,
)
from tests.waiting import PATIENCE, has_to_wait, somebody_waits_for_us, until

pytestmark = pytest.mark.usefixtures("hotel")


def test_state_is_not_kept_by_who_was_at_work_already():
    with store.change(Stay, UUID(int=1)) as stay:
        stay.arrive(**A)
    with store.change(Stay, UUID(int=1)) as stay:
        # Loaded before the erasure, it would be kept after it.
        assert stay.names == ["Guest A"]
        waiting = has_to_wait(erase_a)
        stay.arrive(**B)
    waiting.join(PATIENCE)

    assert not Snapshot.objects.exists()
    assert store.load(Stay, UUID(int=1)).names == ["", "Guest B"]


def test_what_was_being_written_about_them_goes_as_well():
    """A writer of a new stream, who had their key before we asked for it."""
    arrive("stay-1", A)
    with answering(person_erased, {}) as heard:
        with transaction.atomic():
            late = A | {"name": "Aunt A"}
            arrive("stay-2", late, Remarked(remark="Guest A snores"))
            waiting = has_to_wait(erase_a)
        waiting.join(PATIENCE)

    assert [one.event for one in store.read("stay-2")][1] == Remarked(remark="")
    assert not PersonKey.objects.exists()
    assert "Aunt A" in heard[0]["words"]


def test_of_two_erasures_at_once_one_finds_nobody_left():
    arrive("stay-1", A)
    second: list[Erasure | None] = []
    with transaction.atomic():
        erase_a()
        waiting = has_to_wait(lambda: second.append(erase([A["email"]], actor="test")))
    waiting.join(PATIENCE)

    assert second == [None]
    assert Erasure.objects.count() == len(Ledger("erasures").entries()) == 1


def test_writer_in_another_stream_does_not_turn_rows_back():
    """An open append holds the horizon down; rows are made of what is committed."""
    arrive("stay-0", B)
    with transaction.atomic():
        early = connection.cursor()
        early.execute("SELECT eventstore_position()")

        def other() -> None:
            try:
                arrive("stay-1", A, Left())
                erase_a()
            finally:
                connection.close()

        thread = threading.Thread(target=other)
        thread.start()
        thread.join(PATIENCE)
    row = InlineGuest.objects.get(pk="stay-1")
    assert (row.name, row.has_left) == ("", True)


def test_error_goes_of_a_stream_that_is_being_parked():
    arrive("stay-1", A)
    follow()
    guests.unlucky.add(13)
    arrive("stay-1", A, room=13)

    with transaction.atomic():
        catch_up.run(lagging)
        assert "Guest A" in Parked.objects.get().error
        waiting = has_to_wait(erase_a)
    waiting.join(PATIENCE)

    assert Parked.objects.get().error == ""
    assert names(LaggingGuest) == {"stay-1": ""}


def test_one_that_begins_to_follow_waits():
    """Without a checkpoint it could not be held back by one."""
    arrive("stay-1", A)
    with transaction.atomic():
        erase_a()
        waiting = has_to_wait(follow)
    waiting.join(PATIENCE)

    assert names(LaggingGuest) == {"stay-1": ""}


def test_one_that_has_begun_to_follow_is_waited_for():
    arrive("stay-1", A)
    with transaction.atomic():
        assert catch_up.run(lagging) == 1
        waiting = has_to_wait(erase_a)
    waiting.join(PATIENCE)

    assert names(LaggingGuest) == {"stay-1": ""}


def test_rebuild_that_begins_waits():
    arrive("stay-1", A)
    with transaction.atomic():
        erase_a()
        waiting = has_to_wait(lambda: rebuild.rebuild(inline))
    waiting.join(PATIENCE)

    assert names(InlineGuest) == {"stay-1": ""}
    assert shadow.differences(inline) == {}


def test_rebuild_that_fails_meanwhile_does_not_say_on_whom(monkeypatch):
    """It waits to note its error until the erasure has emptied the one before."""
    arrive("stay-1", A, room=13)
    waiting: list[threading.Thread] = []

    class Unlucky(set[int]):
        def __contains__(self, room: object) -> bool:
            if room == 13 and not waiting:
                waiting.append(has_to_wait(erase_a))
            return super().__contains__(room)

    monkeypatch.setattr(guests, "unlucky", Unlucky({13}))
    with pytest.raises(ValueError, match="Guest A"):
        rebuild.rebuild(lagging)
    waiting[0].join(PATIENCE)

    assert Erasure.objects.exists()
    assert Rebuild.objects.get().error == ""
    with pytest.raises(ValueError, match="'name': ''"):
        rebuild.rebuild(lagging)
    assert "''" in Rebuild.objects.get().error, "what fails now is noted"


WAIT_FOR_US = """
SELECT count(DISTINCT pid) FROM pg_locks
 WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))
"""


def test_erasure_gives_way_to_a_writer_of_a_stream_it_finds_late():
    """Who holds the stream and wants the person's key must not wait for who holds the
    key and wants the stream."""
    arrive("stay-1", A)
    ended: list[object] = []

    def write_again() -> None:
        with transaction.atomic():
            store.lock("stay-2")
            arrive("stay-2", A)
        ended.append("writer")

    with transaction.atomic():
        store.lock("stay-2")
        arrive("stay-2", A)
        writer = has_to_wait(write_again)
        erasure = has_to_wait(lambda: ended.append(erase_a()))
        until(lambda: fetch(WAIT_FOR_US) == [(2,)])
    writer.join(PATIENCE)
    erasure.join(PATIENCE)

    [first, erased] = ended
    assert first == "writer"
    assert isinstance(erased, Erasure)
    assert erased.certificate["events_unreadable"] == 3
    assert names(InlineGuest) == {"stay-1": "", "stay-2": ""}
    assert not PersonKey.objects.exists()


@pytest.mark.parametrize(
    "want_more", [lambda: store.lock("stay-1"), lambda: arrive("stay-3", A)]
)
def test_erasure_gives_way_to_a_writer_who_has_a_key_and_wants_more(want_more):
    arrive("stay-1", A)
    arrive("stay-1", A_AT_WORK)
    made: list[Any] = []
    has_key = threading.Event()

    def write() -> None:
        with transaction.atomic():
            arrive("stay-2", A_AT_WORK)
            has_key.set()
            until(somebody_waits_for_us)
            want_more()

    both = [A["email"], A_AT_WORK["email"]]
    with transaction.atomic():
        store.lock("stay-1")
        erasure = has_to_wait(lambda: made.append(erase(both, actor="test")))
        writer = in_thread(write)
        assert has_key.wait(PATIENCE)
    writer.join(PATIENCE)
    erasure.join(PATIENCE)

    [erased] = made
    assert erased.certificate["events_unreadable"] == Event.objects.count()
    assert set(names(InlineGuest).values()) == {""}
