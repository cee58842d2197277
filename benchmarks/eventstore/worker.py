"""A process that makes load: `python -m benchmarks.eventstore.worker SIDE PORT`.

It reads one line of JSON for each thing it shall do and answers with one. What is
measured runs in threads, as in a web worker, each with a connection: they warm up, the
process says so, waits for the word that goes to all at once, and they repeat their task
until the time is over.
"""

import gc
import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier, Lock
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
        threads = wish.pop("threads", 1)
        make = partial(getattr(tasks, name), **wish)
        if seconds is None:
            say(make())
        else:
            say(measured(make, seconds, threads, tasks.leave))
    # The pools of eventsourcing keep threads that would hold the process up.
    os._exit(0)


def measured(
    make: Callable[[], Task], seconds: float, threads: int, leave: Callable[[], None]
) -> float:
    """What the threads together got done in a second."""
    warm, go = Barrier(threads + 1), Barrier(threads + 1)
    making = Lock()

    def run() -> float:
        with making:
            task = make()
        repeat(task, WARM_UP_SECONDS, at_least=WARM_UP_TIMES)
        warm.wait()
        go.wait()
        events, took = repeat(task, seconds, at_least=1)
        leave()
        return events / took

    with ThreadPoolExecutor(threads) as pool:
        running = [pool.submit(run) for _ in range(threads)]
        warm.wait()
        say("ready")
        sys.stdin.readline()
        go.wait()
        return sum(each.result() for each in running)


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
