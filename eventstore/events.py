"""Events as plain frozen dataclasses, and the index of the names they are stored
under."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeVar, dataclass_transform
from uuid import UUID

T = TypeVar("T")
Json = dict[str, Any]
# One to one: the lifted data. One to many: names with data of their newest versions.
# None: the event says nothing any more.
Upcaster = Callable[[Json], Json | list[tuple[str, Json]] | None]


@dataclass_transform(frozen_default=True, kw_only_default=True)
def event(cls: type[T]) -> type[T]:
    """Make a class an event: a frozen, slotted, keyword-only dataclass."""
    return dataclass(frozen=True, slots=True, kw_only=True)(cls)


@dataclass(frozen=True, slots=True)
class Personal:
    """A field about a person: stored under that person's key alone.

    `subject` finds in the field's JSON value whom it is about, `erased` is what readers
    get once that person was erased. Without a `subject` it is free text about whoever
    the stream is about: it goes with the first of them who is erased.
    """

    subject: Callable[[Any], str] | None
    erased: Any


@dataclass(frozen=True, slots=True)
class EventType:
    """How one class of events is stored; without a class its events are dropped.

    `upcasters` maps an old schema version to what lifts its data to the next version.
    """

    name: str
    version: int
    cls: type | None
    personal: Mapping[str, Personal]
    upcasters: Mapping[int, Upcaster]


class RecordedEvent(NamedTuple):
    """An event with the facts of its recording."""

    id: UUID
    position: int
    stream: str
    version: int
    event: Any
    metadata: dict[str, Any]
    recorded_at: datetime


class UnknownEventType(Exception):
    """No class is registered under this stored name, or this class has no name."""


_by_name: dict[str, EventType] = {}
_by_class: dict[type, EventType] = {}


def register(
    name: str,
    version: int,
    cls: type | None,
    *,
    personal: Mapping[str, Personal] | None = None,
    upcasters: Mapping[int, Upcaster] | None = None,
) -> None:
    """Give an event class its stored name, which is never changed afterwards.

    A retired name has no class: its upcasters drop the event or make others of it.
    Raises ValueError if the name or the class is taken, or an upcaster is missing.
    """
    known = upcasters or {}
    if name in _by_name or cls in _by_class:
        raise ValueError(f"{name} or {cls} is registered already.")
    if sorted(known) != list(range(1, version)):
        raise ValueError(f"{name} needs one upcaster for each version below {version}.")
    _by_name[name] = kind = EventType(name, version, cls, personal or {}, known)
    if cls:
        _by_class[cls] = kind


def type_named(name: str) -> EventType:
    try:
        return _by_name[name]
    except KeyError:
        raise UnknownEventType(name) from None


def type_of(cls: type) -> EventType:
    try:
        return _by_class[cls]
    except KeyError:
        raise UnknownEventType(cls.__name__) from None


def registered_types() -> list[EventType]:
    return sorted(_by_name.values(), key=lambda kind: kind.name)
