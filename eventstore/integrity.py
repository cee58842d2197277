"""Proof that the history is what was written: digests in it, checkpoints outside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection, transaction
from django.utils import timezone

from eventstore.keys import keyed_hash
from eventstore.ledger import Ledger
from eventstore.models import horizon
from eventstore.serialization import canonical

# Of (version, position, recorded_at), just as the trigger writes them.
PLACE = (
    "int4send(version) || int8send(position) || timestamptz_send(recorded_at) AS place"
)
ROWS = f"""
SELECT stream, version, position, id::text, type, schema_version, data::text,
       metadata::text, digest, {PLACE}
  FROM eventstore_event ORDER BY stream, version
"""  # noqa: S608 own text
HEADS = """
SELECT DISTINCT ON (stream) stream, version, encode(digest, 'hex')
  FROM eventstore_event WHERE position > %s AND position <= %s
 ORDER BY stream, version DESC
"""
BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where the history is not what was written."""

    kind: str
    stream: str
    version: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.stream} {self.sentence}"


def mac(
    id: UUID | str,
    stream: str,
    type: str,
    schema_version: int,
    content: bytes,
    metadata: bytes,
) -> bytes:
    """The keyed hash of one event; a trigger folds its place in the history in."""
    # PostgreSQL's text holds no NUL: the parts cannot flow into each other.
    head = f"{id}\0{stream}\0{type}\0{schema_version}\0".encode()
    return keyed_hash(b"\0".join((head, content, metadata)))


def _mac_of(row: tuple[Any, ...]) -> bytes:
    stream, _, _, id, type, schema_version, content, metadata = row[:8]
    return mac(id, stream, type, schema_version, _again(content), _again(metadata))


def _again(text: str) -> bytes:
    """The JSON as we wrote it: PostgreSQL keeps the values, not the spelling."""
    return canonical(msgspec.json.decode(text))


def checkpoint() -> dict[str, Any] | None:
    """Vouch, outside the database, for all streams that grew since the last time.

    None if none did.
    """
    ledger = Ledger("checkpoints")
    written = ledger.entries()
    after, top = (written[-1]["position"] if written else 0), horizon()
    with connection.cursor() as cursor:
        cursor.execute(HEADS, [after, top])
        heads = {stream: [version, digest] for stream, version, digest in cursor}
    if not heads:
        return None
    now = timezone.now().isoformat(timespec="seconds")
    return ledger.append({"at": now, "position": top, "heads": heads})


def verify() -> Iterator[Finding]:
    """Read the whole history and name what is not as it was written.

    Raises LedgerBroken where the checkpoints themselves cannot be trusted.
    """
    heads: dict[str, tuple[int, str]] = {}
    for entry in Ledger("checkpoints").entries():
        heads.update(entry["heads"])
    stream, last, previous = "", 0, b""
    for row in _rows():
        if row[0] != stream:
            yield from _tail(stream, last, heads.pop(stream, None))
            stream, last, previous = row[0], 0, b""
        version, digest = row[1], bytes(row[8])
        if version != last + 1:
            yield Finding("missing", stream, last + 1, _between(last + 1, version - 1))
        elif digest != sha256(previous + row[9] + _mac_of(row)).digest():
            yield Finding("changed", stream, version, _at(row))
        elif heads.get(stream, (0, ""))[0] == version and (
            heads[stream][1] != digest.hex()
        ):
            yield Finding("replaced", stream, version, _at(row))
        last, previous = version, digest
    yield from _tail(stream, last, heads.pop(stream, None))
    for gone, (version, _) in heads.items():
        yield Finding("missing", gone, 1, f"is gone as a whole, {version} events")


def _rows() -> Iterator[tuple[Any, ...]]:
    """In a transaction of its own: the history as of one moment."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(ROWS)
        while batch := cursor.fetchmany(BATCH):
            yield from batch


def _tail(stream: str, last: int, head: Any) -> Iterator[Finding]:
    if head and head[0] > last:
        yield Finding("missing", stream, last + 1, _between(last + 1, head[0]))


def _between(first: int, last: int) -> str:
    return f"version {first}" if first == last else f"versions {first} to {last}"


def _at(row: tuple[Any, ...]) -> str:
    return f"version {row[1]} (position {row[2]}, {row[4]})"


def seal_all(cursor: Any) -> None:
    """Give events from before there were digests theirs; for that one migration."""
    cursor.execute(ROWS)
    stream, previous, digests = "", b"", []
    for row in cursor.fetchall():
        previous = previous if row[0] == stream else b""
        previous = sha256(previous + row[9] + _mac_of(row)).digest()
        digests.append((previous, row[3]))
        stream = row[0]
    cursor.executemany("UPDATE eventstore_event SET digest = %s WHERE id = %s", digests)
