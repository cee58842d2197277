"""Many writers at once, as untidy as real ones, and readers that follow them."""

import time
from dataclasses import dataclass, field
from multiprocessing.synchronize import Barrier
from multiprocessing.synchronize import Event as Flag
from random import Random
from uuid import uuid4

import psycopg
from django.db import OperationalError, connection, transaction

from eventstore import signals, store
from eventstore.models import Event, horizon
from eventstore.processes import handled_before
from tests.eventstore.conftest import Deposited
from tests.eventstore.proofs.crew import CONTEXT, crew
from tests.eventstore.proofs.reader import ROWS, Reader, Verdict, judge

SHARED_STREAMS = 200
PAUSE = 0.002
# Until everybody has begun, in seconds.
PATIENCE = 60


class GivenUp(Exception):
    """The writer changed its mind: the transaction is rolled back."""


def write(seed: int, events: int, together: Barrier, *, pause: float = PAUSE) -> int:
    """Append events, 1-3 per transaction, to new and to shared streams.

    Begins when readers and the others are there. Returns how many transactions were
    rolled back on the way.
    """
    # Positions are at stake, not read models: nobody listens.
    signals.appended.receivers.clear()
    signals.appended.sender_receivers_cache.clear()
    random, left, rolled_back = Random(seed), events, 0
    connection.ensure_connection()
    together.wait(PATIENCE)
    while left > 0:
        try:
            left -= _one_transaction(random, min(left, random.randint(1, 3)), pause)
        except (GivenUp, store.Conflict, OperationalError):
            # Conflicts and deadlocks are part of it: the writer begins anew.
            rolled_back += 1
    return rolled_back


def _one_transaction(random: Random, events: int, pause: float) -> int:
    with transaction.atomic():
        if random.random() < 0.5:
            # As Django does with a session: the transaction's number is taken early.
            handled_before("proof", "early", str(uuid4()))
        if random.random() < 0.5:
            appends = [(_stream(random), events)]
        else:
            # Sorted, as commands take the locks of several streams.
            appends = sorted((_stream(random), 1) for _ in range(events))
        for stream, number in appends:
            store.append(stream, [Deposited(amount=1)] * number)
            time.sleep(random.random() * pause)
        if random.random() < 0.05:
            raise GivenUp
    return events


def _stream(random: Random) -> str:
    if random.random() < 0.5:
        return f"new-{uuid4().hex}"
    return f"shared-{random.randrange(SHARED_STREAMS)}"


def write_elsewhere(finished: Flag, together: Barrier, seconds: float) -> int:
    """Long write transactions in another database of the cluster; how many.

    Not in the template: nobody could make a database meanwhile.
    """
    ours = connection.get_connection_params()
    known = {
        name: ours[name]
        for name in ("host", "port", "user", "password")
        if name in ours
    }
    rounds = 0
    with psycopg.connect(dbname="postgres", **known) as foreign:
        while not finished.is_set():
            foreign.execute(
                "CREATE TEMPORARY TABLE long_one ON COMMIT DROP AS SELECT 1"
            )
            if not rounds:
                together.wait(PATIENCE)
            finished.wait(seconds)
            foreign.rollback()
            rounds += 1
            finished.wait(seconds / 2)
    return rounds


@dataclass
class Following:
    """What one reader saw, and how late it saw it, in milliseconds."""

    verdict: Verdict
    lags: list[float] = field(default_factory=list, repr=False)

    def lag(self, share: float) -> float:
        ordered = sorted(self.lags) or [0.0]
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def follow(
    reader_class: type[Reader], start: int, finished: Flag, together: Barrier
) -> Following:
    """Tail the events until the writers have finished and nothing comes any more."""
    reader, lags = reader_class(start), []
    connection.ensure_connection()
    together.wait(PATIENCE)
    while not finished.is_set():
        reader.look()
        came = reader.read()
        if came:
            lags.append(_age(reader.position))
        if came < ROWS:
            time.sleep(0.005)
    reader.finish()
    return Following(judge(start, reader), lags)


def _age(position: int) -> float:
    """How long ago the event at this position was written, in milliseconds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM clock_timestamp() - recorded_at) * 1000"
            " FROM eventstore_event WHERE position = %s",
            [position],
        )
        return float(cursor.fetchone()[0])


@dataclass
class Soaked:
    """One run: what every reader saw while the writers wrote."""

    events: int
    rolled_back: int
    foreign_rounds: int
    seconds: float
    readers: dict[str, Following]


def soak(
    *, writers: int, events: int, readers: list[type[Reader]], foreign_seconds: float
) -> Soaked:
    start, began = horizon(), time.monotonic()
    finished = CONTEXT.Event()
    # Who came when it was over would have seen nothing, and proved nothing.
    together = CONTEXT.Barrier(writers + len(readers) + 1)
    with crew() as hire:
        following = {
            one.__name__: hire(follow, one, start, finished, together)
            for one in readers
        }
        foreign = hire(write_elsewhere, finished, together, foreign_seconds)
        share = events // writers
        writing = [hire(write, n, share, together) for n in range(writers)]
        patience = 60 + events / 100
        rolled_back = sum(writer.answer(patience) for writer in writing)
        seconds = time.monotonic() - began
        finished.set()
        return Soaked(
            events=Event.objects.after(start).count(),
            rolled_back=rolled_back,
            foreign_rounds=foreign.answer(),
            seconds=seconds,
            readers={name: one.answer(patience) for name, one in following.items()},
        )
