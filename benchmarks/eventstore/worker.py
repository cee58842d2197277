"""A process that makes load: `python -m benchmarks.eventstore.worker SIDE PORT`.

It reads one line of JSON for each thing it shall do and answers with one. For what is
measured it warms up, says so, waits for the word that goes to all at once, and repeats
its task until the time is over.
"""

import gc
import importlib
import json
import os
import sys
import time
from typing import Any

import django

from benchmarks.eventstore.task import Task

WARM_UP_SECONDS, WARM_UP_TIMES = 0.5, 8  # psycopg prepares a statement at its 6th use
OURS, PEER, SITE = "ours", "peer", "site"


def main(side: str, port: int) -> None:
    if side == PEER:
        os.environ["POSTGRES_PORT"] = str(port)
    else:
        os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.eventstore.settings"
        # Host and port: PGHOST and PGPORT, the server's Unix socket.
        os.environ["DATABASE_URL"] = f"postgresql://postgres@/{OURS}"
        django.setup()
    tasks = importlib.import_module(f"benchmarks.eventstore.tasks_of_{side}")
    gc.freeze()
    for line in sys.stdin:
        wish = json.loads(line)
        name, seconds = wish.pop("task"), wish.pop("seconds", None)
        made = getattr(tasks, name)(**wish)
        say(made if seconds is None else measured(made, seconds))
    # The pools of eventsourcing keep threads that would hold the process up.
    os._exit(0)


def measured(task: Task, seconds: float) -> dict[str, float]:
    repeat(task, WARM_UP_SECONDS, at_least=WARM_UP_TIMES)
    say("ready")
    sys.stdin.readline()
    events, took = repeat(task, seconds, at_least=1)
    return {"events": events, "seconds": took}


def repeat(task: Task, seconds: float, *, at_least: int) -> tuple[int, float]:
    start = time.perf_counter()
    events = times = 0
    while times < at_least or time.perf_counter() - start < seconds:
        events += task()
        times += 1
    return events, time.perf_counter() - start


def say(answer: Any) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
