"""Every object there is, and every event that told of one."""

import copy
import secrets
import threading
from collections.abc import Callable, Iterator
from typing import Any

from tests.stand_ins.stripe.errors import ApiError, missing

API_VERSION = "2026-10-28.endive"
Object = dict[str, Any]


class Ledger:
    """Objects by id, in the order they were made; changing one is done under `lock`."""

    def __init__(self, *, clock: Callable[[], float], livemode: bool) -> None:
        self.clock = clock
        self.livemode = livemode
        self.lock = threading.RLock()
        self.objects: dict[str, Object] = {}
        self.events: list[Object] = []
        self.ears: list[Callable[[Object], None]] = []

    @property
    def now(self) -> int:
        return int(self.clock())

    def add(self, prefix: str, kind: str, **fields: Any) -> Object:
        mode = ("live_" if self.livemode else "test_") if prefix == "cs_" else ""
        made = {
            "id": f"{prefix}{mode}{secrets.token_hex(12)}",
            "object": kind,
            "created": self.now,
            "livemode": self.livemode,
            **fields,
        }
        self.objects[made["id"]] = made
        return made

    def get(self, kind: str, name: str, *, param: str = "id") -> Object:
        found = self.objects.get(name)
        if found is None or found["object"] != kind:
            raise missing(kind, name, param)
        return found

    def all(self, kind: str, **like: Any) -> list[Object]:
        """Newest first, as the API lists them."""
        found = [
            one
            for one in self.objects.values()
            if one["object"] == kind
            and all(one.get(name) == value for name, value in like.items())
        ]
        return found[::-1]

    def tell(self, kind: str, about: Object) -> Object:
        """Note an event, with the object as it is now."""
        event = {
            "id": f"evt_{secrets.token_hex(12)}",
            "object": "event",
            "api_version": API_VERSION,
            "created": self.now,
            "data": {"object": copy.deepcopy(about)},
            "livemode": self.livemode,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
        }
        self.events.append(event)
        for ear in self.ears:
            ear(event)
        return event

    def told(self, kind: str, about: str = "") -> Iterator[Object]:
        """Events of a kind, oldest first, perhaps only those of one object."""
        for event in self.events:
            if event["type"] == kind and event["data"]["object"]["id"] in (
                about or event["data"]["object"]["id"]
            ):
                yield event

    def expanded(self, one: Object, paths: list[str]) -> Object:
        """A copy with ids replaced by what they name; of events, which never change,
        none is needed."""
        if not paths and one.get("url") == "/v1/events":
            return one
        shown = copy.deepcopy(one)
        for path in sorted(paths):
            self._expand(shown, path.split("."))
        return shown

    def _expand(self, place: Any, path: list[str]) -> None:
        if isinstance(place, list):
            for one in place:
                self._expand(one, path)
            return
        head, *rest = path
        if head not in place:
            raise ApiError(
                f"This property cannot be expanded ({head}).",
                code="property_cannot_be_expanded",
            )
        if isinstance(place[head], str):
            place[head] = copy.deepcopy(self.objects[place[head]])
        if rest and place[head] is not None:
            self._expand(place[head], rest)
