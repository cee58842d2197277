"""The processes that make load, seen from the one that measures."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self

from benchmarks.eventstore.worker import OURS, PEER, SITE
from conference_site import gunicorn_conf


class Worker:
    def __init__(self, side: str, port: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.eventstore.worker", side, str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def tell(self, **wish: Any) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(wish) + "\n")

    def answer(self) -> Any:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("A process that makes load has died; see above.")
        return json.loads(line)

    def ask(self, task: str, **arguments: Any) -> Any:
        self.tell(task=task, **arguments)
        return self.answer()

    def leave(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(timeout=30)


class Crew:
    """Processes of each side, started when first needed and kept. Each has up to four
    threads with a connection of their own, as gunicorn runs the site's."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.workers: dict[str, list[Worker]] = {OURS: [], PEER: [], SITE: []}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for workers in self.workers.values():
            for worker in workers:
                worker.leave()

    def of(self, side: str, number: int) -> list[Worker]:
        mine = self.workers[side]
        while len(mine) < number:
            mine.append(Worker(side, self.port))
        return mine[:number]

    def ask(self, side: str, task: str, **arguments: Any) -> Any:
        """The answer of one process that does something once."""
        return self.of(side, 1)[0].ask(task, **arguments)

    def rate(
        self, side: str, task: str, *, clients: int, seconds: float, **arguments: Any
    ) -> float:
        """What so many connections together got done in a second."""
        each = min(clients, gunicorn_conf.threads)
        chosen = self.of(side, clients // each)
        with started(chosen, task=task, seconds=seconds, threads=each, **arguments):
            return sum(float(worker.answer()) for worker in chosen)


@contextmanager
def started(workers: Sequence[Worker], **wish: Any) -> Iterator[None]:
    """All have warmed up and go at the same moment."""
    for worker in workers:
        worker.tell(**wish)
    for worker in workers:
        assert worker.answer() == "ready"
    for worker in workers:
        assert worker.process.stdin
        worker.process.stdin.write("go\n")
    yield
