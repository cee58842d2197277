"""The processes that make load, seen from the one that measures."""

import json
import subprocess
import sys
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
    """Processes of each side, started when first needed and kept; those that are
    measured fork others."""

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
        threads = min(clients, gunicorn_conf.threads)
        (worker,) = self.of(side, 1)
        shape = {"processes": clients // threads, "threads": threads}
        worker.tell(task=task, seconds=seconds, **shape, **arguments)
        assert worker.answer() == "ready"
        worker.tell()
        return float(worker.answer())
