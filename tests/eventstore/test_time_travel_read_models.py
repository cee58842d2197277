"""Read models as they were, asked with ordinary queries."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from eventstore import store
from eventstore.models import Event
from eventstore.shadow import as_of
from tests.eventstore.following import append, drain
from tests.eventstore_app.read_models import (
    Cleared,
    InlineTally,
    LaggingTally,
    inline,
    lagging,
)

pytestmark = pytest.mark.usefixtures("tallies")


def totals() -> dict[str, int]:
    return dict(InlineTally.objects.values_list("name", "total"))


def test_as_of_a_version():
    append("a", 1, 2, 4)
    store.append("a", [Cleared()])
    append("b", 8)

    for version, total in {1: 1, 2: 3, 3: 7}.items():
        with as_of(inline, streams=["a"], version=version):
            assert totals() == {"a": total}
    with as_of(inline, streams=["a"], version=4):
        assert totals() == {}
    assert totals() == {"b": 8}


def test_as_of_a_position():
    append("a", 1)
    position = append("b", 2)
    append("a", 4)

    with as_of(inline, position=position):
        assert totals() == {"a": 1, "b": 2}
    with as_of(inline, streams=["a"], position=position):
        assert totals() == {"a": 1}


def test_as_of_an_instant():
    append("a", 1)
    append("a", 2)
    append("b", 4)
    first, second, _ = Event.objects.order_by("position")

    with as_of(inline, until=first.recorded_at):
        assert totals() == {"a": 1}
    with as_of(inline, until=second.recorded_at):
        assert totals() == {"a": 3}
    with as_of(inline, until=first.recorded_at - timedelta(microseconds=1)):
        assert totals() == {}


def test_a_clock_that_steps_back_leaves_no_hole():
    append("a", 1)
    append("a", 2)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE eventstore_event DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE eventstore_event SET recorded_at = recorded_at + '1 h'::interval"
            " WHERE version = 1"
        )
        cursor.execute("ALTER TABLE eventstore_event ENABLE TRIGGER USER")
    second = Event.objects.get(version=2)

    with as_of(inline, streams=["a"], until=second.recorded_at):
        assert totals() == {}, "the second says nothing without the first"


def test_of_a_projector_that_lags():
    append("a", 1, 2)
    with as_of(lagging, streams=["a"], version=2):
        assert LaggingTally.objects.get().total == 3
    assert not LaggingTally.objects.exists()
    drain(lagging)


def test_again_and_again_on_one_connection():
    append("a", 1, 2)
    for _ in range(10):
        with as_of(inline, streams=["a"], version=1):
            assert totals() == {"a": 1}
        assert totals() == {"a": 3}


def test_nothing_written_inside_stays():
    append("a", 1)
    with as_of(inline):
        InlineTally.objects.update(total=99)
        assert totals() == {"a": 99}
    assert totals() == {"a": 1}
    with pytest.raises(ZeroDivisionError), as_of(inline):
        InlineTally.objects.all().delete()
        raise ZeroDivisionError
    assert totals() == {"a": 1}


def test_inside_a_transaction_that_goes_on():
    with transaction.atomic():
        append("a", 1)
        with as_of(inline, streams=["a"], version=1):
            assert totals() == {"a": 1}
        append("a", 2)
    assert totals() == {"a": 3}


def test_a_version_needs_its_stream():
    with pytest.raises(ValueError, match="single stream"), as_of(inline, version=1):
        pass
