"""What the database refuses, whoever writes to it."""

from contextlib import suppress
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from eventstore import store
from eventstore.models import Event
from eventstore.store import Conflict
from tests.eventstore.writing import ONE, versions

pytestmark = pytest.mark.django_db


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
