"""gunicorn's worker of threads, for clients that are slow or gone, and such that no
request of theirs can be made out."""

import contextlib
import json
import socket
import struct
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

from gunicorn.workers.gthread import (  # type: ignore[import-untyped]
    TConn,
    ThreadWorker,
)


class Worker(ThreadWorker):  # type: ignore[misc] # gunicorn has no types
    """Ends connections of clients that are waited for longer than `timeout`, and
    refuses in the form of all other refusals.

    gunicorn itself asks only whether the process lives: a client that vanishes in the
    middle of its request would keep a thread for ever. What the site does with a
    request may take longer: a file of all payments, say, or one that is sent slowly.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waits: dict[TConn, float] = {}

    @contextlib.contextmanager
    def waiting(self, conn: TConn) -> Iterator[None]:
        self.waits[conn] = time.monotonic()
        try:
            yield
        finally:
            self.waits.pop(conn, None)

    def handle(self, conn: TConn) -> Any:
        with self.waiting(conn):
            return super().handle(conn)

    def handle_request(self, req: Any, conn: TConn) -> Any:
        # Its head is there; what is waited for now is the next part of its body, and
        # that the next part of the answer is taken.
        del self.waits[conn]
        seconds = struct.pack("ll", self.cfg.timeout, 0)
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, seconds)
        source = conn.parser.unreader
        source.sock = _Watched(conn.sock, lambda: self.waiting(conn))
        try:
            return super().handle_request(req, conn)
        finally:
            source.sock = conn.sock

    def notify(self) -> None:
        """Called each second, and beside the threads."""
        super().notify()
        latest = time.monotonic() - self.cfg.timeout
        # A copy in one step: threads come and go meanwhile.
        for conn, since in list(self.waits.items()):
            if since < latest:
                # Whoever waits for the client reads the end of what he sent.
                with contextlib.suppress(OSError):
                    conn.sock.shutdown(socket.SHUT_RDWR)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        super().handle_error(req, _ProblemsOnly(client), addr, exc)


class _Watched:
    """The client's socket while the body of a request is read: each part is waited for
    anew."""

    def __init__(self, client: Any, waiting: Callable[[], Any]) -> None:
        self._client, self._waiting = client, waiting

    def recv(self, size: int) -> Any:
        with self._waiting():
            return self._client.recv(size)


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
