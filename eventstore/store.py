"""Append and load: the write side of the event store."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from typing import Any, TypeVar
from uuid import UUID, uuid5

from django.db import IntegrityError, connection, transaction
from uuid_utils.compat import uuid7

from eventstore import events, serialization, signals
from eventstore.aggregates import Aggregate
from eventstore.context import current
from eventstore.events import RecordedEvent
from eventstore.models import Event, Snapshot

A = TypeVar("A", bound=Aggregate)

# Two-key advisory locks live in a space of their own, apart from announced positions.
STREAM_LOCKS = 17747


class Expected(Enum):
    """What the writer knows of the stream, where it does not know the exact version."""

    ANY = "any"
    NEW = "new"
    EXISTS = "exists"


class Conflict(Exception):
    """The stream is not at the version the writer expected; load again and decide
    anew."""


def lock(*streams: str) -> None:
    """Become the only writer of these streams until the transaction ends.

    Several are taken in sorted order, so that two commands never wait for each other.
    """
    with connection.cursor() as cursor:
        for stream in sorted(set(streams)):
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [STREAM_LOCKS, stream]
            )


def try_lock(stream: str) -> bool:
    """Like `lock`, but answers False at once where somebody else holds it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", [STREAM_LOCKS, stream]
        )
        row = cursor.fetchone()
    return bool(row[0])


def version_of(stream: str) -> int:
    """The version of the last event of the stream; 0 where there is none."""
    last = (
        Event.objects.filter(stream=stream)
        .order_by("-version")
        .values_list("version", flat=True)
        .first()
    )
    return last or 0


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
    with transaction.atomic(savepoint=False):
        if command and (made := _made_by(command, stream)):
            return made
        version = _version_as(expected, stream)
        recorded = _insert(stream, version, new, command)
        signals.appended.send(sender=Event, events=recorded)
    return recorded


def _version_as(expected: Expected | int, stream: str) -> int:
    """The version to go on from.

    An exact one is not looked up: the unique constraint refuses one that lies behind
    and the trigger one that lies ahead. Raises Conflict.
    """
    if isinstance(expected, int):
        return expected
    version = version_of(stream)
    if (expected is Expected.NEW and version) or (
        expected is Expected.EXISTS and not version
    ):
        raise Conflict(f"{stream} is at version {version}, expected: {expected.value}.")
    return version


def _made_by(command: UUID, stream: str) -> list[RecordedEvent]:
    first = Event.objects.filter(pk=uuid5(command, f"{stream}/0")).first()
    if first is None:
        return []
    return [
        recorded
        for recorded in read(stream, after=first.version - 1)
        if recorded.metadata.get("command") == str(command)
    ]


def _insert(
    stream: str, version: int, new: Sequence[Any], command: UUID | None
) -> list[RecordedEvent]:
    now = current()
    metadata = {
        "actor": now.actor,
        "correlation": str(now.correlation),
        "causation": str(now.causation) if now.causation else None,
    }
    if command:
        metadata["command"] = str(command)
    rows = []
    for index, event in enumerate(new):
        kind = events.type_of(type(event))
        rows.append(
            Event(
                id=uuid5(command, f"{stream}/{index}") if command else uuid7(),
                stream=stream,
                version=version + 1 + index,
                type=kind.name,
                schema_version=kind.version,
                data=serialization.dump(event),
                metadata=metadata,
            )
        )
    try:
        Event.objects.bulk_create(rows)
    except IntegrityError as error:
        # Somebody else was faster, and the transaction is lost: start again.
        raise Conflict(f"{stream} is not at version {version}.") from error
    return [
        RecordedEvent(
            row.id, row.position, stream, row.version, event, metadata, row.recorded_at
        )
        for row, event in zip(rows, new, strict=True)
    ]


def read(stream: str, *, after: int = 0) -> Iterator[RecordedEvent]:
    """The events of one stream in order, from the version behind `after` on."""
    rows = Event.objects.stream(stream).filter(version__gt=after)
    return recorded_events(rows)


def recorded_events(rows: Iterable[Event]) -> Iterator[RecordedEvent]:
    for row in rows:
        yield RecordedEvent(
            row.id,
            row.position,
            row.stream,
            row.version,
            serialization.load(row.type, row.schema_version, row.data),
            row.metadata,
            row.recorded_at,
        )


def load(cls: type[A], id: UUID) -> A:
    """An aggregate as its events made it; without events it is new (`exists` is
    False)."""
    aggregate = cls(id)
    stream = cls.stream(id)
    if cls.snapshot_every:
        snapshot = Snapshot.objects.filter(
            stream=stream, schema_version=cls.snapshot_schema
        ).first()
        if snapshot:
            aggregate.from_snapshot(snapshot.state)
            aggregate.version = snapshot.version
    # values_list: four times faster than model instances on long streams
    rows = (
        Event.objects.stream(stream)
        .filter(version__gt=aggregate.version)
        .values_list("type", "schema_version", "data")
    )
    return aggregate.replay(serialization.load(*row) for row in rows)


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
        Snapshot.objects.update_or_create(
            stream=stream,
            defaults={
                "version": aggregate.version,
                "schema_version": aggregate.snapshot_schema,
                "state": aggregate.to_snapshot(),
            },
        )
    return made


@contextmanager
def change(cls: type[A], id: UUID, *, command: UUID | None = None) -> Iterator[A]:
    """Lock, load, let the block decide, append: all in one transaction.

    Nothing is written if the block raises: inside a larger transaction that one is lost
    as a whole, since commands are all or nothing.
    """
    with transaction.atomic(savepoint=False):
        lock(cls.stream(id))
        aggregate = load(cls, id)
        yield aggregate
        save(aggregate, command=command)
