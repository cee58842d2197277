"""Who does something, and what it belongs to, without threading it by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from uuid import UUID, uuid4


@dataclass(frozen=True, slots=True)
class Context:
    """What every event appended meanwhile carries in its metadata.

    `correlation` is one for everything that follows from one wish of a user;
    `causation` is the message that directly caused the event.
    """

    actor: str
    correlation: UUID
    causation: UUID | None = None


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
