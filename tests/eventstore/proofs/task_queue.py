"""The site's worker as a real process group: `manage.py qcluster`."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from tests.eventstore.proofs.crew import database_url
from tests.waiting import PATIENCE

READY_FOR_WORK = re.compile(r"ready for work at (\d+)")


class TaskQueue:
    def __init__(self, log: Path) -> None:
        self.log = log
        environment = {
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "tests.eventstore.proof_site.settings",
            "SITE_MODE": "test",
            "SECRET_KEY": settings.SECRET_KEY,
            "PYTHONUNBUFFERED": "1",
            "LOG_LEVEL": "INFO",
        }
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "qcluster"],
                cwd=settings.BASE_DIR,
                env=os.environ | environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_until_ready(self) -> None:
        self._wait_until(
            lambda: (
                "running." in self.said()
                and "pushing tasks" in self.said()
                and len(self._workers()) == settings.Q_CLUSTER["workers"]
            )
        )

    def _wait_until(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not condition():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < end, self.said()
            time.sleep(0.01)

    def _workers(self) -> list[int]:
        """Those that said that they are ready, and still live."""
        said = {int(worker) for worker in READY_FOR_WORK.findall(self.said())}
        return [worker for worker in said if _state(worker) not in {"", "Z"}]

    def _are_idle(self) -> bool:
        """One of them holds the queue's lock then, and waits for a task."""
        looks = []
        for _ in range(10):
            looks += [_state(worker) for worker in self._workers()]
            time.sleep(0.02)
        return set(looks) == {"S"}

    def wedge(self) -> None:
        """Kill the idle workers, and with them the one that holds the queue's lock.

        Those that take their place wait for that lock for ever.
        """
        self._wait_until(self._are_idle)
        for worker in self._workers():
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)

    def tasks_begun(self) -> int:
        return self.said().count(" processing ")

    def stop(self) -> None:
        for sign in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError, subprocess.TimeoutExpired):
                os.killpg(self.process.pid, sign)
                self.process.wait(3)


def _state(process: int) -> str:
    """S is asleep, Z is dead and not buried; nothing where it is gone."""
    with suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    return ""


@contextmanager
def task_queue(log: Path) -> Iterator[TaskQueue]:
    call_command("createcachetable", verbosity=0)
    queue = TaskQueue(log)
    try:
        queue.wait_until_ready()
        yield queue
    finally:
        queue.stop()
