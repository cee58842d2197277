"""A browser as the tests need it: opens pages, fills in the forms it finds there."""

import html
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

from django.test import Client

VOID = {"input", "meta", "link", "br", "hr", "img"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    text: str = ""


@dataclass
class Page:
    """A page read into what matters: text, elements, and the fields of its form."""

    status: int
    url: str
    source: str
    headers: Any
    elements: list[Element] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join(" ".join(e.text for e in self.all("#text")).split())

    def all(self, tag: str) -> list[Element]:
        return [element for element in self.elements if element.tag == tag]

    @property
    def links(self) -> list[str]:
        return [link.attributes.get("href", "") for link in self.all("a")]

    @property
    def fields(self) -> dict[str, str]:
        """What the form of the page would send if nothing was changed."""
        return self._chosen | {
            e.attributes["name"]: e.attributes.get("value", "")
            for e in self.all("input")
            if "name" in e.attributes
            and (e.attributes.get("type") != "radio" or "checked" in e.attributes)
        }

    @property
    def _chosen(self) -> dict[str, str]:
        chosen, name = {}, ""
        for e in self.elements:
            if e.tag == "select":
                name = e.attributes["name"]
            elif e.tag == "option" and "selected" in e.attributes:
                chosen[name] = e.attributes.get("value", "")
        return chosen


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop().tag != tag:
            pass

    def handle_data(self, text: str) -> None:
        if self.open and self.open[-1].tag not in {"script", "style"}:
            self.elements.append(Element("#text", {}, text))
            self.open[-1].text += text


class Browser:
    """One registrant's browser with its cookies; follows redirects."""

    def __init__(self, *, client: Client | None = None) -> None:
        self.client = client or Client()
        self.page = Page(0, "", "", {})

    def open(self, path: str, **headers: str) -> Page:
        return self._read(self.client.get(path, follow=True, headers=headers), path)

    def submit(self, **typed: Any) -> Page:
        """Send the form of the present page; names with hyphens come by `fill`."""
        return self.fill(typed)

    def fill(self, typed: dict[str, Any], path: str = "") -> Page:
        target = path or self.page.url
        sent = self.page.fields | {name: str(value) for name, value in typed.items()}
        return self._read(self.client.post(target, sent, follow=True), target)

    def choose(self, *seats: tuple[UUID, int]) -> Page:
        """Fill in quantities on the seat selection page."""
        return self.fill({f"seats-{seat_type}": count for seat_type, count in seats})

    def _read(self, response: Any, path: str) -> Page:
        source = response.content.decode()
        reader = _Reader()
        reader.feed(source)
        url = response.request["PATH_INFO"]
        self.page = Page(
            response.status_code, url, html.unescape(source), response, reader.elements
        )
        return self.page
