"""The demo as a visitor meets it: one start, everything that may go wrong, one stop."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conference_site.processes import MARK
from tests.platform.conftest import PROJECT
from tests.waiting import PATIENCE

pytestmark = pytest.mark.processes
START_SECONDS = 90


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Demo:
    """A demo in a folder of its own, and the questions a visitor asks it."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.port = free_port()
        self.environment = environment | {
            "DEMO_DIR": str(folder),
            "PORT": str(self.port),
        }
        self.output = folder.with_name("output of the demo")
        self.processes: list[subprocess.Popen[bytes]] = []

    def manage(self, *arguments: str, **changes: str):
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            check=False,
            capture_output=True,
            text=True,
            cwd=PROJECT,
            env=self.environment | changes,
        )

    def start(self) -> float:
        """Seconds until it said that it is ready."""
        begin = time.monotonic()
        with self.output.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "manage.py", "demo"],
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=PROJECT,
                env=self.environment,
            )
        self.processes.append(process)
        while "\nReady after" not in self.output.read_text():
            assert process.poll() is None, self.output.read_text()
            assert time.monotonic() < begin + START_SECONDS, self.output.read_text()
            time.sleep(0.05)
        return time.monotonic() - begin

    def end(self, sign: signal.Signals) -> int:
        self.processes[-1].send_signal(sign)
        return self.processes[-1].wait(timeout=START_SECONDS)

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}") as answer:
            return str(answer.read(), "utf-8")

    def running(self) -> list[str]:
        """Command lines of everything the demo started and of its database."""
        mark = f"{MARK}={self.folder}".encode()
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                environment = (process / "environ").read_bytes()
                command = (process / "cmdline").read_bytes()
            except OSError:
                continue
            if mark in environment or bytes(self.folder) in command:
                found.append(command.replace(b"\0", b" ").decode())
        return found

    def leader(self, name: str) -> int:
        demo = self.processes[-1].pid
        children = Path(f"/proc/{demo}/task/{demo}/children")
        for child in children.read_text().split():
            if name.encode() in Path(f"/proc/{child}/cmdline").read_bytes():
                return int(child)
        return 0  # being started again


@pytest.fixture
def demo(tmp_path: Path, visitor: dict[str, str]) -> Iterator[Demo]:
    tried = Demo(tmp_path / "our demo", visitor)
    yield tried
    if tried.processes and tried.processes[-1].poll() is None:
        tried.end(signal.SIGTERM)
    # What a killed one leaves outside of pytest's folder: its next start would take it.
    pointer = tried.folder / "postgres.elsewhere"
    home = Path(pointer.read_text().strip()) if pointer.exists() else tried.folder
    left = [home / "postgres.sockets", pointer]
    outside = [file.read_text().strip() for file in left if file.exists()]
    subprocess.run(["rm", "-rf", *outside], check=True)


def eventually(question: Callable[[], bool], *, within: float) -> bool:
    end = time.monotonic() + within
    while time.monotonic() < end:
        try:
            if question():
                return True
        except OSError:
            pass
        time.sleep(0.1)
    return False


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs Linux")
def test_demo_from_the_first_start_to_the_last_stop(demo, record_testsuite_property):
    first = demo.start()
    record_testsuite_property("first start, seconds", round(first, 1))

    page = demo.get("/")
    assert "CQRS summit 2012 conference" in page
    assert "EuroPython 2024" in page
    assert "csrfmiddlewaretoken" in demo.get("/admin/login/")

    # `manage.py` beside it finds the same database, without being told anything.
    question = "from conferences.models import SeatType as S; print(S.objects.count())"
    told = demo.manage("shell", "--verbosity", "0", "-c", question)
    assert told.stdout == "16\n", told.stderr

    # A second one in the same folder, and one on the same port, are told why not.
    refused = demo.manage("demo", PORT=str(free_port()))
    assert refused.returncode == 1
    assert re.match(r"A demo of .* is running already: process \d+", refused.stderr)
    refused = demo.manage("demo", DEMO_DIR=str(demo.folder.with_name("other")))
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Port {demo.port} is in use by another program.")

    # Killed processes come back, with all that belongs to them.
    for name, whom in (("gunicorn", os.kill), ("qcluster", os.killpg)):
        killed = demo.leader(name)
        whom(killed, signal.SIGKILL)
        assert eventually(lambda: demo.leader(name) not in {0, killed}, within=PATIENCE)  # noqa: B023 - asked at once
    assert eventually(lambda: "EuroPython" in demo.get("/"), within=PATIENCE)

    assert demo.end(signal.SIGTERM) == 0
    assert demo.running() == []

    second = demo.start()
    record_testsuite_property("second start, seconds", round(second, 1))
    assert "EuroPython 2024" in demo.get("/")

    # Even a killed demo takes everything along.
    assert demo.end(signal.SIGKILL) == -signal.SIGKILL
    assert eventually(lambda: demo.running() == [], within=PATIENCE), demo.running()
