"""Who does something, and what it belongs to, without threading it by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace
from uuid_utils.compat import uuid4


class Context(Struct, frozen=True):
    """What every event appended meanwhile carries in its metadata.

    `correlation` is one for everything that follows from one wish of a user;
    `causation` is the message that directly caused the event.
    """

    actor: str
    correlation: UUID
    causation: UUID | None = None

    def as_metadata(self, command: UUID | None) -> dict[str, str | None]:
        metadata = {
            "actor": self.actor,
            "correlation": str(self.correlation),
            "causation": str(self.causation) if self.causation else None,
        }
        return metadata | {"command": str(command)} if command else metadata


_current: ContextVar[Context | None] = ContextVar("eventstore_context", default=None)


def current() -> Context:
    return _current.get() or Context(actor="system", correlation=uuid4())


@contextmanager
def context(actor: str, correlation: UUID | None = None) -> Iterator[Context]:
    """Everything appended inside carries this actor and one correlation id."""
    entered = Context(actor=actor, correlation=correlation or uuid4())
    token = _current.set(entered)
    try:
        yield entered
    finally:
        _current.reset(token)


@contextmanager
def caused_by(message: UUID, *, correlation: UUID | None = None) -> Iterator[Context]:
    """Everything appended inside was caused by this message."""
    now = current()
    entered = replace(
        now, causation=message, correlation=correlation or now.correlation
    )
    token = _current.set(entered)
    try:
        yield entered
    finally:
        _current.reset(token)
