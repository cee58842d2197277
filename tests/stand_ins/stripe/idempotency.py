"""Idempotency keys: the same request again gets the same answer, also a 500."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.stand_ins.stripe.errors import ApiError

Answer = tuple[int, dict[str, Any]]


@dataclass
class Stored:
    request: object
    answer: Answer | None = None  # None while the first request is carried out


class Keys:
    """What was answered under each key, how often it was used and what it effected."""

    def __init__(self) -> None:
        self.stored: dict[str, Stored] = {}
        self.seen: Counter[str] = Counter()
        self.effects: Counter[str] = Counter()
        self._lock = threading.Lock()

    def once(
        self, key: str, request: object, carry_out: Callable[[], Answer]
    ) -> tuple[Answer, bool]:
        """The answer, and whether it is that of an earlier request."""
        with self._lock:
            self.seen[key] += 1
            stored = self.stored.get(key)
            if stored is None:
                stored = self.stored[key] = Stored(request)
            else:
                return self._earlier(key, stored, request), True
        try:
            stored.answer = carry_out()
        except ApiError as refused:
            if not refused.is_stored:
                with self._lock:
                    del self.stored[key]
                raise
            stored.answer = refused.status, refused.body
        except BaseException:
            with self._lock:
                del self.stored[key]
            raise
        return stored.answer, False

    def _earlier(self, key: str, stored: Stored, request: object) -> Answer:
        if stored.request != request:
            raise ApiError(
                "Keys for idempotent requests can only be used with the same"
                f" parameters they were first used with. Try another than '{key}'.",
                kind="idempotency_error",
            )
        if stored.answer is None:
            raise ApiError(
                f"There is another request in progress with the key '{key}'.",
                status=409,
                code="idempotency_key_in_use",
            )
        return stored.answer

    def is_answered(self, key: str) -> bool:
        with self._lock:
            return key in self.stored and self.stored[key].answer is not None

    def forget(self) -> None:
        """As after a day: an old key is a new one."""
        with self._lock:
            self.stored.clear()

    def count_effect(self, key: str) -> None:
        with self._lock:
            self.effects[key] += 1
