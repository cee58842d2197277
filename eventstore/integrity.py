"""Proof that the history is what was written: digests in it, checkpoints outside it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from msgspec.json import decode

from eventstore.keys import keyed_hash
from eventstore.ledger import Ledger
from eventstore.models import horizon
from eventstore.serialization import canonical
from eventstore.sql import execute, fetch

Row = tuple[Any, ...]

# The last column: an event's place in the history, just as the database writes it.
ROWS = """
SELECT stream, version, position, id::text, type, schema_version, data::text,
       metadata::text, digest,
       int4send(version) || int8send(position) || timestamptz_send(recorded_at)
  FROM eventstore_event ORDER BY stream, version
"""
HEADS = """
SELECT DISTINCT ON (stream) stream, version, encode(digest, 'hex')
  FROM eventstore_event WHERE position > %s AND position <= %s
 ORDER BY stream, version DESC
"""
GUARDS = ("event_is_never_changed", "event_without_gap")
GUARDS_OFF = """
SELECT guard FROM unnest(%s::text[]) AS guard WHERE guard NOT IN (
  SELECT tgname FROM pg_trigger
   WHERE tgrelid = 'eventstore_event'::regclass AND tgenabled IN ('O', 'A'))
"""
# Answers to nobody waiting: the limits are those of pages.
PATIENCE = """
SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0
"""
SEAL = """
UPDATE eventstore_event AS event SET digest = made.digest
  FROM unnest(%s::uuid[], %s::bytea[]) AS made(id, digest) WHERE event.id = made.id
"""
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where the history is not what was written.

    changed: an event says something else, stands elsewhere, or was never written by us.
    missing: an event, the end of a stream or all of it is gone. moved: it comes before
    what was written earlier. doubled: a second event of that version. replaced: the
    stream is not the one a checkpoint vouched for. unguarded: a trigger is off.
    """

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
    """The keyed hash of one event; the database folds its place in the history in."""
    # PostgreSQL's text holds no NUL: the parts cannot flow into each other.
    head = f"{id}\0{stream}\0{type}\0{schema_version}\0".encode()
    return keyed_hash(b"%b\0%b\0%b" % (head, content, metadata))


def _digest(previous: bytes, row: Row) -> bytes:
    """What the database made of the row, if the row is as it was written."""
    stream, _, _, id, type, schema_version, content, metadata, _, place = row
    # The JSON as we wrote it: PostgreSQL keeps the values, not the spelling.
    texts = canonical(decode(content)), canonical(decode(metadata))
    sealed = mac(id, stream, type, schema_version, *texts)
    return sha256(previous + place + sealed).digest()


def checkpoint(anew: str = "") -> dict[str, Any]:
    """Vouch, outside the database, for all streams that grew since the last time.

    Where nothing grew, that is written too: an hour without an entry is a sign. `anew`
    gives the reason why only what is there now counts from here on, such as a backup
    that was restored; otherwise what it lacks is found missing for ever.
    """
    ledger = Ledger("checkpoints")
    written = [] if anew else ledger.entries()
    after, top = (written[-1]["position"] if written else 0), horizon()
    with transaction.atomic():
        execute(PATIENCE)
        heads = {stream: head for stream, *head in fetch(HEADS, [after, top])}
    entry = {
        "at": timezone.now().isoformat(timespec="seconds"),
        "position": top,
        "heads": heads,
    }
    return ledger.append(entry | {"anew": anew} if anew else entry)


def verify() -> Iterator[Finding]:
    """Read the whole history and name what is not as it was written.

    Raises LedgerBroken where the checkpoints themselves cannot be trusted.
    """
    vouched = _vouched()
    for (guard,) in fetch(GUARDS_OFF, [list(GUARDS)]):
        yield Finding("unguarded", "eventstore_event", 0, f"lacks {guard}")
    for stream, rows in groupby(_rows(), itemgetter(0)):
        yield from _verified(stream, rows, vouched.pop(stream, {}))
    for gone, heads in vouched.items():
        yield Finding("missing", gone, 1, f"is gone as a whole, {max(heads)} events")


def _vouched() -> dict[str, dict[int, str]]:
    """Of every stream the digests at the versions that checkpoints vouch for.

    Not only the last of each: one that was cut off and has grown again would pass.
    """
    vouched: dict[str, dict[int, str]] = defaultdict(dict)
    for entry in Ledger("checkpoints").entries():
        if "anew" in entry:
            vouched.clear()
        for stream, (version, digest) in entry["heads"].items():
            vouched[stream].setdefault(version, digest)
    return vouched


def _rows() -> Iterator[Row]:
    """In a transaction of its own: the history as of one moment."""
    with transaction.atomic():
        execute(PATIENCE)
        with connection.chunked_cursor() as cursor:
            cursor.execute(ROWS)
            while batch := cursor.fetchmany(BATCH):
                yield from batch


def _verified(
    stream: str, rows: Iterable[Row], vouched: dict[int, str]
) -> Iterator[Finding]:
    last, position, previous = 0, 0, b""
    for row in rows:
        version, digest = row[1], bytes(row[8])
        if version > last + 1:
            yield _missing(stream, last + 1, version - 1)
        elif version <= last:
            yield Finding("doubled", stream, version, _at(row))
        elif digest != _digest(previous, row):
            yield Finding("changed", stream, version, _at(row))
        if row[2] <= position:
            yield Finding("moved", stream, version, _at(row))
        if vouched.get(version, digest.hex()) != digest.hex():
            yield Finding("replaced", stream, version, _at(row))
        last, position, previous = version, row[2], digest
    if vouched and max(vouched) > last:
        yield _missing(stream, last + 1, max(vouched))


def _missing(stream: str, first: int, last: int) -> Finding:
    which = f"version {first}" if first == last else f"versions {first} to {last}"
    return Finding("missing", stream, first, which)


def _at(row: Row) -> str:
    return f"version {row[1]} (position {row[2]}, {row[4]})"


def seal_all(cursor: Any) -> None:
    """Give events from before there were digests theirs; for that one migration."""
    for _, rows in groupby(_rows(), itemgetter(0)):
        ids, digests, previous = [], [], b""
        for row in rows:
            previous = _digest(previous, row)
            ids.append(row[3])
            digests.append(previous)
        cursor.execute(SEAL, [ids, digests])
