"""Append and load: the write side of the event store."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, TypeVar
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.db.models import Min, QuerySet, TextField
from django.db.models.functions import Cast
from msgspec import Raw
from msgspec.json import decode, encode
from uuid_utils.compat import uuid7

from eventstore import events, integrity, privacy, serialization, signals
from eventstore.aggregates import Aggregate
from eventstore.context import current
from eventstore.events import RecordedEvent
from eventstore.models import Event
from eventstore.serialization import canonical, decoder
from eventstore.sql import execute, fetch
from eventstore.statement import call_append, call_load

A = TypeVar("A", bound=Aggregate)
# As many events as are sent to the database at once.
PART = 100
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
KEEP = """
INSERT INTO eventstore_snapshot (stream, version, schema_version, state)
 VALUES (%s, %s, %s, %s) ON CONFLICT (stream) DO UPDATE
 SET (version, schema_version, state)
   = (excluded.version, excluded.schema_version, excluded.state)
"""
MADE = "SELECT version FROM eventstore_event WHERE id = %s"
# As text: decoded by the event's class, not by Django and then again.
STORED = ("type", "schema_version", Cast("data", TextField()))
METADATA = Cast("metadata", TextField())
# Django reads a time with a regular expression, Python its text in C.
RECORDED_AT = Cast("recorded_at", TextField())

# Two-key advisory locks live in a space of their own, apart from announced positions.
STREAM_LOCKS = 17747
LOCK = "SELECT pg_advisory_xact_lock(%s, hashtext(%s))"
TRY_LOCK = "SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))"
EVERY_VERSION = 2**31 - 1
NO_SNAPSHOT = -1


class Expected(Enum):
    """What the writer knows of the stream, where it does not know the exact version."""

    ANY = -1
    NEW = 0
    EXISTS = -2


class Conflict(Exception):
    """The stream is not at the version the writer expected; load again and decide
    anew."""


def lock(*streams: str) -> None:
    """Become the only writer of these streams until the transaction ends.

    Several are taken in sorted order, so that two commands never wait for each other.
    """
    for stream in sorted(set(streams)):
        execute(LOCK, [STREAM_LOCKS, stream])


def try_lock(stream: str) -> bool:
    """Like `lock`, but answers False at once where somebody else holds it."""
    [(taken,)] = fetch(TRY_LOCK, [STREAM_LOCKS, stream])
    return bool(taken)


def append(
    stream: str,
    new: Sequence[Any],
    *,
    expected: Expected | int = Expected.ANY,
    command: UUID | None = None,
) -> list[RecordedEvent]:
    """Add events to the end of a stream and tell everybody, in one transaction.

    With a `command` id the same call again adds nothing and returns what it made the
    first time. Raises Conflict where the stream is not as expected.
    """
    if not new:
        return []
    alone = not signals.appended.has_listeners(Event) and not _is_personal(new)
    if len(new) <= PART and alone:
        # A single statement, which is a transaction of its own.
        return _append(stream, new, expected, command)
    with transaction.atomic(savepoint=False):
        recorded = _append(stream, new, expected, command)
        signals.appended.send(sender=Event, events=recorded)
    return recorded


def _append(
    stream: str, new: Sequence[Any], expected: Expected | int, command: UUID | None
) -> list[RecordedEvent]:
    if command and (made := _made_by(command, stream)):
        return made
    metadata = current().as_metadata(command)
    sealed = canonical(metadata)
    ids = [
        uuid5(command, f"{stream}/{n}") if command else uuid7() for n in range(len(new))
    ]
    wanted = expected if isinstance(expected, int) else expected.value
    try:
        lines = call_append(stream, wanted, _parts(stream, ids, new, sealed), sealed)
    except IntegrityError as error:
        # Somebody else was faster, and the transaction is lost: start again.
        raise Conflict(f"{stream} is not as expected ({expected}).") from error
    answers = [[int(number) for number in line.split()] for line in lines]
    version = answers[0][0]
    recorded: list[RecordedEvent] = []
    for _, microseconds, *positions in answers:
        at = EPOCH + timedelta(microseconds=microseconds)
        for position in positions:
            nr, version = len(recorded), version + 1
            recorded.append(
                RecordedEvent(ids[nr], position, stream, version, new[nr], metadata, at)
            )
    return recorded


def _parts(
    stream: str, ids: Sequence[UUID], new: Sequence[Any], metadata: bytes
) -> Iterable[tuple[int, bytes]]:
    """The new events as JSON, some hundred at a time, each made when asked for."""
    if len(new) <= PART:
        return [_part(stream, ids, new, metadata)]
    made = (
        _part(stream, ids[first : first + PART], new[first : first + PART], metadata)
        for first in range(0, len(new), PART)
    )
    # Sealing asks the database, which must be at leisure then.
    return list(made) if _is_personal(new) else made


def _is_personal(new: Sequence[Any]) -> bool:
    """Then keys of persons are asked for, and locked until the transaction ends."""
    return any(events.type_of(cls).personal for cls in set(map(type, new)))


def _part(
    stream: str, ids: Sequence[UUID], new: Sequence[Any], metadata: bytes
) -> tuple[int, bytes]:
    rows = [
        _row(stream, id, event, metadata) for id, event in zip(ids, new, strict=True)
    ]
    return len(rows), canonical(rows)


def _row(stream: str, id: UUID, event: Any, metadata: bytes) -> tuple[Any, ...]:
    kind = events.type_of(type(event))
    content = privacy.sealed(kind, event, stream) if kind.personal else canonical(event)
    # Written by the encoder in a third of the time that str() takes.
    text = canonical(id)[1:-1].decode()
    mac = integrity.mac(text, stream, kind.name, kind.version, content, metadata)
    return text, kind.name, kind.version, Raw(content), mac.hex()


def _made_by(command: UUID, stream: str) -> list[RecordedEvent]:
    found = fetch(MADE, [uuid5(command, f"{stream}/0")])
    if not found:
        return []
    return [
        recorded
        for recorded in read(stream, after=found[0][0] - 1)
        if recorded.metadata.get("command") == str(command)
    ]


def read(stream: str, *, after: int = 0) -> Iterator[RecordedEvent]:
    """The events of one stream in order, from the version behind `after` on."""
    return recorded_events(Event.objects.stream(stream).filter(version__gt=after))


def recorded_events(stored: QuerySet[Event]) -> Iterator[RecordedEvent]:
    """What was stored, as events again. Where an upcaster makes several of one, they
    share its version and position."""
    rows = stored.values_list(
        *("id", "position", "stream", "version", RECORDED_AT, METADATA), *STORED
    )
    found = list(rows)
    for row, made in zip(found, _loaded([row[6:] for row in found]), strict=True):
        id, position, stream, version, recorded_at, text = row[:6]
        metadata, at = decode(text), datetime.fromisoformat(recorded_at)
        for event in made:
            yield RecordedEvent(id, position, stream, version, event, metadata, at)


def _loaded(rows: Sequence[tuple[str, int, str]]) -> list[list[Any]]:
    texts = [text for name, _, text in rows if events.type_named(name).personal]
    open_sealed = privacy.opener(texts) if texts else None
    return [serialization.load(*row, open_sealed) for row in rows]


def load(
    cls: type[A],
    id: UUID,
    *,
    version: int | None = None,
    until: datetime | None = None,
    locked: bool = False,
) -> A:
    """An aggregate as its events made it; without events it is new (`exists` is
    False).

    As of a `version`, or `until` an instant (inclusive), where one is given. `locked`,
    nobody else writes to its stream until the transaction ends.
    """
    aggregate = cls(id)
    stream = cls.stream(id)
    last = EVERY_VERSION if version is None else version
    if until is not None:
        # Clocks may step back; what follows something later is later all the same.
        stored = Event.objects.stream(stream).filter(recorded_at__gt=until)
        later = stored.aggregate(first=Min("version"))["first"]
        last = min(last, later - 1) if later else last
    present = cls.snapshot_every and version is None and until is None
    schema = cls.snapshot_schema if present else NO_SNAPSHOT
    rows = call_load(stream, schema, last, locked=locked)
    if rows and not rows[0][1]:
        aggregate.from_snapshot(decoder(cls.snapshot_type).decode(rows[0][3]))
        aggregate.version = rows[0][0]
        del rows[0]
    if rows:
        loaded = _loaded([row[1:] for row in rows])
        aggregate.replay(event for made in loaded for event in made)
        aggregate.version = rows[-1][0]
    return aggregate


def save(aggregate: Aggregate, *, command: UUID | None = None) -> list[RecordedEvent]:
    """Append what the aggregate recorded since it was loaded.

    Raises Conflict if its stream has grown since.
    """
    recorded, aggregate.recorded = aggregate.recorded, []
    stream = aggregate.stream(aggregate.id)
    before = aggregate.version
    aggregate.version += len(recorded)
    made = append(stream, recorded, expected=before, command=command)
    every = aggregate.snapshot_every
    if made and every and aggregate.version // every > before // every:
        state = encode(aggregate.to_snapshot()).decode()
        execute(KEEP, [stream, aggregate.version, aggregate.snapshot_schema, state])
    return made


@contextmanager
def change(cls: type[A], id: UUID, *, command: UUID | None = None) -> Iterator[A]:
    """Lock, load, let the block decide, append: all in one transaction.

    Nothing is written if the block raises: inside a larger transaction that one is lost
    as a whole, since commands are all or nothing.
    """
    with transaction.atomic(savepoint=False):
        aggregate = load(cls, id, locked=True)
        yield aggregate
        save(aggregate, command=command)
