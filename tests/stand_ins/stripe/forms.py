"""Nested parameters as the API takes them: `line_items[0][quantity]=1`."""

import re
from typing import Any
from urllib.parse import parse_qsl

from tests.stand_ins.stripe.errors import (
    ApiError,
    missing_parameter,
    unknown_parameter,
    wrong_integer,
)

_PART = re.compile(r"\[([^\[\]]*)\]")


def decoded(text: str) -> dict[str, Any]:
    """Lists stay dictionaries by index: `values_of` gives their values in order."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        head = name.split("[", 1)[0]
        path = [head, *_PART.findall(name)]
        place = tree
        for part in path[:-1]:
            place = place.setdefault(part, {})
        last = path[-1] or str(len(place))
        place[last] = value
    return tree


def values_of(tree: object) -> list[Any]:
    if not isinstance(tree, dict):
        return []
    return [tree[key] for key in sorted(tree, key=int)]


def only(tree: dict[str, Any], *known: str) -> None:
    """The real API refuses what it does not know; so typing errors show here."""
    for name in tree:
        if name not in known:
            raise unknown_parameter(name)


def required(tree: dict[str, Any], *path: str) -> Any:
    place: Any = tree
    for part in path:
        place = place.get(part) if isinstance(place, dict) else None
        if place in (None, ""):
            head, *rest = path
            raise missing_parameter(head + "".join(f"[{one}]" for one in rest))
    return place


def integer(name: str, value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        raise wrong_integer(name, value) from None


def metadata_of(tree: dict[str, Any]) -> dict[str, str]:
    metadata = tree.get("metadata") or {}
    for key, value in metadata.items():
        if len(key) > 40 or len(value) > 500:
            raise ApiError("Metadata keys have 40 characters and values 500 at most.")
    return dict(metadata)
