"""Deadlines are met in time, by a wedged worker too, and after a long stop."""

from dataclasses import asdict
from typing import Any

from tests.eventstore.proofs.cluster import Cluster
from tests.eventstore.proofs.lateness import Lateness, drain, lateness

P99_SECONDS, MAX_SECONDS, DRAIN_SECONDS = 0.5, 1.0, 20.0


def deadlines(cluster: Cluster, small: bool) -> dict[str, Any]:
    waiting, due, over = (1_000, 200, 5) if small else (100_000, 2_000, 20)
    overdue = 5_000 if small else 100_000
    healthy = lateness(waiting=waiting, due=due, over=over)
    wedged = lateness(waiting=0, due=due, over=over, wedged=True)
    drained = drain(overdue=overdue)
    return {
        "passed": in_time(healthy)
        and in_time(wedged)
        and wedged.tasks_after_wedge == 0
        and (drained.met, drained.doubled) == (overdue, 0)
        and drained.seconds <= DRAIN_SECONDS,
        "waiting": waiting,
        "healthy": rounded(healthy),
        "wedged": rounded(wedged),
        "drained": rounded(drained),
    }


def in_time(one: Lateness) -> bool:
    return (
        one.met == one.due
        and one.doubled == one.left == 0
        and one.p99 <= P99_SECONDS
        and one.max <= MAX_SECONDS
    )


def rounded(figures: Any) -> dict[str, Any]:
    return {
        name: round(value, 3) if isinstance(value, float) else value
        for name, value in asdict(figures).items()
    }
