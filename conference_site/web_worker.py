"""gunicorn's worker of threads, for clients that are slow or gone, and such that no
request of theirs can be made out."""

import contextlib
import json
import socket
import time
from http import HTTPStatus
from typing import Any

from gunicorn.workers.gthread import (  # type: ignore[import-untyped]
    TConn,
    ThreadWorker,
)


class Worker(ThreadWorker):  # type: ignore[misc] # gunicorn has no types
    """Ends connections whose request takes longer than `timeout`, and refuses in the
    form of all other refusals.

    gunicorn itself asks only whether the process lives: a client that vanishes in the
    middle of its request would keep a thread for ever.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.began: dict[TConn, float] = {}

    def handle(self, conn: TConn) -> Any:
        self.began[conn] = time.monotonic()
        try:
            return super().handle(conn)
        finally:
            del self.began[conn]

    def notify(self) -> None:
        """Called each second, and beside the threads."""
        super().notify()
        latest = time.monotonic() - self.cfg.timeout
        # A copy in one step: threads come and go meanwhile.
        for conn, since in list(self.began.items()):
            if since < latest:
                # Whoever waits for the client reads the end of what he sent.
                with contextlib.suppress(OSError):
                    conn.sock.shutdown(socket.SHUT_RDWR)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        super().handle_error(req, _ProblemsOnly(client), addr, exc)


class _ProblemsOnly:
    """The client's socket while gunicorn writes a page that says what is wrong."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def sendall(self, page: bytes) -> None:
        self._client.sendall(as_problem(int(page.split(b" ", 2)[1])))


def as_problem(status: int) -> bytes:
    """A whole answer (RFC 9457). It repeats nothing: who knows what was sent."""
    title = HTTPStatus(status).phrase
    problem = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": "The address, a header or the form of this request cannot be used.",
        "code": title.lower().replace(" ", "-"),
    }
    body = json.dumps(problem).encode()
    head = (
        f"HTTP/1.1 {status} {title}\r\nConnection: close\r\nCache-Control: no-store\r\n"
        f"Content-Type: application/problem+json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
