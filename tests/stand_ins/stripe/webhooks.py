"""Telling of events: signed bodies, to be sent to a URL or to be taken away."""

import hashlib
import hmac
import json
import logging
import queue
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

logger = logging.getLogger(__name__)

HEADER = "Stripe-Signature"


def signature(body: bytes, *, secret: str, timestamp: float) -> str:
    """The header's value: the scheme v1, HMAC-SHA256 over time and body."""
    signed = f"{int(timestamp)}.".encode() + body
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={int(timestamp)},v1={digest}"


class Webhooks:
    """Signs events, and sends them one after the other where a URL is given."""

    def __init__(self, *, secret: str, url: str, clock: Callable[[], float]) -> None:
        self.secret = secret
        self.url = url
        self.clock = clock
        self.answers: list[tuple[str, int]] = []
        self._waiting: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._sender = threading.Thread(target=self._send_all, daemon=True)
        if url:
            self._sender.start()

    def message(
        self, event: dict[str, Any], *, timestamp: float | None = None
    ) -> tuple[bytes, dict[str, str]]:
        """Body and headers as they would be sent."""
        body = json.dumps(event, indent=2).encode()
        at = self.clock() if timestamp is None else timestamp
        return body, {HEADER: signature(body, secret=self.secret, timestamp=at)}

    def tell(self, event: dict[str, Any]) -> None:
        if self.url:
            self._waiting.put(event)

    def wait(self) -> None:
        """Until everything told so far was sent."""
        if self.url:
            self._waiting.join()

    def close(self) -> None:
        if self.url:
            self._waiting.put(None)
            self._sender.join(10)

    def _send_all(self) -> None:
        while (event := self._waiting.get()) is not None:
            self.answers.append((event["type"], self._send(event)))
            self._waiting.task_done()
        self._waiting.task_done()

    def _send(self, event: dict[str, Any]) -> int:
        body, headers = self.message(event)
        request = urllib.request.Request(  # noqa: S310 - a URL of the test's
            self.url, body, headers | {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            refused.close()
            return refused.code
        except OSError as unreachable:
            logger.warning("%s could not be delivered: %s", event["type"], unreachable)
            return 0
