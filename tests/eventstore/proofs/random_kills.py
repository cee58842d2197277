"""kill -9 at random times: projectors, workers that meet deadlines, and writers."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction

from eventstore import processes, store
from eventstore.models import Deadline, Event
from tests.eventstore.conftest import Withdrawn
from tests.eventstore.proof_site.apps import PROCESS, meet
from tests.eventstore.proofs.crashes import meet_all_due
from tests.eventstore.proofs.crew import Worker, crew
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

STREAMS = 500
PAUSE = 0.02
# A process is left alone for at most so long.
MERCY = 0.05
Job = tuple[Callable[..., None], tuple[Any, ...]]


def keep_writing(seed: int) -> None:
    """Events to count, and others that are due to be answered within the second."""
    random = Random(seed)
    while True:
        number = random.getrandbits(60)
        try:
            _write(random, number)
        except (OperationalError, InterfaceError, store.Conflict):
            connection.close()
        time.sleep(PAUSE)


def _write(random: Random, number: int) -> None:
    counted, due = (f"{kind}-{random.randrange(STREAMS)}" for kind in ("count", "due"))
    with transaction.atomic():
        store.append(counted, [Counted(amount=1)] * random.randint(1, 2))
        store.lock(due)
        store.append(due, [Withdrawn(amount=number)])
        soon = datetime.now(UTC) + timedelta(seconds=random.random())
        processes.set_deadline(PROCESS, due, str(number), soon)


def keep_meeting() -> None:
    processes.on_deadline(PROCESS, meet)
    while True:
        try:
            met = processes.fire()
        except (OperationalError, InterfaceError):
            connection.close()
            met = 0
        if not met:
            time.sleep(0.02)


def jobs() -> list[Job]:
    """Three projectors, two workers for deadlines, three writers."""
    return [
        *((keep_following, ([name],)) for name in PROJECTORS),
        *((keep_meeting, ()) for _ in range(2)),
        *((keep_writing, (n,)) for n in range(3)),
    ]


@dataclass
class Met:
    """Deadlines that were set with an event, and the events that answered them."""

    deadlines: int
    lost: int
    doubled: int
    out_of_order: int
    left: int


@dataclass
class Survived:
    kills: int
    seconds: float
    projections: Followed
    deadlines: Met

    @property
    def is_right(self) -> bool:
        met = self.deadlines
        wrong = met.lost or met.doubled or met.out_of_order or met.left
        return self.projections.is_right and not wrong


def survive(*, kills: int, seed: int = 1) -> Survived:
    """So many kills, each replaced at once by a process with the same job."""
    random, began = Random(seed), time.monotonic()
    begin_anew()
    with crew() as hire:
        at_work: list[tuple[Job, Worker]] = [
            ((job, args), hire(job, *args)) for job, args in jobs()
        ]
        # Killed before they did anything they would prove nothing.
        until(lambda: _has_begun("count-") and _has_begun("due-"))
        for kill in range(kills):
            time.sleep(random.random() * MERCY)
            (job, args), worker = at_work.pop(random.randrange(len(at_work)))
            worker.kill()
            if job is keep_writing:
                args = (1000 + kill,)
            at_work.append(((job, args), hire(job, *args)))
    seconds = time.monotonic() - began
    with crew() as hire:
        assert not hire(finish).wait_killed(600)
    return Survived(kills, seconds, judge_tallies(), judge_deadlines())


def _has_begun(streams: str) -> bool:
    return Event.objects.filter(stream__startswith=streams).exists()


def finish() -> None:
    """A fresh process ends what those who were killed had begun."""
    time.sleep(1)  # until the last deadline is due
    meet_all_due(120)
    follow_up(list(PROJECTORS), limit=500, seconds=600)


def judge_deadlines() -> Met:
    set_, met = Counter[int](), Counter[int]()
    late = 0
    streams = Event.objects.filter(stream__startswith="due-").order_by("position")
    for type_, content in streams.values_list("type", "data").iterator():
        number = content["amount"]
        if type_ == "test-withdrawn":
            set_[number] += 1
        else:
            late += not set_[number]
            met[number] += 1
    return Met(
        deadlines=len(set_),
        lost=len(set_ - met),
        doubled=sum((met - set_).values()),
        out_of_order=late,
        left=Deadline.objects.count(),
    )
