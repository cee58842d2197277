"""A rebuild takes the time it was given and gives way to whoever is at work."""

import threading
import time

import pytest
from django.conf import settings
from django.db import connection, connections
from django.db.models import F

from eventstore import rebuild, tasks
from eventstore.projection_models import Checkpoint, Rebuild
from eventstore.projections import Projector
from tests.eventstore.following import a_history, append, writer_under_way
from tests.eventstore.test_rebuild import exists, rows
from tests.eventstore_app.read_models import (
    InlineTally,
    LaggingTally,
    inline,
    lagging,
)
from tests.waiting import PATIENCE

pytestmark = pytest.mark.usefixtures("tallies")
# Trying until it succeeds would take three times as long.
KILLED_AFTER = settings.Q_CLUSTER["timeout"]


def test_in_slices_by_the_task():
    a_history()
    before = rows(InlineTally)
    InlineTally.objects.all().delete()
    rebuild.ask_for(inline)
    assert InlineTally.objects.count() == 0

    assert rebuild.rebuild(inline, for_seconds=0) == inline.batch
    assert not Rebuild.objects.get().finished_at
    assert rebuild.abandoned() == [], "somebody was at work just now"
    Rebuild.objects.update(touched_at=F("touched_at") - rebuild.ABANDONED)
    tasks.follow()
    assert Rebuild.objects.get().finished_at
    assert rows(InlineTally) == before


def test_several_rebuilds_share_the_time_of_a_worker(monkeypatch):
    """It is killed after some seconds more."""
    monkeypatch.setattr(tasks, "FOR_SECONDS", 2)
    go_on, given, spent = rebuild.rebuild, [], []

    def watched(projector: Projector, *, for_seconds: float) -> int:
        given.append(for_seconds)
        began = time.monotonic()
        try:
            return go_on(projector, for_seconds=for_seconds)
        finally:
            spent.append(time.monotonic() - began)

    monkeypatch.setattr(rebuild, "rebuild", watched)
    append("a", 1)
    tasks.follow()
    rebuild.ask_for(inline)
    rebuild.ask_for(lagging)
    other = connections["default"].copy()
    with other.cursor() as cursor:
        cursor.execute("BEGIN")
        for model in (InlineTally, LaggingTally):
            cursor.execute(f"LOCK TABLE {model._meta.db_table} IN ACCESS SHARE MODE")
        tasks.follow()
        cursor.execute("ROLLBACK")
    other.close()
    assert [state.replayed for state in Rebuild.objects.all()] == [1, 1]
    assert given[0] <= 2
    assert given[1] <= 2 - spent[0], "what the first has left"


def test_waiting_for_the_exchange_ends_with_the_time_that_was_given():
    """A worker that waited longer would be killed."""
    a_history()
    other = connections["default"].copy()
    with other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("LOCK TABLE eventstore_app_inlinetally IN ACCESS SHARE MODE")
        began = time.monotonic()
        with pytest.raises(rebuild.RebuildUnderWay, match="too busy"):
            rebuild.rebuild(inline, for_seconds=0.5)
        assert time.monotonic() - began < KILLED_AFTER
        cursor.execute("ROLLBACK")
    other.close()
    assert rebuild.rebuild(inline, for_seconds=0.5) == 0, "all but the exchange is done"
    assert exists("retired", InlineTally)


def test_it_gives_way_to_a_writer_under_way(monkeypatch):
    a_history()
    monkeypatch.setattr(rebuild, "ATTEMPTS", 2)
    with (
        writer_under_way(),
        pytest.raises(rebuild.RebuildUnderWay, match="too busy"),
    ):
        rebuild.rebuild(inline)

    assert rebuild.rebuild(inline) == 1, "what is left is done quickly"
    assert InlineTally.objects.get(pk="slow").total == 1
    assert Checkpoint.objects.count() == 0


def test_two_at_once_do_not_meet():
    a_history()
    under_way, refused = threading.Event(), []

    def second() -> None:
        assert under_way.wait(PATIENCE)
        try:
            rebuild.rebuild(lagging)
        except rebuild.RebuildUnderWay as refusal:
            refused.append(refusal)
        connection.close()

    other = threading.Thread(target=second)
    other.start()

    def progress(_: Rebuild) -> None:
        under_way.set()
        other.join()

    rebuild.rebuild(inline, progress=progress)
    assert len(refused) == 1
