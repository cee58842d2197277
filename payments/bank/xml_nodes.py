"""Reads XML into nodes that know their line; refuses what a statement never has.

Entities and document types are refused before they are expanded, so that neither a
small file grows to gigabytes nor a foreign file is read.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler, feature_namespaces
from xml.sax.xmlreader import InputSource

from defusedxml import DefusedXmlException
from defusedxml.sax import make_parser
from django.utils.translation import gettext as _

from payments.bank.entries import StatementInvalid

# A statement is about twelve deep.
DEEPEST = 40
MOST_NODES = 2_000_000


@dataclass(slots=True)
class Node:
    """An element by its local name, whatever version its namespace says."""

    name: str
    namespace: str
    line: int
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.texts).strip()

    def all(self, path: str) -> Iterator[Node]:
        """The descendants at the end of a path such as NtryDtls/TxDtls."""
        first, _slash, rest = path.partition("/")
        for child in self.children:
            if child.name == first:
                if rest:
                    yield from child.all(rest)
                else:
                    yield child

    def one(self, path: str) -> Node | None:
        return next(self.all(path), None)

    def said(self, *paths: str) -> str:
        """The first text that one of these paths leads to."""
        texts = (node.text for path in paths for node in self.all(path))
        return next(filter(None, texts), "")


class _Tree(ContentHandler):
    def __init__(self) -> None:
        super().__init__()
        self.root: Node | None = None
        self.open: list[Node] = []
        self.count = 0
        self.locator: Any = None

    def setDocumentLocator(self, locator: Any) -> None:  # noqa: N802 (of the base)
        self.locator = locator

    def startElementNS(  # noqa: N802 (of the base)
        self, name: tuple[str | None, str], qname: str | None, attrs: Any
    ) -> None:
        node = Node(name[1], name[0] or "", self.locator.getLineNumber())
        node.attributes = {key[1]: value for key, value in attrs.items()}
        self.count += 1
        if len(self.open) >= DEEPEST or self.count > MOST_NODES:
            raise StatementInvalid(_("Line %d: this is no statement.") % node.line)
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.root = node
        self.open.append(node)

    def endElementNS(  # noqa: N802 (of the base)
        self, name: tuple[str | None, str], qname: str | None
    ) -> None:
        self.open.pop()

    def characters(self, content: str) -> None:
        if self.open:
            self.open[-1].texts.append(content)


def read(content: bytes) -> Node:
    """Raises StatementInvalid with the line."""
    tree = _Tree()
    parser = make_parser()
    parser.forbid_dtd = True
    parser.setFeature(feature_namespaces, True)
    parser.setContentHandler(tree)
    source = InputSource()
    source.setByteStream(io.BytesIO(content))
    try:
        parser.parse(source)
    except DefusedXmlException as refused:
        raise StatementInvalid(
            _(
                "The file has a document type or entities, which no bank's statement"
                " has. Export it from your bank again."
            )
        ) from refused
    except (SAXParseException, LookupError, ValueError) as broken:
        raise StatementInvalid(_broken(broken)) from broken
    if tree.root is None:
        raise StatementInvalid(_("The file is empty."))
    return tree.root


def _broken(broken: Exception) -> str:
    place = broken.getLineNumber() if isinstance(broken, SAXParseException) else None
    if not place:
        return _("The file is no XML that can be read. Export it from your bank again.")
    return _(
        "Line %d: the XML breaks off or is damaged there. Export the file from your"
        " bank again and do not edit it."
    ) % (place)
