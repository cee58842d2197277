"""How late deadlines are met by a real worker, healthy or wedged."""

import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from eventstore.models import Deadline, Event, horizon
from tests.eventstore.proof_site.apps import PROCESS
from tests.eventstore.proofs.task_queue import task_queue

STREAMS = 200
SOON = 2
LOOK_EVERY = 0.01
PATIENCE = 60


@dataclass
class Lateness:
    """Of deadlines met: from the due instant until a reader could see the event."""

    due: int
    met: int
    doubled: int
    p50: float
    p99: float
    max: float
    left: int
    tasks_after_wedge: int | None = None


def set_deadlines(due_at: dict[int, datetime]) -> None:
    Deadline.objects.bulk_create(
        (
            Deadline(
                process=PROCESS,
                stream=f"proof-{number % STREAMS}",
                key=str(number),
                due_at=instant,
            )
            for number, instant in due_at.items()
        ),
        batch_size=5000,
    )


def pending(number: int) -> None:
    """So many deadlines that are due tomorrow, under numbers of their own."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    set_deadlines({10**7 + n: tomorrow + timedelta(seconds=n) for n in range(number)})


def watch(position: int, number: int, patience: float) -> dict[int, list[float]]:
    """When each number was seen, until all were or patience ends."""
    seen: dict[int, list[float]] = {}
    end = time.monotonic() + patience
    while len(seen) < number and time.monotonic() < end:
        rows = Event.objects.after(position).settled(horizon())
        for position, fact in rows.values_list("position", "data"):  # noqa: B007
            seen.setdefault(fact["amount"], []).append(time.time())
        time.sleep(LOOK_EVERY)
    return seen


def lateness(*, waiting: int, due: int, over: float, wedged: bool = False) -> Lateness:
    """Of `due` deadlines over so many seconds, with many others waiting."""
    random = Random(7)
    pending(waiting)
    with (
        tempfile.TemporaryDirectory() as folder,
        task_queue(Path(folder, "log")) as queue,
    ):
        if wedged:
            queue.wedge()
            time.sleep(1)
        begun = queue.tasks_begun()
        start = datetime.now(UTC) + timedelta(seconds=SOON)
        due_at = {
            n: start + timedelta(seconds=random.random() * over) for n in range(due)
        }
        position = horizon()
        set_deadlines(due_at)
        seen = watch(position, due, over + PATIENCE)
        after = queue.tasks_begun() - begun
    late = sorted(seen[n][0] - due_at[n].timestamp() for n in seen)
    return Lateness(
        due=due,
        met=len(seen),
        doubled=sum(len(times) - 1 for times in seen.values()),
        p50=late[len(late) // 2],
        p99=late[int(len(late) * 0.99)],
        max=late[-1],
        left=Deadline.objects.filter(due_at__lt=datetime.now(UTC)).count(),
        tasks_after_wedge=after if wedged else None,
    )


@dataclass
class Drained:
    """What a worker did that found so many deadlines overdue when it started."""

    overdue: int
    met: int
    doubled: int
    seconds: float


def drain(*, overdue: int) -> Drained:
    past = datetime.now(UTC) - timedelta(hours=1)
    position = horizon()
    set_deadlines({n: past + timedelta(milliseconds=n) for n in range(overdue)})
    with tempfile.TemporaryDirectory() as folder, task_queue(Path(folder, "log")):
        began = time.monotonic()
        seen = watch(position, overdue, PATIENCE + overdue / 1000)
        seconds = time.monotonic() - began
    doubled = sum(len(times) - 1 for times in seen.values())
    return Drained(overdue, len(seen), doubled, seconds)
