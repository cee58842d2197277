"""Lists by cursor: `{"next", "previous", "results"}`.

A cursor names the last row seen, not a number of rows to skip: rows that come and go
meanwhile make no row appear twice or be left out.
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

LARGEST_PAGE = 200

T = TypeVar("T")
# What rows are sorted by; it ends with the row's id, so no two rows share it.
Position = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page and the absolute addresses of its neighbours."""

    results: Sequence[T]
    next: str | None
    previous: str | None

    def with_results(self, results: Any) -> dict[str, Any]:
        return {"next": self.next, "previous": self.previous, "results": results}


@dataclass(frozen=True, slots=True)
class Cursor:
    """Rows after (or before) the one at this position, in this order."""

    direction: Literal["after", "before"]
    order: str
    position: Position

    def encoded(self) -> str:
        parts = [self.direction, self.order, *self.position]
        text = json.dumps(parts, separators=(",", ":"))
        return urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def decoded(cls, text: str, shape: tuple[type, ...], order: str) -> "Cursor":
        """Raises ValidationError for what we did not make, or made for other rows."""
        try:
            raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
            direction, made_for, *position = json.loads(raw)
        except (NotBase64, ValueError, TypeError, RecursionError) as error:
            raise _invalid_cursor() from error
        fits = (
            direction in ("after", "before")
            and made_for == order
            and tuple(map(type, position)) == shape
        )
        if not fits:
            raise _invalid_cursor()
        return cls(direction, order, tuple(position))


def _invalid_cursor() -> ValidationError:
    return ValidationError({"cursor": [_("Use a cursor from `next` or `previous`.")]})


def page_size(request: Request, default: int) -> int:
    """`?page_size=`, at most 200. Raises ValidationError for anything but 1 and up."""
    sent = request.query_params.get("page_size")
    if sent is None:
        return default
    if not re.fullmatch(r"[0-9]{1,100}", sent) or int(sent) == 0:
        raise ValidationError({"page_size": [_("Send a whole number from 1 to 200.")]})
    return min(int(sent), LARGEST_PAGE)


def page_of(
    request: Request,
    rows: Sequence[T],
    *,
    position: Callable[[T], Position],
    order: str = "",
    default_size: int = LARGEST_PAGE,
) -> Page[T]:
    """The page of these rows that the request asks for.

    `order` is the name of the ordering, with a leading minus for descending.
    Raises ValidationError for a bad `cursor` or `page_size`.
    """
    size = page_size(request, default_size)
    ordered = sorted(rows, key=position, reverse=order.startswith("-"))
    sent = request.query_params.get("cursor")
    if sent is None or not ordered:
        return _page(request, ordered[:size], order, position, 0, len(ordered))
    shape = tuple(map(type, position(ordered[0])))
    start = _start(Cursor.decoded(sent, shape, order), ordered, position, size)
    shown = ordered[start : start + size]
    return _page(request, shown, order, position, start, len(ordered))


def _start(
    cursor: Cursor, ordered: list[T], position: Callable[[T], Position], size: int
) -> int:
    descending = cursor.order.startswith("-")

    def is_beyond(row: T) -> bool:
        """Whether the row comes after the cursor, or is the one it points before."""
        if position(row) == cursor.position:
            return cursor.direction == "before"
        return (position(row) < cursor.position) is descending

    beyond = (index for index, row in enumerate(ordered) if is_beyond(row))
    border = next(beyond, len(ordered))
    return border if cursor.direction == "after" else max(border - size, 0)


def _page(
    request: Request,
    shown: list[T],
    order: str,
    position: Callable[[T], Position],
    start: int,
    total: int,
) -> Page[T]:
    following = previous = None
    if shown and start + len(shown) < total:
        following = Cursor("after", order, position(shown[-1]))
    if shown and start > 0:
        previous = Cursor("before", order, position(shown[0]))
    return Page(shown, _address(request, following), _address(request, previous))


def _address(request: Request, cursor: Cursor | None) -> str | None:
    """From the configured origin: a Host header never ends up in a link."""
    if cursor is None:
        return None
    query = {**request.query_params.dict(), "cursor": cursor.encoded()}
    return f"{settings.BASE_URL}{request.path}?{urlencode(query)}"
