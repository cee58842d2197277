"""Reads YAML or JSON into nodes that know where they stand.

Scalars stay the text that was written: a price of 199.00 never becomes a float, and a
conference may be named 2024.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from django.utils.translation import gettext as _

BOOLEAN = "tag:yaml.org,2002:bool"
NULL = "tag:yaml.org,2002:null"
DEEPEST = 8


class FileInvalid(Exception):
    """What is wrong with a file, and where: `line 12: seat_types[2].price: …`."""

    def __init__(self, message: str, *, path: str = "", line: int | None = None):
        where = [_("line %d") % line] if line else []
        super().__init__(": ".join([*where, *([path] if path else []), message]))


@dataclass(frozen=True, slots=True)
class Node:
    content: Any
    path: str
    line: int | None = None

    def invalid(self, message: str) -> FileInvalid:
        return FileInvalid(message, path=self.path, line=self.line)

    def child(self, key: str | int) -> str:
        if isinstance(key, int):
            return f"{self.path}[{key}]"
        return f"{self.path}.{key}" if self.path else key


def read(text: str, *, is_json: bool) -> Node:
    """Raises FileInvalid for whatever cannot be stored or is ambiguous."""
    return _read_json(text) if is_json else _read_yaml(text)


def _read_json(text: str) -> Node:
    try:
        content = json.loads(
            text, parse_float=str, parse_int=str, object_pairs_hook=_Pairs
        )
    except json.JSONDecodeError as error:
        raise FileInvalid(error.msg, line=error.lineno) from error
    except RecursionError as error:
        raise FileInvalid(_("This is nested too deeply.")) from error
    return _from_json(content, Node(None, ""))


class _Pairs(list[tuple[str, Any]]):
    """An object with its keys as written, doubles included."""


def _from_json(content: Any, place: Node) -> Node:
    if isinstance(content, _Pairs):
        pairs = [(key, place, value) for key, value in content]
        return _mapping(pairs, place, _from_json)
    if isinstance(content, list):
        children = [
            _from_json(value, Node(None, place.child(index)))
            for index, value in enumerate(content)
        ]
        return Node(children, place.path)
    return _scalar(content, place)


class _Loader(yaml.SafeLoader):
    """Without aliases: a small file could stand for a huge one."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event: yaml.Event = self.peek_event()  # type: ignore[no-untyped-call]  # so in its stubs
            line = event.start_mark.line + 1 if event.start_mark else None
            raise FileInvalid(_("Aliases (*name) are not supported."), line=line)
        return super().compose_node(parent, index)


def _read_yaml(text: str) -> Node:
    loader = None
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 1 if mark else None
        raise FileInvalid(error.problem or str(error), line=line) from error
    except yaml.YAMLError as error:
        raise FileInvalid(_("This is no YAML: %s") % error) from error
    except RecursionError as error:
        raise FileInvalid(_("This is nested too deeply.")) from error
    finally:
        if loader:
            loader.dispose()
    if root is None:
        raise FileInvalid(_("The file is empty."))
    return _from_yaml(root, Node(None, "", 1))


def _from_yaml(node: yaml.Node, place: Node) -> Node:
    line = node.start_mark.line + 1
    here = Node(None, place.path, line)
    if isinstance(node, yaml.MappingNode):
        pairs = [
            (str(key.value), Node(None, "", key.start_mark.line + 1), value)
            for key, value in node.value
        ]
        return _mapping(pairs, here, _from_yaml)
    if isinstance(node, yaml.SequenceNode):
        children = [
            _from_yaml(value, Node(None, here.child(index), line))
            for index, value in enumerate(node.value)
        ]
        return Node(children, place.path, line)
    if node.tag == BOOLEAN:
        return _scalar(yaml.SafeLoader.bool_values[node.value.lower()], here)
    return _scalar(None if node.tag == NULL else node.value, here)


def _scalar(content: str | bool | None, place: Node) -> Node:
    """PostgreSQL takes neither U+0000 nor half of a surrogate pair."""
    text = content if isinstance(content, str) else ""
    if any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in text):
        raise place.invalid(_("This text has characters that cannot be stored."))
    return Node(content, place.path, place.line)


def _mapping(pairs: list[tuple[str, Node, Any]], place: Node, convert: Any) -> Node:
    children: dict[str, Node] = {}
    for key, where, value in pairs:
        child = Node(None, place.child(key), where.line)
        if key in children:
            raise child.invalid(_("This key stands here twice."))
        if child.path.count(".") > DEEPEST:
            raise child.invalid(_("This is nested too deeply."))
        children[key] = convert(value, child)
    return Node(children, place.path, place.line)


def keys_of(node: Node) -> Mapping[str, Node]:
    if not isinstance(node.content, dict):
        raise node.invalid(_("Keys with values are expected here."))
    return node.content


def items_of(node: Node) -> list[Node]:
    if not isinstance(node.content, list):
        raise node.invalid(_("A list is expected here."))
    return node.content
