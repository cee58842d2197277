"""What makes load for one side: `python -m benchmarks.eventstore.worker SIDE PORT`.

It reads one line of JSON for each thing it shall do and answers with one. What is
measured is done as gunicorn serves the site: this process has loaded everything and
forks others, each with threads that have a connection of their own. They warm up, this
one says so, waits for the word that goes to all at once, and they repeat their task
until the time is over.
"""

import gc
import importlib
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import django

from benchmarks.eventstore.task import Task

WARM_UP_SECONDS, WARM_UP_TIMES = 0.5, 8  # psycopg prepares a statement at its 6th use
PATIENCE = 60
forking = multiprocessing.get_context("fork")
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
        processes, threads = wish.pop("processes", 1), wish.pop("threads", 1)
        make = partial(getattr(tasks, name), **wish)
        if seconds is None:
            say(make())
        else:
            say(measured(make, seconds, processes, threads))
    # The pools of eventsourcing keep threads that would hold the process up.
    os._exit(0)


def measured(
    make: Callable[[], Task], seconds: float, processes: int, threads: int
) -> float:
    """What all of them together got done in a second."""
    warm, go = (forking.Barrier(processes * threads + 1) for _ in range(2))
    answers = forking.SimpleQueue()

    def run() -> float:
        task = make()
        repeat(task, WARM_UP_SECONDS, at_least=WARM_UP_TIMES)
        warm.wait(PATIENCE)
        go.wait(PATIENCE)
        events, took = repeat(task, seconds, at_least=1)
        return events / took

    def serve() -> None:
        with ThreadPoolExecutor(threads) as pool:
            runs = [pool.submit(run) for _ in range(threads)]
            answers.put(sum(each.result() for each in runs))
        # What the first process has open is not closed by its copies.
        os._exit(0)

    forked = [forking.Process(target=serve) for _ in range(processes)]
    for process in forked:
        process.start()
    warm.wait(PATIENCE)
    say("ready")
    sys.stdin.readline()
    go.wait(PATIENCE)
    rate = sum(float(answers.get()) for _ in forked)
    for process in forked:
        process.join()
    return rate


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
