"""The seats of one conference: 32 writers, and no slower with 100 000 orders."""

from dataclasses import asdict
from typing import Any

from eventstore import store
from registrations.domain.seats_availability import SeatsAvailability
from tests.eventstore.proofs.cluster import Cluster
from tests.eventstore.proofs.hot_stream import Rush, fill, rush
from tests.registrations.conftest import new_summit

WRITERS = 32
QUOTA = 10_000_000
P99_MS = 200
# What counts as flat: the last size against the first.
FLAT = 0.9


def hot_stream(_: Cluster, small: bool) -> dict[str, Any]:
    summit = new_summit()
    with store.change(SeatsAvailability, summit.id) as seats:
        seats.set_quota(summit.general, QUOTA)
    rounds: list[Rush] = []
    for orders in (100, 2_000) if small else (100, 10_000, 100_000):
        fill(summit.id, summit.general, orders=orders)
        rounds += [
            rush(
                summit.id,
                summit.general,
                writers=WRITERS,
                seconds=3 if small else 10,
                read_models=read_models,
            )
            for read_models in (False, True)
        ]
    # The stream alone is the store's; what read models add to it is their own.
    alone = [one for one in rounds if not one.read_models]
    first, last = alone[0], alone[-1]
    return {
        "passed": max(one.p99_ms for one in alone) <= P99_MS
        and last.rate >= FLAT * first.rate
        and last.load_ms <= first.load_ms / FLAT + 0.5,
        "rounds": [
            {
                name: round(value, 2) if isinstance(value, float) else value
                for name, value in asdict(one).items()
            }
            for one in rounds
        ],
        "rate, last to first": round(last.rate / first.rate, 2),
        "load time, last to first": round(last.load_ms / first.load_ms, 2),
    }
