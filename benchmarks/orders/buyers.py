"""Many clients of the API, each placing one order after the other."""

import json
import multiprocessing
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from uuid import uuid4

# Not forked: the site's connections are not the clients'.
CONTEXT = multiprocessing.get_context("spawn")
REGISTRANT = {
    "first_name": "Registrant",
    "last_name": "Größe",
    "email": "registrant@example.org",
}


@dataclass
class Answer:
    status: int
    seconds: float
    reserved: int


@dataclass
class Rush:
    """What so many clients met with in so many seconds."""

    clients: int
    seconds: float
    answers: list[Answer]

    @property
    def placed(self) -> list[Answer]:
        return [one for one in self.answers if one.status == 201]

    @property
    def rate(self) -> float:
        return len(self.placed) / self.seconds

    @property
    def refused(self) -> int:
        """Answers that are neither an order nor a clear no: there must be none."""
        return sum(one.status not in (201, 409) for one in self.answers)

    @property
    def reserved(self) -> int:
        return sum(one.reserved for one in self.answers)

    def milliseconds(self, share: int) -> float:
        took = [one.seconds for one in self.placed]
        return statistics.quantiles(took, n=100, method="inclusive")[share - 1] * 1000


def rush(
    port: int, slug: str, seat_type: str, *, clients: int, seconds: float, seats: int
) -> Rush:
    """Everybody asks for `seats` of one kind, all at the same moment and again."""
    # A process of their own, so that the clients do not wait for each other's Python
    # where the site would have been the one to wait for.
    with CONTEXT.Pool(1) as pool:
        answers = pool.apply(_all, (port, slug, seat_type, clients, seconds, seats))
    return Rush(clients, seconds, answers)


def _all(
    port: int, slug: str, seat_type: str, clients: int, seconds: float, seats: int
) -> list[Answer]:
    end = time.monotonic() + seconds

    def buy() -> list[Answer]:
        line = HTTPConnection("127.0.0.1", port, timeout=60)
        answers = []
        while time.monotonic() < end:
            answers.append(_place(line, slug, seat_type, seats))
        line.close()
        return answers

    with ThreadPoolExecutor(clients) as pool:
        buyers = [pool.submit(buy) for _ in range(clients)]
        return [answer for one in buyers for answer in one.result()]


def _place(line: HTTPConnection, slug: str, seat_type: str, seats: int) -> Answer:
    body = {
        "items": [{"seat_type": seat_type, "quantity": seats}],
        "registrant": REGISTRANT,
    }
    headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
    began = time.perf_counter()
    line.request(
        "POST", f"/api/v1/conferences/{slug}/orders/", json.dumps(body), headers
    )
    answer = line.getresponse()
    said = answer.read()
    seconds = time.perf_counter() - began
    order: dict[str, Any] = json.loads(said) if answer.status == 201 else {}
    reserved = sum(one["reserved"] for one in order.get("lines", []))
    return Answer(answer.status, seconds, reserved)
