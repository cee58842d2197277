"""Whoever changes the history in the database alone is found and named."""

import itertools
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils.module_loading import import_string
from django_q.models import Schedule
from msgspec.json import decode

from eventstore import integrity, store, tasks
from eventstore.integrity import checkpoint, verify
from eventstore.ledger import Ledger, LedgerBroken
from eventstore.models import Event
from eventstore.serialization import canonical
from tests.eventstore.conftest import Deposited, Withdrawn

pytestmark = pytest.mark.django_db

GUARDS_BACK = """
ALTER TABLE eventstore_event ENABLE TRIGGER USER;
"""


@pytest.fixture(autouse=True)
def ledger(settings, tmp_path: Path) -> Path:
    settings.EVENT_LEDGER = tmp_path
    return tmp_path / "checkpoints.jsonl"


@pytest.fixture
def history() -> None:
    """Streams a, b and c of five events, written in turn, and all vouched for."""
    for amount, stream in itertools.product(range(1, 6), "abc"):
        store.append(stream, [Deposited(amount=amount)])
    checkpoint()


def tamper(*statements: str) -> None:
    """With all rights in the database, and back as if nothing had been."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE eventstore_event DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute(GUARDS_BACK)


def found() -> list[tuple[str, str, int]]:
    return [(one.kind, one.stream, one.version) for one in verify()]


def forged(stream: str, version: int, digest: str) -> str:
    return f"""
    INSERT INTO eventstore_event
      (id, stream, version, type, schema_version, data, metadata, digest)
    VALUES (gen_random_uuid(), '{stream}', {version}, 'test-deposited', 1,
            '{{"amount": 1000}}', '{{"actor": "system"}}', {digest})
    """  # noqa: S608 own text


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
DELETE = "DELETE FROM eventstore_event WHERE stream = 'a'"
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


def test_what_was_cut_off_and_has_grown_again_is_found(history):
    tamper(f"{DELETE} AND version > 3")
    store.append("a", [Withdrawn(amount=1)] * 4)
    checkpoint()

    assert found() == [("replaced", "a", 5)]


def test_who_noted_the_hashes_on_their_way_is_found_by_the_checkpoint(history):
    """The worst case: real hashes, chained anew around an event that was left out."""
    rows = list(Event.objects.stream("a"))
    left_out = rows.pop(2)
    hashes = [_hash_of(row) for row in rows]
    statements, previous = [f"{DELETE} AND version >= 3"], b""
    for version, (row, sealed) in enumerate(zip(rows, hashes, strict=True), 1):
        previous = sha256(previous + _place(row, version) + sealed).digest()
        if version >= 3:
            statements.append(_insert(row, version, previous))

    tamper(*statements)

    assert left_out.version == 3
    assert found() == [("missing", "a", 5)]
    Ledger("checkpoints").path.unlink()
    assert found() == []  # the control: the chain alone does not show it


def _hash_of(row: Event) -> bytes:
    content = canonical(row.data), canonical(row.metadata)
    return integrity.mac(row.id, row.stream, row.type, row.schema_version, *content)


def _place(row: Event, version: int) -> bytes:
    since_2000 = row.recorded_at - datetime(2000, 1, 1, tzinfo=UTC)
    microseconds = since_2000 // timedelta(microseconds=1)
    return version.to_bytes(4) + row.position.to_bytes(8) + microseconds.to_bytes(8)


def _insert(row: Event, version: int, digest: bytes) -> str:
    data = canonical(row.data).decode()
    metadata = canonical(row.metadata).decode()
    return (
        "INSERT INTO eventstore_event VALUES"  # noqa: S608 own text
        f" ('{row.id}', {row.position}, 'a', {version}, '{row.type}', 1, '{data}',"
        f" '{metadata}', '{row.recorded_at.isoformat()}', '\\x{digest.hex()}')"
    )


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


# No false alarm: more of this in test_sealing


def test_a_busy_history_over_several_checkpoints(history):
    for round in range(3):
        for stream in "abdef":
            store.append(stream, [Deposited(amount=round), Withdrawn(amount=1)])
        checkpoint()
    store.append("g", [Deposited(amount=1)])

    assert found() == []
    assert len(Ledger("checkpoints").entries()) == 4


def test_a_checkpoint_without_news_is_written_all_the_same(history):
    entry = checkpoint()

    assert entry["heads"] == {}
    assert found() == []


def test_after_a_restore_of_an_older_backup_the_loss_is_named_until_it_is_accepted(
    history,
):
    tamper("DELETE FROM eventstore_event WHERE version > 3")
    assert len(found()) == 3

    checkpoint(anew="restored the backup of last night")

    assert found() == []
    store.append("a", [Deposited(amount=1)])
    tamper(f"{DELETE} AND version > 2")
    assert found() == [("missing", "a", 3)]


# The command and the task


def verify_events(*arguments: str) -> str:
    out = StringIO()
    call_command("verify_events", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_says_what_no_checkpoint_vouches_for_yet(history):
    store.append("d", [Deposited(amount=1)])

    said = verify_events()

    assert "16 events are as written" in said
    assert "1 events, from " in said
    assert "no checkpoint vouches" not in verify_events("--checkpoint")


def test_the_command_names_what_it_found_and_fails(history):
    tamper(f"{DELETE} AND version = 3")
    out = StringIO()

    with pytest.raises(CommandError, match="1 findings"):
        call_command("verify_events", "--checkpoint", stdout=out)
    assert "missing: a version 3" in out.getvalue()
    assert len(Ledger("checkpoints").entries()) == 1
    with pytest.raises(CommandError):  # no backup has such a hole
        verify_events("--anew", "an older backup was restored")


def test_the_command_refuses_a_ledger_that_was_changed(history, ledger):
    ledger.write_text(ledger.read_text().replace("position", "p0sition"))

    with pytest.raises(CommandError, match="line 1 is not ours"):
        verify_events()
    with pytest.raises(LedgerBroken):
        list(verify())


def test_the_hourly_task_vouches_and_leaves_its_signature_in_the_log(history, caplog):
    caplog.set_level("INFO")
    store.append("d", [Deposited(amount=1)])

    assert tasks.checkpoint(unknown="ignored") == 1
    assert Ledger("checkpoints").entries()[-1]["heads"].keys() == {"d"}
    assert _last_signature(Ledger("checkpoints")) in caplog.text


def test_the_schedule_of_the_task_is_kept():
    hourly = Schedule.objects.get(name="checkpoint")

    assert hourly.schedule_type == Schedule.HOURLY
    assert import_string(hourly.func) is tasks.checkpoint


def _last_signature(ledger: Ledger) -> str:
    line = ledger.path.read_bytes().splitlines()[-1]
    return str(decode(line)["signature"])
