"""Switches for what can go wrong between us and the provider."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

KINDS = (
    *("", "down", "slow", "busy", "fail-before", "fail-after", "lose-answer"),
    "refuse",
)


def _never() -> bool:
    return False


@dataclass
class Faults:
    """One fault at a time, for all requests or some of them.

    - `down`: the connection is closed without an answer and nothing is done
    - `slow`: the request arrives after `seconds`, or as soon as `until` is true
    - `busy`: it is carried out for so long, and its key is in use meanwhile
    - `fail-before`, `fail-after`: 500 instead of doing it, or after having done it
    - `lose-answer`: it is done, and then the connection is closed
    - `refuse`: 400, as when the balance does not cover a refund
    """

    kind: str = ""
    seconds: float = 30
    until: Callable[[], object] = _never
    only: str = ""  # the beginning of "POST /v1/refunds", say
    times: int | None = None  # how often; None is always
    refunds_stay_pending: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def set(self, kind: str, **how: Any) -> None:
        assert kind in KINDS, kind
        with self._lock:
            self.kind = kind
            self.seconds = float(how.get("seconds", 30))
            self.until = how.get("until", _never)
            self.only = how.get("only", "")
            self.times = how.get("times")

    def clear(self) -> None:
        self.set("")
        self.refunds_stay_pending = False

    def next(self, request: str) -> str:
        """The fault that this request meets, counted."""
        with self._lock:
            if not self.kind or not request.startswith(self.only):
                return ""
            if self.times is not None:
                if self.times <= 0:
                    return ""
                self.times -= 1
            return self.kind

    def take_time(self) -> None:
        """As long as a slow or busy one lasts."""
        until, end = self.until, time.monotonic() + self.seconds
        while time.monotonic() < end and not until():
            time.sleep(0.01)
