"""The site as real processes on the test's database: gunicorn, and the worker if
asked."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from django.conf import settings
from django.db import connection

from tests.waiting import PATIENCE

PROJECT = Path(settings.BASE_DIR)
WORKERS = 4


@dataclass
class LiveSite:
    """Start, kill and start again what a production host would run."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    port: int = 0
    web: subprocess.Popen[bytes] | None = None
    worker: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def collect_static(self) -> None:
        """What a browser needs, where whitenoise looks for it."""
        subprocess.run(
            [sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"],
            cwd=PROJECT,
            env=os.environ | self.environment,
            check=True,
        )

    def start_web(self) -> None:
        self.web = self._start("web", self.gunicorn)
        self.wait_until_it_answers()

    @property
    def gunicorn(self) -> list[str]:
        configured = ["-m", "gunicorn", "-c", "python:conference_site.gunicorn_conf"]
        bind = ["--bind", f"127.0.0.1:{self.port}", "--workers", str(WORKERS)]
        return [sys.executable, *configured, *bind]

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Something that ends by itself, as this site."""
        return subprocess.run(
            command,
            cwd=PROJECT,
            env=os.environ | self.environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=2 * PATIENCE,
        )

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "manage.py", *arguments)

    def start_worker(self) -> None:
        self.worker = self._start("worker", [sys.executable, "manage.py", "qcluster"])

    def _start(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=PROJECT,
                env=os.environ | self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_it_answers(self) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self.url}/live", timeout=2).status_code == 200:
                    return
            time.sleep(0.05)
        raise TimeoutError((self.folder / "web.log").read_text()[-2000:])

    def web_workers(self) -> list[int]:
        """The processes that answer requests."""
        assert self.web is not None
        children = Path(f"/proc/{self.web.pid}/task/{self.web.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def kill_web_worker(self) -> None:
        os.kill(self.web_workers()[0], signal.SIGKILL)

    def kill_worker(self) -> None:
        """All of the qcluster at once, as a power cut would."""
        if self.worker:
            _kill_group(self.worker)
            self.worker = None

    def kill_web(self) -> None:
        if self.web:
            _kill_group(self.web)
            self.web = None

    def errors(self) -> str:
        """What the logs say of server errors."""
        text = "".join(
            file.read_text(errors="replace") for file in self.folder.glob("*.log")
        )
        return "\n".join(line for line in text.splitlines() if "Traceback" in line)

    def stop(self) -> None:
        for process in (self.web, self.worker):
            if process and process.poll() is None:
                process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(10)
                _kill_group(process)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def database_url() -> str:
    database = connection.settings_dict
    # A socket of the embedded server comes as an option of the connection.
    host = database["HOST"] or database["OPTIONS"].get("host", "")
    port = database["PORT"] or ""
    place = f"@{host}:{port}" if port else "@"
    tail = "" if port else f"?host={host}"
    return f"postgresql://{database['USER']}{place}/{database['NAME']}{tail}"


def site_at_rest(folder: Path, **environment: str) -> LiveSite:
    """With everything its processes need, none of which runs yet."""
    port = _free_port()
    return LiveSite(
        folder=folder,
        port=port,
        environment={
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "conference_site.settings",
            "SITE_MODE": "test",
            "SECRET_KEY": settings.SECRET_KEY,
            "BASE_URL": f"http://127.0.0.1:{port}",
            "EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend",
            "PYTHONUNBUFFERED": "1",
            "STATIC_ROOT": str(folder / "static"),
            **environment,
        },
    )


@contextlib.contextmanager
def live_site(
    folder: Path, *, with_static: bool = False, **environment: str
) -> Iterator[LiveSite]:
    site = site_at_rest(folder, **environment)
    try:
        if with_static:
            site.collect_static()
        site.start_web()
        yield site
    finally:
        site.stop()
