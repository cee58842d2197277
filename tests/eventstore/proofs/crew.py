"""The processes of a proof: forked from one that has Django ready, on one database."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any
from urllib.parse import quote

from django.db import connection, connections

# A process of its own forks them: neither threads nor connections are inherited.
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.eventstore.proofs"])

Database = dict[str, Any]


def database_in_use() -> Database:
    """Where this process is connected to, for others to connect to."""
    names = ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")
    return {name: connection.settings_dict[name] for name in names}


def database_url() -> str:
    """The same as one address, for programs that are told by their environment."""
    where = database_in_use()
    # A socket of the embedded server comes as an option of the connection.
    host = where["HOST"] or where["OPTIONS"].get("host", "")
    place = f"{host}:{where['PORT']}" if where["PORT"] else ""
    tail = "" if where["PORT"] else f"?host={quote(host)}"
    return f"postgresql://{where['USER']}@{place}/{where['NAME']}{tail}"


def use(database: Database) -> None:
    """Everything in this process that uses Django's connection uses this database."""
    connections.close_all()
    connections["default"].settings_dict.update(database)


def _work(database: Database, answer: Connection, job: Any, args: Any) -> None:
    use(database)
    result = job(*args)
    connections.close_all()
    answer.send(result)


class Worker:
    """One process doing one job; its answer is what the job returned."""

    def __init__(self, database: Database, job: Callable[..., Any], *args: Any) -> None:
        self._answer, theirs = CONTEXT.Pipe(duplex=False)
        self.process: BaseProcess = CONTEXT.Process(
            target=_work, args=(database, theirs, job, args), daemon=True
        )
        self.process.start()
        theirs.close()

    def answer(self, seconds: float = 60) -> Any:
        """Wait for what the job returned; raises EOFError where it died."""
        if not self._answer.poll(seconds):
            raise TimeoutError("A process of the proof did not end in time.")
        answer = self._answer.recv()
        self.process.join(seconds)
        return answer

    def wait_killed(self, seconds: float = 60) -> bool:
        """Wait for its end; True if it was killed, False if the job was done."""
        self.process.join(seconds)
        assert self.process.exitcode in {0, -signal.SIGKILL}, self.process.exitcode
        return self.process.exitcode != 0

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            if self.process.pid:
                os.kill(self.process.pid, signal.SIGKILL)
        self.process.join(10)
        self._answer.close()


@contextmanager
def crew() -> Iterator[Callable[..., Worker]]:
    """Start workers with `hire(job, *args)`; whoever is left at the end is killed."""
    hired: list[Worker] = []
    database = database_in_use()

    def hire(job: Callable[..., Any], *args: Any) -> Worker:
        hired.append(Worker(database, job, *args))
        return hired[-1]

    try:
        yield hire
    finally:
        for worker in hired:
            if worker.process.is_alive():
                worker.kill()
