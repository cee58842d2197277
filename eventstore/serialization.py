"""Events to JSON and back; old data is lifted by upcasters before it is decoded."""

from typing import Any

import msgspec

from eventstore import events


def dump(event: Any) -> dict[str, Any]:
    """Turn an event into JSON values: Decimal, UUID and datetime become strings."""
    data: dict[str, Any] = msgspec.to_builtins(event, str_keys=True)
    return data


def load(name: str, schema_version: int, data: dict[str, Any]) -> Any:
    """Make the event again from what was stored, at whatever version that was.

    Raises UnknownEventType for a name nobody registered, and msgspec.ValidationError,
    which names the path, for data that does not fit.
    """
    kind = events.type_named(name)
    for version in range(schema_version, kind.version):
        data = kind.upcasters[version](data)
    return msgspec.convert(data, kind.cls, strict=False)
