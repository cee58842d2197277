"""What checkpoints outside the database show that digests alone do not."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from eventstore import integrity, store
from eventstore.integrity import checkpoint
from eventstore.ledger import Ledger
from eventstore.models import Event
from eventstore.serialization import canonical
from tests.eventstore.conftest import Deposited, Withdrawn
from tests.eventstore.tampering import DELETE, found, tamper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_ledger")]


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
