"""The stand-in as an HTTP server: the API, the hosted pages, and its own switches."""

import json
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from tests.stand_ins.stripe import pages
from tests.stand_ins.stripe.api import Api, NoAnswer, Request
from tests.stand_ins.stripe.books import Books
from tests.stand_ins.stripe.errors import ApiError
from tests.stand_ins.stripe.faults import Faults
from tests.stand_ins.stripe.webhooks import Webhooks

API_KEY = "sk_test_standin"
SECRET = "whsec_standin"
_PAY = re.compile(r"/pay/(cs_[A-Za-z0-9_]+)")


class StripeStandIn:
    """Listens on loopback from `start` to `stop`.

    `webhook_url`: where events are sent; without one they are only noted, and
    `webhooks.message` makes what would have been sent.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        api_key: str = API_KEY,
        secret: str = SECRET,
        webhook_url: str = "",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.api_key = api_key
        self.faults = Faults()
        self.books = Books(clock=lambda: self.clock(), livemode=False)
        self.clock = clock
        self.webhooks = Webhooks(
            secret=secret, url=webhook_url, clock=lambda: self.clock()
        )
        self.books.ears.append(self.webhooks.tell)
        self.api = Api(self.books, api_key=api_key, faults=self.faults)
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.stand_in = self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.books.pages = self.url
        self._thread = threading.Thread(target=self.serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.webhooks.close()
        self._server.shutdown()
        self._server.server_close()

    def serve(self) -> None:
        self._server.serve_forever(poll_interval=0.05)

    # What it counted

    def charges(self) -> Counter[str]:
        """How often money was taken, by what we call the payment."""
        return Counter(
            one["metadata"].get("payment", "")
            for one in self.books.all("charge", status="succeeded")
            if one["captured"]
        )

    def refunds(self) -> Counter[str]:
        """How often money was given back, by what we call the refund."""
        return Counter(
            one["metadata"].get("refund", "") for one in self.books.all("refund")
        )

    def counted(self) -> dict[str, Any]:
        return {
            "charges": self.charges(),
            "refunds": self.refunds(),
            "keys": self.api.keys.seen,
            "effects": self.api.keys.effects,
        }


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256
    stand_in: StripeStandIn

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever no longer waits for an answer is no error of ours."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer("")

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length", 0))
        self._answer(self.rfile.read(length).decode())

    def _answer(self, body: str) -> None:
        if self.path.startswith("/v1/"):
            self._answer_api(body)
        elif self.path.startswith("/stand-in/"):
            self._answer_switch(body)
        else:
            self._answer_payer(body)

    def _answer_api(self, body: str) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, body, headers)
        try:
            status, said, more = self.server.stand_in.api.answer(request)
        except NoAnswer:
            self.close_connection = True
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            return
        self._send(status, json.dumps(said), "application/json", **more)

    def _answer_payer(self, body: str) -> None:
        stand_in, shown = self.server.stand_in, _PAY.fullmatch(urlsplit(self.path).path)
        if shown is None:
            self._send(404, "<p>Nothing is here.</p>")
            return
        try:
            session = stand_in.books.session(shown[1])
        except ApiError:
            self._send(404, "<p>There is no such page.</p>")
            return
        if session["status"] != "open":
            self._send(410, pages.closed(session))
        elif self.command == "POST":
            self._take_decision(session, dict(parse_qsl(body)).get("action", ""))
        else:
            self._send(200, pages.hosted(session))

    def _take_decision(self, session: dict[str, Any], action: str) -> None:
        books = self.server.stand_in.books
        if action == "pay":
            books.pay(session["id"])
            self._send(303, "", Location=pages.success_url(session))
        elif action == "cancel" and session["cancel_url"]:
            self._send(303, "", Location=session["cancel_url"])
        elif action == "decline":
            books.decline(session["id"])
            self._send(200, pages.hosted(session, note="Your card was declined."))
        else:
            self._send(400, pages.hosted(session, note="Choose one of the buttons."))

    def _answer_switch(self, body: str) -> None:
        """For tests in another process: `counted`, `faults` and what payers do."""
        stand_in = self.server.stand_in
        asked = dict(parse_qsl(body))
        if self.path == "/stand-in/faults":
            times = asked.pop("times", None)
            kind = asked.pop("kind", "")
            stand_in.faults.set(kind, **asked, times=int(times) if times else None)
        elif self.path != "/stand-in/counted":
            self._send(404, "")
            return
        self._send(200, json.dumps(stand_in.counted()), "application/json")

    def _send(
        self, status: int, text: str, kind: str = "text/html", **headers: str
    ) -> None:
        body = text.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: what was asked is in `api.requests`."""
