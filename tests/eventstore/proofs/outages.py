"""PostgreSQL is killed under load: what a writer was told is there afterwards."""

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random
from uuid import uuid4

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Count

from eventstore import store
from eventstore.models import Event
from tests.eventstore.proofs.cluster import Cluster
from tests.eventstore.proofs.crew import crew
from tests.eventstore.proofs.tallies import (
    PROJECTORS,
    Followed,
    begin_anew,
    follow_up,
    judge_tallies,
    keep_following,
)
from tests.eventstore_app.read_models import Counted
from tests.waiting import until

# Seconds between outages, on average.
STEADY = 0.5
PATIENCE = 600.0


def keep_acknowledging(folder: str) -> None:
    """Each transaction writes to two streams; noted once its commit was answered."""
    name = uuid4().hex[:8]  # as long as a tally's name may be
    notes = os.open(Path(folder, name), os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    for number in count():
        pair = f"count-{name}-{number}"
        try:
            with transaction.atomic():
                store.append(f"{pair}-a", [Counted(amount=1)])
                store.append(f"{pair}-b", [Counted(amount=1)] * 2)
        except (OperationalError, InterfaceError):
            # No answer: it may be there or not. This writer's client would ask again.
            connection.close()
            time.sleep(0.02)
        else:
            os.write(notes, f"{pair}\n".encode())


@dataclass
class Outlived:
    """What of the acknowledged was there, and whether any transaction was torn."""

    outages: int
    acknowledged: int
    lost: int
    torn: int
    events: int
    longest_outage: float
    projections: Followed

    @property
    def is_right(self) -> bool:
        return not (self.lost or self.torn) and self.projections.is_right


def outlive(
    cluster: Cluster,
    folder: Path,
    *,
    outages: int,
    writers: int,
    projectors: Iterable[str] = tuple(PROJECTORS),
) -> Outlived:
    """Kill the server so many times under load, with projectors at work as well."""
    if projectors:
        begin_anew()
    connection.close()
    random, longest = Random(5), 0.0
    with crew() as hire:
        for _ in range(writers):
            hire(keep_acknowledging, str(folder))
        for name in projectors:
            hire(
                keep_following,
                [name],
            )
        until(lambda: any(file.stat().st_size for file in folder.iterdir()))
        for _ in range(outages):
            time.sleep(STEADY * (0.5 + random.random()))
            cluster.kill()
            began = time.monotonic()
            cluster.start_again()
            longest = max(longest, time.monotonic() - began)
        time.sleep(STEADY)
    with crew() as hire:
        assert not hire(follow_up, list(projectors), 500, PATIENCE).wait_killed(
            PATIENCE
        )
    pairs = [line for file in folder.iterdir() for line in file.read_text().split()]
    sizes = dict(
        Event.objects.values("stream")
        .annotate(events=Count("id"))
        .values_list("stream", "events")
    )
    there = {stream.rpartition("-")[0] for stream in sizes}
    return Outlived(
        outages=outages,
        acknowledged=len(pairs),
        lost=len(set(pairs) - there),
        torn=sum(
            (sizes.get(f"{pair}-a"), sizes.get(f"{pair}-b")) != (1, 2) for pair in there
        ),
        events=sum(sizes.values()),
        longest_outage=longest,
        projections=judge_tallies(),
    )
