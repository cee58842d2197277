"""Read models: ordinary Django tables that projectors fill from events."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeVar

from django.db import models

from eventstore import signals
from eventstore.events import RecordedEvent

Handler = TypeVar("Handler", bound=Callable[..., None])


def on(*kinds: type) -> Callable[[Handler], Handler]:
    """Mark a projector's method as the one that takes in these kinds of events."""

    def mark(handler: Handler) -> Handler:
        handler.takes_in = kinds  # type: ignore[attr-defined] # a mark on a function
        return handler

    return mark


class Projector:
    """The only writer of its `models`, run inside the append's transaction.

    Methods marked with `on` get the event and the facts of its recording. They write
    nothing but their own models and read nothing else: a rebuild runs the same code on
    empty tables and must end with the same rows. Effects (mail, tasks) do not belong
    here.
    """

    models: ClassVar[Sequence[type[models.Model]]]
    _handlers: ClassVar[dict[type, str]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._handlers = {
            kind: name
            for name, method in vars(cls).items()
            for kind in getattr(method, "takes_in", ())
        }
        projectors[cls.__name__] = cls()

    @property
    def name(self) -> str:
        return type(self).__name__

    @property
    def kinds(self) -> list[type]:
        return list(self._handlers)

    def project(self, recorded: RecordedEvent) -> None:
        if handler := self._handlers.get(type(recorded.event)):
            getattr(self, handler)(recorded.event, recorded)


projectors: dict[str, Projector] = {}


def project(sender: object, *, events: list[RecordedEvent], **_: object) -> None:
    """Bring every read model up to date; what raises here aborts the append."""
    for recorded in events:
        for projector in projectors.values():
            projector.project(recorded)


def connect() -> None:
    signals.appended.connect(project, dispatch_uid="eventstore.projections")
