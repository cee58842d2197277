"""kill -9 at every boundary between two statements: the work goes on and ends right."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from eventstore import processes, store
from eventstore.models import Deadline, Event
from tests.eventstore.proof_site.apps import PROCESS, meet
from tests.eventstore.proofs.crew import crew
from tests.eventstore.proofs.tallies import begin_anew, follow_up, judge_tallies
from tests.eventstore_app.read_models import Counted


class Killer:
    """Kills its own process at the n-th boundary.

    Boundaries lie before each statement, and before and after each commit.
    """

    def __init__(self, at: int) -> None:
        self.left = at

    def boundary(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def __call__(self, execute: Callable[..., Any], *args: Any) -> Any:
        self.boundary()
        return execute(*args)

    def lie_in_wait(self) -> None:
        connection.ensure_connection()
        connection.execute_wrappers.append(self)
        commit = connection._commit  # type: ignore[attr-defined] # Django's own step

        def killing_commit() -> None:
            self.boundary()
            commit()
            self.boundary()

        setattr(connection, "_commit", killing_commit)  # noqa: B010 it is a method


def killed_at(boundary: int, work: Callable[..., None], *args: Any) -> None:
    Killer(boundary).lie_in_wait()
    work(*args)


@dataclass
class Crashed:
    """How many boundaries there were, and after which of them the end was wrong."""

    boundaries: int
    wrong: list[int]


def at_every_boundary(
    prepare: Callable[[], None],
    work: Callable[..., None],
    *args: Any,
    is_right: Callable[[], bool],
) -> Crashed:
    """Kill a process at each boundary of its work and let a fresh one finish."""
    wrong: list[int] = []
    boundary = 1
    while True:
        prepare()
        with crew() as hire:
            was_killed = hire(killed_at, boundary, work, *args).wait_killed()
            if was_killed:
                assert not hire(work, *args).wait_killed()
        if not is_right():
            wrong.append(boundary)
        if not was_killed:
            return Crashed(boundary - 1, wrong)
        boundary += 1


def write_history(streams: int, events: int) -> None:
    """Streams that take turns, so that every batch holds several of them."""
    for n in range(events):
        for stream in range(streams):
            store.append(f"count-{stream}", [Counted(amount=n + 1)])


def projector_killed(name: str) -> Crashed:
    """The history is there; one projector takes it in."""

    def is_right() -> bool:
        # The others follow undisturbed, so that all of the comparison is of use.
        follow_up(["KeepLagging", "KeepBySql", "Tell"])
        return judge_tallies().is_right

    return at_every_boundary(begin_anew, follow_up, [name], is_right=is_right)


def meet_all_due(seconds: float = 60) -> None:
    """What a worker does until nothing is due any more."""
    processes.on_deadline(PROCESS, meet)
    end = time.monotonic() + seconds
    while processes.oldest_due(datetime.now(UTC)):
        assert time.monotonic() < end, "Deadlines are left over."
        processes.fire()


def deadlines_killed(*, streams: int, keys: int) -> Crashed:
    """Deadlines of several streams are due; one worker meets them."""
    before = Event.objects.filter(type="test-deposited").count()
    rounds = 0

    def prepare() -> None:
        nonlocal rounds
        rounds += 1
        past = datetime.now(UTC) - timedelta(minutes=1)
        for number in range(streams * keys):
            stream = f"due-{rounds}-{number % streams}"
            processes.set_deadline(PROCESS, stream, str(number), past)

    def is_right() -> bool:
        met = Event.objects.filter(stream__startswith=f"due-{rounds}-")
        amounts = sorted(row["amount"] for row in met.values_list("data", flat=True))
        return (
            amounts == list(range(streams * keys))
            and not Deadline.objects.exists()
            and Event.objects.filter(type="test-deposited").count()
            == before + rounds * streams * keys
        )

    return at_every_boundary(prepare, meet_all_due, is_right=is_right)
