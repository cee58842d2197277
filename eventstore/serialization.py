"""Events to JSON and back; old data is lifted by upcasters before it is decoded."""

from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec

from eventstore import events

# One JSON text for one value, whoever writes it: digests are made of it.
canonical = msgspec.json.Encoder(order="sorted").encode
Opener = Callable[[Any], Any]
SEALED = {"person", "sealed"}


class Erased(Exception):
    """The person a sealed value is about was erased."""


def dump(event: Any) -> dict[str, Any]:
    """Turn an event into JSON values: Decimal, UUID and datetime become strings."""
    plain: dict[str, Any] = msgspec.to_builtins(event, str_keys=True)
    return plain


@cache
def decoder(cls: type) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(cls, strict=False)


def load(
    name: str, schema_version: int, text: str, open_sealed: Opener | None = None
) -> list[Any]:
    """Make the event again from what was stored, at whatever version that was.

    One event as a rule; none or several where an upcaster says so. Raises
    UnknownEventType for a name nobody registered, and msgspec.ValidationError, which
    names the path, for data that does not fit.
    """
    kind = events.type_named(name)
    if schema_version == kind.version and kind.cls and not kind.personal:
        return [decoder(kind.cls).decode(text)]
    return _lifted(kind, schema_version, opened(name, text, open_sealed))


def opened(name: str, text: str, open_sealed: Opener | None) -> dict[str, Any]:
    """What was stored under this name, with its sealed fields opened."""
    stored: dict[str, Any] = msgspec.json.decode(text)
    for field, value in stored.items():
        if open_sealed and isinstance(value, dict) and value.keys() == SEALED:
            try:
                stored[field] = open_sealed(value)
            except Erased:
                stored[field] = events.type_named(name).personal[field].erased
    return stored


def _lifted(kind: events.EventType, version: int, stored: dict[str, Any]) -> list[Any]:
    for old in range(version, kind.version):
        lifted = kind.upcasters[old](stored)
        if lifted is None:
            return []
        if isinstance(lifted, list):
            parts = [(events.type_named(name), part) for name, part in lifted]
            return [
                made for part, it in parts for made in _lifted(part, part.version, it)
            ]
        stored = lifted
    if kind.cls is None:
        return []
    return [msgspec.convert(stored, kind.cls, strict=False)]
