"""A site of three answers, for clients that take their time."""

import time
from collections.abc import Callable, Iterable
from typing import Any

LONG = 6.0
PART = b"x" * 65_536


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """`/large` never fits into a socket's buffers; `/long` is worked on for long."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    match environ["PATH_INFO"]:
        case "/large":
            return (PART for _ in range(2_000))
        case "/long":
            time.sleep(LONG)
    return [environ["wsgi.input"].read() or b"nothing"]
