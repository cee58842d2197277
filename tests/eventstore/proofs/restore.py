"""A dump restored into a fresh cluster: asynchronous projections go on with it."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from eventstore import store
from eventstore.models import Event
from eventstore.projection_models import Checkpoint
from tests.eventstore.proofs.cluster import Cluster, own_cluster
from tests.eventstore.proofs.tallies import (
    PROJECTORS,
    Followed,
    begin_anew,
    follow_up,
    judge_tallies,
)
from tests.eventstore_app.read_models import Counted

LIMIT = 50
PATIENCE = 600


@dataclass
class Restored:
    """How far projections were when the dump was made, and how they ended."""

    events_before: int
    behind: int
    transactions_ahead: int
    events: int
    projections: Followed


def write(streams: int, rounds: int) -> None:
    for _ in range(rounds):
        for stream in range(streams):
            store.append(f"count-{stream}", [Counted(amount=1)])


def restore(old: Cluster, *, streams: int, rounds: int) -> Restored:
    """Dump while projections are under way, then write on in the fresh cluster."""
    begin_anew()
    write(streams, rounds)
    follow_up(list(PROJECTORS), limit=LIMIT, seconds=PATIENCE)
    write(streams, rounds)
    before = Event.objects.count()
    behind = before - min(Checkpoint.objects.values_list("position", flat=True))
    dump = subprocess.run(
        [old.program("pg_dump"), f"--dbname={old.url}", "--no-owner"],
        check=True,
        capture_output=True,
    ).stdout
    ahead = old.next_transaction()
    with own_cluster() as fresh:
        fresh.create_empty()
        ahead -= fresh.next_transaction()
        psql: list[str | Path] = [fresh.program("psql"), f"--dbname={fresh.url}"]
        subprocess.run(
            [*psql, "--quiet", "--set=ON_ERROR_STOP=1", "--no-psqlrc"],
            input=dump,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        write(streams, rounds)
        follow_up(list(PROJECTORS), limit=LIMIT, seconds=PATIENCE)
        return Restored(
            events_before=before,
            behind=behind,
            transactions_ahead=ahead,
            events=Event.objects.count(),
            projections=judge_tallies(),
        )
