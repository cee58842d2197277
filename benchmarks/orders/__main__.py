"""`python -m benchmarks.orders`: the morning on which sales open.

The site as in production (gunicorn with four processes of four threads, a worker), a
durable PostgreSQL (that of DATABASE_URL, or one for this run). Clients of the API place
orders for one kind of seat of one conference as fast as they are answered, each with
a key against repetition; they share the machine with the site. Then they go on until
the seats of another conference are sold out. At the end seats, orders and money must
add up.
"""

import argparse
import os
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
os.environ.setdefault("TEST_DATABASE_NAME", "benchmark_orders")

import django

from benchmarks.orders.buyers import Rush, rush
from benchmarks.postgres import database

# What was asked of an order rate on two cores.
GOAL_RATE, GOAL_P95_MS, GOAL_CLIENTS = 40, 400, 16
PLENTY, FEW = 100_000, 500


def measure(clients: list[int], seconds: float) -> tuple[list[Rush], Rush]:
    # The models need Django to be set up.
    from django.core.management import call_command  # noqa: PLC0415
    from django.test.utils import (  # noqa: PLC0415
        setup_databases,
        teardown_databases,
    )
    from django.utils import timezone  # noqa: PLC0415

    from tests.live_site import live_site  # noqa: PLC0415
    from tests.registrations.conftest import new_summit  # noqa: PLC0415

    made = setup_databases(verbosity=0, interactive=False)
    try:
        call_command("createcachetable")
        first_day = timezone.now().date() + timedelta(days=90)
        dates: dict[str, Any] = {
            "starts_on": first_day,
            "ends_on": first_day + timedelta(days=2),
        }
        summit = new_summit(quotas=(PLENTY, 100, 100), **dates)
        last_ones = new_summit("last-ones", quotas=(FEW, 100, 100), **dates)
        with tempfile.TemporaryDirectory() as folder, live_site(Path(folder)) as site:
            site.start_worker()
            place = (site.port, summit.slug, str(summit.general))
            rush(*place, clients=16, seconds=3, seats=1)  # wakes all threads up
            rushes = [
                rush(*place, clients=many, seconds=seconds, seats=1) for many in clients
            ]
            place = (site.port, last_ones.slug, str(last_ones.general))
            sold_out = rush(*place, clients=GOAL_CLIENTS, seconds=seconds, seats=3)
            assert not site.errors(), site.errors()
        call_command("check_invariants")
    finally:
        teardown_databases(made, verbosity=0)
    return rushes, sold_out


def report(rushes: list[Rush], sold_out: Rush) -> bool:
    print(f"{'clients':>8}{'orders/s':>10}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}")
    for one in rushes:
        shares = "".join(f"{one.milliseconds(share):9.0f}" for share in (50, 95, 99))
        print(f"{one.clients:8}{one.rate:10.1f}{shares}")
    print(
        f"{FEW} seats, {sold_out.clients} clients: {sold_out.reserved} taken"
        f" by {len(sold_out.placed)} orders, {len(sold_out.answers)} tries"
    )
    print(Counter(one.status for each in [*rushes, sold_out] for one in each.answers))
    refused = sum(one.refused for one in [*rushes, sold_out])
    print(f"answers that were neither an order nor a clear no: {refused}")
    met = not refused and sold_out.reserved == FEW
    for one in rushes:
        if one.clients == GOAL_CLIENTS:
            met = met and one.rate >= GOAL_RATE and one.milliseconds(95) <= GOAL_P95_MS
    print(
        f"goal: {GOAL_RATE} orders/s and p95 of {GOAL_P95_MS} ms at {GOAL_CLIENTS}"
        f" clients, all seats sold and none twice: {'met' if met else 'missed'}"
    )
    return met


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 16, 32])
    parser.add_argument("--seconds", type=float, default=10)
    chosen = parser.parse_args()
    with database():
        django.setup()
        return not report(*measure(chosen.clients, chosen.seconds))


if __name__ == "__main__":
    raise SystemExit(main())
