"""`python -m benchmarks.payments.callbacks`: how long Stripe waits for our answer.

The site as in production (gunicorn, four worker processes), a real PostgreSQL (that of
DATABASE_URL, or one for this run), Stripe's stand-in. For each order its callback is
sent twenty times at once; the first confirms the order, the others are repetitions.
"""

import argparse
import json
import os
import statistics
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.client import HTTPConnection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
os.environ.setdefault("TEST_DATABASE_NAME", "benchmark_callbacks")

import django

from benchmarks.postgres import database

GOAL = 0.2
WARM_UP = 3  # orders whose callbacks wake the worker processes up
URL = "/payments/callbacks/stripe/"


@dataclass
class Measured:
    """Seconds until the answer, by what it was."""

    applied: list[float] = field(default_factory=list)
    repeated: list[float] = field(default_factory=list)

    @property
    def all(self) -> list[float]:
        return self.applied + self.repeated


def percentile(seconds: list[float], share: int) -> float:
    return statistics.quantiles(seconds, n=100, method="inclusive")[share - 1]


def send_at_once(
    port: int, message: tuple[bytes, dict[str, str]], *, times: int, into: Measured
) -> None:
    """Each on a connection of its own, as Stripe's machines would."""
    body, headers = message
    barrier = threading.Barrier(times)

    def send() -> None:
        line = HTTPConnection("127.0.0.1", port, timeout=30)
        barrier.wait()
        began = time.perf_counter()
        line.request("POST", URL, body, headers)
        answer = line.getresponse()
        said = answer.read()
        seconds = time.perf_counter() - began
        line.close()
        assert answer.status == 200, said
        is_first = json.loads(said)["result"] == "applied"
        (into.applied if is_first else into.repeated).append(seconds)

    threads = [threading.Thread(target=send) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def measure(orders: int, times: int) -> Measured:
    # The models need Django to be set up.
    from benchmarks.payments.paid_site import paid_site  # noqa: PLC0415

    measured = Measured()
    with ExitStack() as stack:
        site, messages = stack.enter_context(paid_site(orders + WARM_UP))
        for number, message in enumerate(messages):
            into = measured if number >= WARM_UP else Measured()
            send_at_once(site.port, message, times=times, into=into)
    assert len(measured.applied) == orders, "each order is confirmed once"
    return measured


def report(measured: Measured, *, times: int) -> None:
    print(f"{times} at once, {len(measured.applied)} orders, {os.cpu_count()} cores")
    print(f"{'':24}{'p50':>9}{'p95':>9}{'max':>9}")
    for name, seconds in (
        ("the one with the effect", measured.applied),
        ("repetitions", measured.repeated),
        ("all", measured.all),
    ):
        if len(seconds) < 2:
            continue
        figures = (percentile(seconds, 50), percentile(seconds, 95), max(seconds))
        print(f"{name:24}" + "".join(f"{one * 1000:6.0f} ms" for one in figures))
    met = "met" if percentile(measured.all, 95) < GOAL else "missed"
    print(f"goal: p95 of all below {GOAL * 1000:.0f} ms: {met}")
    print(json.dumps({"p95_ms": round(percentile(measured.all, 95) * 1000, 1)}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=50)
    parser.add_argument("--times", type=int, default=20)
    chosen = parser.parse_args()
    with database():
        django.setup()
        report(measure(chosen.orders, chosen.times), times=chosen.times)


if __name__ == "__main__":
    main()
