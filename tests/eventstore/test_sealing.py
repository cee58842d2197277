"""What happens to a whole history without tampering never looks like it."""

from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.dispatch import Signal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from msgspec.json import decode

from eventstore import erasure, events, integrity, signals, store
from eventstore.checks import floats_are_not_stored
from eventstore.events import Personal, event
from eventstore.integrity import BATCH, checkpoint, seal_all, verify
from eventstore.models import Event
from eventstore.serialization import canonical
from tests.eventstore.conftest import Deposited

ONE = Deposited(amount=1)


@event
class Met:
    who: str


events.register(
    "test-met", 1, Met, personal={"who": Personal(lambda who: who, erased="")}
)


pytestmark = pytest.mark.usefixtures("own_ledger")


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.django_db
def test_erasing_a_person_leaves_the_digests_right():
    store.append("s", [Met(who="attendee@example.org"), ONE])
    checkpoint()

    erasure.erase(["attendee@example.org"], actor="operator")

    assert [one.event for one in store.read("s")] == [Met(who=""), ONE]
    assert list(verify()) == []


@pytest.mark.django_db(transaction=True)
def test_no_erasure_comes_between_sealing_and_append_where_nobody_listens(monkeypatch):
    monkeypatch.setattr(signals, "appended", Signal())
    together = []

    def look(go_on, sql, params, many, context):
        together.append(connection.in_atomic_block)
        return go_on(sql, params, many, context)

    with connection.execute_wrapper(look):
        store.append("s", [Met(who="attendee@example.org")])

    assert len(together) >= 2
    assert all(together)


@pytest.mark.django_db(transaction=True)
def test_a_dump_that_is_loaded_again_is_as_it_was_written():
    for stream in "abc":
        store.append(stream, [ONE, Met(who="attendee@example.org"), ONE])
    checkpoint()
    dump = BytesIO()
    with connection.cursor() as cursor:
        with cursor.copy("COPY eventstore_event TO STDOUT") as copy:
            for piece in copy:
                dump.write(piece)
        # As pg_dump does it: triggers come after the rows.
        cursor.execute("TRUNCATE eventstore_event")
        cursor.execute("ALTER TABLE eventstore_event DISABLE TRIGGER USER")
        with cursor.copy("COPY eventstore_event FROM STDIN") as copy:
            copy.write(dump.getvalue())
        cursor.execute("ALTER TABLE eventstore_event ENABLE TRIGGER USER")

    assert Event.objects.count() == 9
    assert list(verify()) == []
    store.append("a", [ONE], expected=3)
    assert list(verify()) == []


@pytest.mark.django_db(transaction=True)
def test_a_history_from_before_there_were_digests_is_sealed_by_the_migration():
    """Back to that state with events, more of them there, and forward again."""
    store.append("a", [ONE, ONE])
    checkpoint()
    try:
        call_command("migrate", "eventstore", "0001", verbosity=0)
        for version in (3, 4):
            execute(unsealed("a", version))
        execute(unsealed("b", 1))
    finally:
        call_command("migrate", verbosity=0)

    # The same key makes the same digests: the checkpoint from before still holds.
    assert list(verify()) == []
    store.append("a", [ONE], expected=4)
    store.append("b", [ONE], expected=1)
    assert list(verify()) == []
    assert Event.objects.count() == 7


def unsealed(stream: str, version: int) -> str:
    return f"""
    INSERT INTO eventstore_event
      (id, stream, version, type, schema_version, data, metadata)
    VALUES ('{uuid4()}', '{stream}', {version}, 'test-deposited', 1,
            '{{"amount": 1}}', '{{"actor": "system"}}')
    """  # noqa: S608 own text


@pytest.mark.django_db
def test_more_events_than_one_batch_are_sealed():
    """Whatever stood in their digests before."""
    store.append("a", [ONE] * (BATCH + 1))
    store.append("b", [ONE] * 2)
    execute("ALTER TABLE eventstore_event DISABLE TRIGGER USER")
    execute(r"UPDATE eventstore_event SET digest = '\x00'")
    assert sum(1 for _ in verify()) > BATCH

    with connection.cursor() as cursor:
        seal_all(cursor)

    execute("ALTER TABLE eventstore_event ENABLE TRIGGER USER")
    assert list(verify()) == []


# Whatever JSON holds


@event
class Noted:
    words: str
    numbers: list[int]
    nested: dict[str, list[dict[str, str | None]]]


events.register("test-noted", 1, Noted)

TEXT = some.text(some.characters(exclude_categories=["Cs"], exclude_characters="\0"))
JSON = some.recursive(
    some.none() | some.booleans() | some.integers(-(2**80), 2**80) | TEXT,
    lambda inner: (
        some.lists(inner) | some.dictionaries(some.text('aä"\\/é😀 _0'), inner)
    ),
    max_leaves=20,
)


@pytest.mark.django_db
@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(contents=some.lists(some.dictionaries(some.text('ab"\\é\n'), JSON), max_size=4))
def test_any_json_comes_back_as_it_was_sealed(contents):
    """By way of the database alone: more than the fields of an event can hold."""
    stream, metadata = f"json-{uuid4()}", b'{"actor":"system"}'
    with connection.cursor() as cursor:
        for version, content in enumerate(contents, 1):
            id, text = uuid4(), canonical(content)
            sealed = integrity.mac(id, stream, "test-noted", 1, text, metadata)
            cursor.execute(
                "INSERT INTO eventstore_event (id, stream, version, type,"
                " schema_version, data, metadata, digest)"
                " VALUES (%s, %s, %s, 'test-noted', 1, %s, %s, %s)",
                [id, stream, version, text.decode(), metadata.decode(), sealed],
            )

    assert list(verify()) == []


@pytest.mark.django_db
@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    noted=some.builds(
        Noted,
        words=TEXT,
        numbers=some.lists(some.integers(-(2**63), 2**64 - 1)),
        nested=some.dictionaries(
            TEXT, some.lists(some.dictionaries(TEXT, some.none() | TEXT))
        ),
    )
)
def test_any_event_comes_back_as_it_was_sealed(noted):
    stream = f"noted-{uuid4()}"

    store.append(stream, [noted])

    assert [recorded.event for recorded in store.read(stream)] == [noted]
    assert list(verify()) == []


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1e16, -0.0, 1e300])
def test_floats_would_be_false_alarms(number):
    """The control for the check below: PostgreSQL spells these in another way."""
    text = canonical(number)
    with connection.cursor() as cursor:
        cursor.execute("SELECT (%s::jsonb)::text", [text.decode()])
        kept = cursor.fetchone()[0]

    assert canonical(decode(kept)) != text


@pytest.mark.parametrize(
    "kind", [float, float | None, list[float], dict[str, Any], dict[str, object], Any]
)
def test_events_that_may_hold_a_float_are_refused(kind, monkeypatch):
    @event
    class Measured:
        much: kind  # type: ignore[valid-type] # a parameter

    monkeypatch.setattr(events, "_by_name", {})
    events.register("test-measured", 1, Measured)

    assert [one.id for one in floats_are_not_stored()] == ["eventstore.E001"]


def test_events_of_ours_hold_none():
    assert floats_are_not_stored() == []
