"""Keeps Django from believing every charset that a client claims.

Django decodes the query with it while it builds the request, so `charset=hex` fails
before any middleware could answer.
"""

from collections.abc import Callable, Iterable
from email.message import Message
from typing import Any

CHARSETS = {"", "utf-8", "utf8"}
REFUSED = "application/x-refused-charset"

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def is_ours(charset: str) -> bool:
    return charset.lower() in CHARSETS


def refuse_others(application: Application) -> Application:
    """Marks such a request, for HostileInputMiddleware to answer it."""

    def guarded(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        header = Message()
        header["Content-Type"] = environ.get("CONTENT_TYPE", "")
        if not is_ours(str(header.get_param("charset", ""))):
            environ["CONTENT_TYPE"] = REFUSED
        return application(environ, start_response)

    return guarded
