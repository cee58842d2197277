"""An erasure and others at once: whoever comes first, nobody keeps the person."""

import threading
from uuid import UUID

import pytest
from django.db import connection, transaction

from eventstore import catch_up, store
from eventstore.erasure import erase
from eventstore.ledger import Ledger
from eventstore.models import Erasure, PersonKey, Snapshot
from eventstore.projection_models import Parked
from eventstore.signals import person_erased
from tests.eventstore.hotel import (
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
    lagging,
)
from tests.waiting import has_to_wait

pytestmark = pytest.mark.usefixtures("hotel")


def test_state_is_not_kept_by_who_was_at_work_already():
    with store.change(Stay, UUID(int=1)) as stay:
        stay.arrive(**A)
    with store.change(Stay, UUID(int=1)) as stay:
        # Loaded before the erasure, it would be kept after it.
        assert stay.names == ["Guest A"]
        waiting = has_to_wait(erase_a)
        stay.arrive(**B)
    waiting.join(10)

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
        waiting.join(10)

    assert [one.event for one in store.read("stay-2")][1] == Remarked(remark="")
    assert not PersonKey.objects.exists()
    assert "Aunt A" in heard[0]["words"]


def test_of_two_erasures_at_once_one_finds_nobody_left():
    arrive("stay-1", A)
    second: list[Erasure | None] = []
    with transaction.atomic():
        erase_a()
        waiting = has_to_wait(lambda: second.append(erase([A["email"]], actor="test")))
    waiting.join(10)

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
        thread.join(10)
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
    waiting.join(10)

    assert Parked.objects.get().error == ""
    assert names(LaggingGuest) == {"stay-1": ""}
