"""Events as plain frozen dataclasses, and the index of the names they are stored
under."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, dataclass_transform
from uuid import UUID

T = TypeVar("T")
Upcaster = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass_transform(frozen_default=True, kw_only_default=True)
def event(cls: type[T]) -> type[T]:
    """Make a class an event: a frozen, slotted, keyword-only dataclass."""
    return dataclass(frozen=True, slots=True, kw_only=True)(cls)


@dataclass(frozen=True, slots=True)
class EventType:
    """How one class of events is stored.

    `personal` names the fields that hold data about a person. `upcasters` maps an old
    schema version to the function that lifts its data to the next version.
    """

    name: str
    version: int
    cls: type
    personal: tuple[str, ...]
    upcasters: Mapping[int, Upcaster]


@dataclass(frozen=True, slots=True)
class RecordedEvent:
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
    cls: type,
    *,
    personal: tuple[str, ...] = (),
    upcasters: Mapping[int, Upcaster] | None = None,
) -> None:
    """Give an event class its stored name, which is never changed afterwards.

    Raises ValueError if the name or the class is taken, or an upcaster is missing.
    """
    known = upcasters or {}
    if name in _by_name or cls in _by_class:
        raise ValueError(f"{name} or {cls.__name__} is registered already.")
    if sorted(known) != list(range(1, version)):
        raise ValueError(f"{name} needs one upcaster for each version below {version}.")
    _by_name[name] = _by_class[cls] = EventType(name, version, cls, personal, known)


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
