"""Read models: ordinary Django tables that projectors fill from events."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import Count, Max, QuerySet

from eventstore import signals
from eventstore.context import caused_by
from eventstore.events import RecordedEvent, registered_types
from eventstore.models import Event, EventQuerySet
from eventstore.store import recorded_events

Handler = TypeVar("Handler", bound=Callable[..., None])


def on(*kinds: type) -> Callable[[Handler], Handler]:
    """Mark a projector's method as the one that takes in these kinds of events."""

    def mark(handler: Handler) -> Handler:
        handler.takes_in = kinds  # type: ignore[attr-defined] # a mark on a function
        return handler

    return mark


class Projector:
    """The only writer of its `models`.

    Inline, it runs in the append's transaction: what raises aborts the append. With
    `inline = False` it follows behind its checkpoint; rebuild it when you change that.

    Methods marked with `on` get the event and the facts of its recording. They write
    nothing but their own models and read nothing else: a rebuild runs the same code on
    empty tables and must end with the same rows. Effects (mail, tasks) belong into a
    `Reactor`. Where one event at a time is too slow, override `project_many` with
    set-based writes, or `project_range` with SQL that reads the events itself; then
    raise `batch`.
    """

    name: ClassVar[str]
    models: ClassVar[Sequence[type[models.Model]]]
    inline: ClassVar[bool] = True
    # How many events a rebuild takes in per transaction.
    batch: ClassVar[int] = 1_000
    _handlers: ClassVar[dict[type, str]] = {}

    def __init_subclass__(cls, *, abstract: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._handlers = cls._handlers | {
            kind: name
            for name, method in vars(cls).items()
            for kind in getattr(method, "takes_in", ())
        }
        cls.name = cls.__name__
        if not abstract:
            if cls.name in projectors:
                raise ValueError(f"There is a projector {cls.name} already.")
            projectors[cls.name] = cls()
            if cls.inline:
                # Only now: an append that nobody listens to is a single statement.
                # Imported before processes connect, projectors hear first.
                signals.appended.connect(project, dispatch_uid="eventstore.projections")

    @property
    def kinds(self) -> list[type]:
        return list(self._handlers)

    def project(self, recorded: RecordedEvent) -> None:
        if handler := self._handlers.get(type(recorded.event)):
            getattr(self, handler)(recorded.event, recorded)

    def project_many(self, events: Sequence[RecordedEvent]) -> None:
        """Take in events of its kinds, in this order."""
        for recorded in events:
            self.project(recorded)

    def project_range(self, after: int, upto: int) -> None:
        """Take in all of its events behind one position up to another."""
        self.project_many(self.read(self.stored(after, upto)))

    def stored(self, after: int, upto: int) -> EventQuerySet:
        """What may become events of its kinds: an upcaster makes one of another."""
        names = [
            kind.name
            for kind in registered_types()
            if kind.cls in self._handlers or kind.upcasters
        ]
        return Event.objects.after(after).settled(upto).filter(type__in=names)

    def read(self, stored: QuerySet[Event]) -> list[RecordedEvent]:
        return self.own(recorded_events(stored))

    def own(self, events: Iterable[RecordedEvent]) -> list[RecordedEvent]:
        return [one for one in events if type(one.event) in self._handlers]

    def bound(self, after: int, top: int, limit: int) -> tuple[int, int]:
        """Where a batch of so many events ends, and how many are in it: `top` where it
        is not full."""
        batch = self.stored(after, top)[:limit].aggregate(
            count=Count("position"), last=Max("position")
        )
        return (batch["last"] if batch["count"] == limit else top), batch["count"]


class Reactor(Projector, abstract=True):
    """Causes effects: its handlers queue tasks, in the transaction of its checkpoint.

    It begins with what happens after it was first seen, and nothing is ever replayed to
    it. What it causes carries the event as its causation.
    """

    models = ()
    inline = False

    def project(self, recorded: RecordedEvent) -> None:
        correlation = recorded.metadata.get("correlation")
        with caused_by(
            recorded.id, correlation=UUID(correlation) if correlation else None
        ):
            super().project(recorded)


projectors: dict[str, Projector] = {}


def asynchronous() -> list[Projector]:
    return [one for one in projectors.values() if not one.inline]


def project(sender: object, *, events: list[RecordedEvent], **_: object) -> None:
    """Bring every inline read model up to date, each with one call per append."""
    for projector in projectors.values():
        if projector.inline and (own := projector.own(events)):
            projector.project_many(own)
