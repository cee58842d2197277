"""JSON as strictly as it is defined, within limits that no honest client meets.

A body that stock parsing would carry as far as the database (NUL, lone surrogates,
numbers beyond all columns, bottomless nesting) is refused before anything reads it.
"""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from itertools import chain
from typing import IO, Any

from django.conf import settings
from django.http import UnreadablePostError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

MAX_DEPTH = 32
MAX_KEYS = 1_000
MAX_INTEGER = 2**63 - 1
# More digits than this are no number of ours, and int() takes quadratic time over them.
MAX_NUMBER_LENGTH = 40
MAX_EXPONENT = 30

# PostgreSQL cannot store NUL, and UTF-8 has no form for half of a surrogate pair.
FORBIDDEN = re.compile("[\x00\ud800-\udfff]")


class MalformedBody(exceptions.ParseError):
    """The body cannot be accepted as JSON; the sentence says why."""

    default_code = "malformed-body"


class LengthRequired(exceptions.APIException):
    """The body comes in pieces: Django would read it as an empty one."""

    status_code = 411
    default_detail = gettext_lazy("Send the body with a Content-Length.")
    default_code = "length-required"


class BodyTooLarge(exceptions.APIException):
    """The body is longer than settings.DATA_UPLOAD_MAX_MEMORY_SIZE."""

    status_code = 413
    default_detail = gettext_lazy("A body may have up to 1,000,000 bytes.")
    default_code = "body-too-large"


class StrictJSONParser(JSONParser):
    """Parses a JSON object in UTF-8.

    Raises MalformedBody, BodyTooLarge, or UnsupportedMediaType for another charset.
    """

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        request: Request = (parser_context or {})["request"]
        _refuse_other_charsets(request)
        _refuse_codings(request)
        return parsed(_text(_read(stream)))


def _refuse_other_charsets(request: Request) -> None:
    charset = (request.content_params or {}).get("charset", "utf-8")
    if charset.strip("\"'").lower() not in {"utf-8", "utf8"}:
        raise exceptions.UnsupportedMediaType(
            request.content_type, _("JSON is sent in UTF-8.")
        )


def _refuse_codings(request: Request) -> None:
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise exceptions.UnsupportedMediaType(
            request.content_type, _("Send the body without Content-Encoding.")
        )


def _read(stream: IO[bytes]) -> bytes:
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    try:
        body = stream.read(limit + 1)
    except UnreadablePostError as error:
        raise MalformedBody(_("The body ended before its end.")) from error
    if len(body) > limit:
        raise BodyTooLarge
    return body


def _text(body: bytes) -> str:
    if body.startswith(b"\xef\xbb\xbf"):
        raise MalformedBody(_("The body starts with a byte order mark."))
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedBody(_("The body is not UTF-8.")) from error


def parsed(text: str) -> dict[str, Any]:
    """The JSON object that the text is. Raises MalformedBody."""
    keys = _KeyCount()
    try:
        value = json.loads(
            text,
            object_pairs_hook=keys.object_of,
            parse_int=_integer,
            parse_float=_decimal,
            parse_constant=_no_constant,
        )
    except RecursionError as error:
        raise MalformedBody(_too_deep()) from error
    except json.JSONDecodeError as error:
        raise MalformedBody(
            _("The body is not JSON: line %(line)s, column %(column)s.")
            % {"line": error.lineno, "column": error.colno}
        ) from error
    if not isinstance(value, dict):
        raise MalformedBody(_("The body must be a JSON object."))
    _inspect(value)
    return value


class _KeyCount:
    """Builds objects, and refuses repeated keys and too many of them."""

    def __init__(self) -> None:
        self.keys = 0

    def object_of(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        self.keys += len(pairs)
        if self.keys > MAX_KEYS:
            raise MalformedBody(_("The body has more than 1,000 keys."))
        made = dict(pairs)
        # Two readers of a repeated key may each take another value for the true one.
        if len(made) < len(pairs):
            raise MalformedBody(_("The body repeats a key."))
        return made


def _integer(digits: str) -> int:
    if len(digits) > MAX_NUMBER_LENGTH or abs(int(digits)) > MAX_INTEGER:
        raise MalformedBody(_out_of_range())
    return int(digits)


def _decimal(digits: str) -> Decimal:
    exponent = re.split("[eE]", digits)[1:]
    if len(digits) > MAX_NUMBER_LENGTH or (
        exponent and abs(int(exponent[0])) > MAX_EXPONENT
    ):
        raise MalformedBody(_out_of_range())
    return Decimal(digits)


def _no_constant(name: str) -> None:
    raise MalformedBody(_("%(name)s is not a JSON value.") % {"name": name})


def _out_of_range() -> str:
    return _("The body has a number that is out of range.")


def _too_deep() -> str:
    return _("The body is nested deeper than 32 levels.")


def _inspect(value: dict[str, Any]) -> None:
    """Walks without recursion: the depth is what is in question. Numbers are only
    passed by, for a body may have half a million."""
    waiting: list[tuple[Any, int]] = [(value, 1)]
    while waiting:
        part, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise MalformedBody(_too_deep())
        for each in chain(part, part.values()) if type(part) is dict else part:
            kind = type(each)
            if kind is str and FORBIDDEN.search(each):
                raise MalformedBody(_("The body has a NUL or half a character."))
            if kind is dict or kind is list:
                waiting.append((each, depth + 1))


class JSONNegotiation(DefaultContentNegotiation):
    """Answers are JSON, whatever is preferred, if JSON is accepted at all.

    `?format=` is an ordinary parameter, and whoever accepts problems accepts JSON.
    """

    def select_renderer(  # type: ignore[override] # the stubs want a list of types
        self,
        request: Request,
        renderers: list[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        renderer = renderers[0]
        main, _sub = renderer.media_type.split("/")
        fitting = {renderer.media_type, "application/problem+json", f"{main}/*", "*/*"}
        accepted = {
            token.split(";")[0].strip().lower()
            for token in self.get_accept_list(request)
        }
        if not any(accepted) or accepted & fitting:
            return renderer, renderer.media_type
        raise exceptions.NotAcceptable(
            _("Answers are %(type)s.") % {"type": renderer.media_type}
        )
