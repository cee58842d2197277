"""Processes and PostgreSQL are killed, a backup is restored: all goes on right."""

from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.eventstore.proofs.cluster import Cluster
from tests.eventstore.proofs.crashes import (
    deadlines_killed,
    projector_killed,
    write_history,
)
from tests.eventstore.proofs.outages import outlive
from tests.eventstore.proofs.random_kills import survive
from tests.eventstore.proofs.restore import restore
from tests.eventstore.proofs.tallies import PROJECTORS, create_tables

KILLS, OUTAGES, WRITERS = 1_000, 20, 8


def boundaries(_: Cluster, small: bool) -> dict[str, Any]:
    create_tables()
    write_history(streams=2, events=2 if small else 5)
    crashed = {name: projector_killed(name) for name in PROJECTORS}
    crashed["deadlines"] = deadlines_killed(streams=2, keys=2 if small else 5)
    return {
        "passed": not any(one.wrong for one in crashed.values()),
        "killed at every boundary": {
            name: one.boundaries for name, one in crashed.items()
        },
        "wrong after": {name: one.wrong for name, one in crashed.items()},
    }


def kills(_: Cluster, small: bool) -> dict[str, Any]:
    create_tables()
    survived = survive(kills=100 if small else KILLS)
    return {"passed": survived.is_right, **asdict(survived)}


def outages(cluster: Cluster, small: bool) -> dict[str, Any]:
    """The control answers a commit before it is on the disk, and must lose some."""
    create_tables()
    rounds = 3 if small else OUTAGES
    with TemporaryDirectory() as folder:
        outlived = outlive(cluster, Path(folder), outages=rounds, writers=WRITERS)
    cluster.set("synchronous_commit", "off")
    with TemporaryDirectory() as folder:
        control = outlive(
            cluster, Path(folder), outages=3, writers=WRITERS, projectors=()
        )
    return {
        "passed": outlived.is_right and control.lost > 0,
        **asdict(outlived),
        "control, synchronous_commit off": f"{control.lost} lost",
    }


def restored(cluster: Cluster, small: bool) -> dict[str, Any]:
    create_tables()
    outcome = restore(cluster, streams=50, rounds=10 if small else 200)
    return {
        "passed": outcome.projections.is_right
        and outcome.projections.events == outcome.events
        and min(outcome.behind, outcome.transactions_ahead) > 0,
        **asdict(outcome),
    }
