"""Which events a projector hears of, and how."""

import pytest
from django.db import connection

from eventstore.projection_models import Parked
from eventstore.projections import Projector, on, project
from tests.eventstore.following import append, drain, seen
from tests.eventstore_app.read_models import (
    Cleared,
    Counted,
    SqlTally,
    by_sql,
    inline,
    lagging,
)

pytestmark = pytest.mark.usefixtures("tallies")


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


def test_sql_takes_in_whole_ranges_and_single_events_alike():
    append("a", 1, 2)
    append("b", 3)
    assert drain(by_sql, limit=2) == 3
    append("b", 4)
    Parked.objects.create(projector=by_sql.name, stream="a", position=1, error="")
    assert drain(by_sql) == 1
    assert dict(SqlTally.objects.values_list("name", "total")) == {"a": 3, "b": 7}


def test_an_event_that_an_upcaster_makes_of_another():
    append("a", 1)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE eventstore_event DISABLE TRIGGER USER")
        cursor.execute("UPDATE eventstore_event SET type = 'test-counted-twice'")
        cursor.execute("ALTER TABLE eventstore_event ENABLE TRIGGER USER")
    drain(lagging)
    assert seen() == {"a": "1 1"}


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
