"""Whoever changes the history in the database alone is found and named."""

import pytest
from django.db import connection

from eventstore import integrity
from eventstore.integrity import verify
from eventstore.ledger import Ledger
from tests.eventstore.tampering import DELETE, forged, found, tamper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_ledger")]


def swapped(columns: str, first: str, second: str) -> str:
    """Two rows exchange what is in some columns."""
    sets = ", ".join(f"{one} = other.{one}" for one in columns.split(", "))
    return f"""
    UPDATE eventstore_event AS event SET {sets} FROM eventstore_event AS other
     WHERE (event.stream || event.version, other.stream || other.version)
        IN (('{first}', '{second}'), ('{second}', '{first}'))
    """  # noqa: S608 own text


NO_CONSTRAINTS = """
ALTER TABLE eventstore_event DROP CONSTRAINT event_one_per_version,
                             DROP CONSTRAINT event_position_is_unique
"""
# Chains stream a anew from version 3 on, as the trigger would, without the key.
HASHED_ANEW = """
DO $$
DECLARE row eventstore_event; before bytea;
BEGIN
  FOR row IN SELECT * FROM eventstore_event WHERE stream = 'a' ORDER BY version LOOP
    IF row.version >= 3 THEN
      row.digest := sha256(
        before || int4send(row.version) || int8send(row.position)
               || timestamptz_send(row.recorded_at) || sha256(row.data::text::bytea));
      UPDATE eventstore_event SET digest = row.digest WHERE id = row.id;
    END IF;
    before := row.digest;
  END LOOP;
END $$
"""
WHERE_A3 = "WHERE stream = 'a' AND version = 3"
CHANGE = "UPDATE eventstore_event SET"
CHANGED_A3 = {("changed", "a", 3)}
TAMPERING: dict[str, tuple[tuple[str, ...], set[tuple[str, str, int]]]] = {
    "payload": ((f"{CHANGE} data = '{{\"amount\": 9}}' {WHERE_A3}",), CHANGED_A3),
    "metadata": (
        (f"{CHANGE} metadata = metadata || '{{\"causation\": \"x\"}}' {WHERE_A3}",),
        CHANGED_A3,
    ),
    "middle deleted": ((f"{DELETE} AND version = 3",), {("missing", "a", 3)}),
    "tail deleted": ((f"{DELETE} AND version > 3",), {("missing", "a", 4)}),
    "stream deleted": ((DELETE,), {("missing", "a", 1)}),
    "forged at the end": ((forged("a", 6, r"'\x00'"),), {("changed", "a", 6)}),
    "two events exchanged": (
        (NO_CONSTRAINTS, swapped("version", "a2", "a3")),
        {("changed", "a", 2), ("changed", "a", 3), ("moved", "a", 3)}
        | {("changed", "a", 4)},
    ),
    "rewritten and hashed anew": (
        (f"{CHANGE} data = '{{\"amount\": 9}}' {WHERE_A3}", HASHED_ANEW),
        {("changed", "a", 3), ("changed", "a", 4), ("changed", "a", 5)}
        | {("replaced", "a", 5)},
    ),
    "recorded_at": (
        (f"{CHANGE} recorded_at = recorded_at - interval '1 day' {WHERE_A3}",),
        CHANGED_A3,
    ),
    "position": ((f"{CHANGE} position = position + 100000 {WHERE_A3}",),
        {("changed", "a", 3), ("moved", "a", 4)}),
    "id": ((f"{CHANGE} id = gen_random_uuid() {WHERE_A3}",), CHANGED_A3),
    "type": ((f"{CHANGE} type = 'test-withdrawn' {WHERE_A3}",), CHANGED_A3),
    "schema version": ((f"{CHANGE} schema_version = 2 {WHERE_A3}",), CHANGED_A3),
    "actor": (
        (f"{CHANGE} metadata = metadata || '{{\"actor\": \"clock\"}}' {WHERE_A3}",),
        CHANGED_A3,
    ),
    "digest": ((rf"{CHANGE} digest = '\x00' {WHERE_A3}",),
        {("changed", "a", 3), ("changed", "a", 4)}),
    "middle deleted and numbered anew": (
        (
            f"{DELETE} AND version = 3",
            # By way of free numbers: the constraint looks at each row.
            f"{CHANGE} version = version + 99 WHERE stream = 'a' AND version > 3",
            f"{CHANGE} version = version - 100 WHERE stream = 'a' AND version > 99",
        ),
        {("changed", "a", 3), ("changed", "a", 4), ("missing", "a", 5)},
    ),
    "events exchanged but for their place": (
        (swapped("data, metadata, recorded_at, digest", "a2", "a3"),),
        {("changed", "a", 2), ("changed", "a", 3), ("changed", "a", 4)},
    ),
    "two streams exchanged": (
        (
            f"{CHANGE} stream = 'x' WHERE stream = 'a'",
            f"{CHANGE} stream = 'a' WHERE stream = 'b'",
            f"{CHANGE} stream = 'b' WHERE stream = 'x'",
        ),
        {("changed", stream, version) for stream in "ab" for version in range(1, 6)}
        | {("replaced", "a", 5), ("replaced", "b", 5)},
    ),
    "a stream under another name": (
        (f"{CHANGE} stream = 'x' WHERE stream = 'a'",),
        {("changed", "x", version) for version in range(1, 6)} | {("missing", "a", 1)},
    ),
    "forged with the digest of another": (
        (forged("a", 6, "(SELECT digest FROM eventstore_event WHERE stream = 'b'"
            " AND version = 5)"),),
        {("changed", "a", 6)},
    ),
    "forged in the middle": (
        (NO_CONSTRAINTS, forged("a", 3, r"'\x00'")),
        {("doubled", "a", 3)},
    ),
    "forged stream": ((forged("x", 1, r"'\x00'"),), {("changed", "x", 1)}),
}  # fmt: skip


@pytest.mark.parametrize("kind", TAMPERING)
def test_tampering_is_found_and_named(history, kind):
    assert found() == []
    statements, expected = TAMPERING[kind]

    tamper(*statements)

    # The order of two rows of one version is not given: what follows may differ.
    assert expected <= set(found())
    assert kind == "forged in the middle" or set(found()) == expected


def test_a_forger_who_goes_the_ordinary_way_is_found(history):
    """The trigger chains whatever it gets: without the key that is not an event."""
    with connection.cursor() as cursor:
        cursor.execute(forged("a", 6, r"'\x00'"))

    assert found() == [("changed", "a", 6)]


@pytest.mark.parametrize("guard", integrity.GUARDS)
def test_a_guard_that_is_off_is_named(history, guard):
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE eventstore_event DISABLE TRIGGER {guard}")

    assert [str(one) for one in verify()] == [
        f"unguarded: eventstore_event lacks {guard}"
    ]


def test_nothing_is_found_without_the_key(history, settings):
    """The control: it is the key that tells, not a hash that anybody can make."""
    settings.EVENT_DIGEST_KEY = "another key than that of the history" * 2
    Ledger("checkpoints").path.unlink()

    assert len(found()) == 15
