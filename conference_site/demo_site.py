"""The demo's processes: started in order, watched, restarted, stopped together."""

import errno
import fcntl
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from conference_site import demo_environment, embedded_postgres
from conference_site.processes import MARK, Family, Warden, kill_marked

SPACE_NEEDED = 100_000_000
STOP_SECONDS = 10
START_SECONDS = 60
LARGEST_LOG = 5_000_000
# Settings that a running demo was started with, for `manage.py` beside it
HANDED_ON = ("HOLD_SECONDS", "PAYMENT_PROVIDERS", "ORDERS_PER_MINUTE")


class CannotStart(Exception):
    """The demo cannot start; the sentence says why."""


@contextmanager
def exclusive(folder: Path, port: str) -> Iterator[None]:
    """One demo per folder. The kernel forgets the lock of a killed one."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("a+")
    except OSError as error:
        raise CannotStart(f"Cannot write to {folder}: {error.strerror}.") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CannotStart(
                f"A demo of {folder} is running already: {lock.read().strip()}."
                " Stop it first, or set DEMO_DIR and PORT for a second one."
            ) from None
        lock.truncate(0)
        lock.write(f"process {os.getpid()} at http://127.0.0.1:{port}/")
        lock.flush()
        yield


def continue_log(log: Path) -> None:
    """Mark a start in a log that keeps what the runs before it wrote, mails above all.

    Only its owner may read it: mails hold links to orders.
    """
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(log.with_name(f"{log.name}.1"))
    log.touch(mode=0o600)
    with log.open("a", encoding="utf-8") as file:
        # A killed run may have left its last line open.
        begin = "\n" if file.tell() else ""
        file.write(
            f"{begin}--- Started {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC ---\n"
        )


@dataclass
class Service:
    """A process of the demo that is started again when it dies."""

    name: str
    command: list[str]
    log: Path
    warden: Warden
    family: Family | None = None
    deaths: int = 0
    started_at: float = 0.0
    due_at: float = 0.0

    def start(self, environment: dict[str, str]) -> None:
        self.started_at = time.monotonic()
        with self.log.open("ab") as log:
            self.family = Family.start(
                self.command,
                environment=environment,
                output=log.fileno(),
                errors=subprocess.STDOUT,
            )
        self.warden.watch(self.family)

    def has_died(self) -> bool:
        return self.family is not None and self.family.has_died()

    def bury(self) -> float:
        """Kill what the dead leader left; say after how long to start again."""
        self.stop(patience=0)
        lived = time.monotonic() - self.started_at
        self.deaths = 0 if lived > 60 else self.deaths + 1
        delay = min(10.0, 0.25 * 2.0**self.deaths)
        self.due_at = time.monotonic() + delay
        return delay

    def stop(self, *, patience: float) -> None:
        if self.family:
            self.family.stop(patience=max(0.0, patience))
            self.warden.forget(self.family)
        self.family = None


@dataclass
class DemoSite:
    folder: Path
    port: str
    say: Callable[[str], None]
    environment: dict[str, str] = field(default_factory=dict)
    server: embedded_postgres.Server | None = None
    services: list[Service] = field(default_factory=list)
    warden: Warden = field(default_factory=Warden)

    def run(self) -> None:
        started_at = time.monotonic()
        try:
            kill_marked(str(self.folder))
            self.check_machine()
            self.start_database()
            self.services = self.make_services()
            log_ins = self.seed()
            for service in self.services:
                service.start(self.environment)
            self.wait_until_it_answers()
            self.announce(log_ins, time.monotonic() - started_at)
            self.watch()
        except KeyboardInterrupt:
            self.say("Stopping ...")
        finally:
            self.stop()

    def check_machine(self) -> None:
        if shutil.disk_usage(self.folder).free < SPACE_NEEDED:
            raise CannotStart(
                f"The disk of {self.folder} is full:"
                f" {SPACE_NEEDED // 1_000_000} MB are needed."
            )
        if not self.port.isdecimal() or not 0 < int(self.port) < 65536:
            raise CannotStart(f"PORT must be a number up to 65535, not {self.port!r}.")
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", int(self.port)))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise CannotStart(
                        f"Port {self.port} cannot be used: {error.strerror}."
                    ) from error
                raise CannotStart(
                    f"Port {self.port} is in use by another program."
                    f" Choose another one: PORT={int(self.port) % 65535 + 1}."
                ) from error

    def start_database(self) -> None:
        url = os.environ.get("DATABASE_URL")
        if not url:
            self.server = embedded_postgres.start(self.folder)
            url = self.server.url
            self.say(f"PostgreSQL {self.server.version} runs, data: {self.server.home}")
        values = {
            "SITE_MODE": "demo",
            "SECRET_KEY": os.environ["SECRET_KEY"],
            "DEMO_PASSWORD": os.environ["DEMO_PASSWORD"],
            "DATABASE_URL": url,
            "BASE_URL": f"http://127.0.0.1:{self.port}",
            "STATIC_ROOT": str(self.folder / "static"),
        }
        values |= {name: os.environ[name] for name in HANDED_ON if name in os.environ}
        demo_environment.write(values)
        mark = {MARK: str(self.folder), "PYTHONUNBUFFERED": "1"}
        self.environment = os.environ | values | mark

    def make_services(self) -> list[Service]:
        gunicorn = ["-m", "gunicorn", "-c", "python:conference_site.gunicorn_conf"]
        bind = ["--bind", f"127.0.0.1:{self.port}"]
        return [
            self.make_service("web", [sys.executable, *gunicorn, *bind]),
            self.make_service("worker", self.manage("qcluster")),
        ]

    def make_service(self, name: str, command: list[str]) -> Service:
        log = self.folder / f"{name}.log"
        continue_log(log)
        return Service(name, command, log, self.warden)

    def manage(self, *arguments: str) -> list[str]:
        return [sys.executable, str(demo_environment.PROJECT / "manage.py"), *arguments]

    def seed(self) -> str:
        """Bring the database up to date; the log-ins it holds."""
        child = Family.start(
            self.manage("seed"), environment=self.environment, output=subprocess.PIPE
        )
        self.warden.watch(child)
        try:
            said, _ = child.leader.communicate()
        finally:
            child.kill()
            self.warden.forget(child)
        if child.leader.returncode:
            raise CannotStart("The demo could not be set up; the reason stands above.")
        return said.decode().strip()

    def wait_until_it_answers(self) -> None:
        end = time.monotonic() + START_SECONDS
        while not self.answers():
            for service in self.services:
                if service.has_died():
                    last = service.log.read_text(errors="replace").splitlines()[-5:]
                    raise CannotStart("\n".join([f"The {service.name} ended:", *last]))
            if time.monotonic() > end:
                raise CannotStart(f"No answer after {START_SECONDS} seconds.")
            time.sleep(0.05)

    def answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", int(self.port), timeout=5)
        try:
            connection.request("GET", "/live")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def announce(self, log_ins: str, seconds: float) -> None:
        base = self.environment["BASE_URL"]
        self.say(
            f"""
The site          {base}/
For organizers    {base}/admin/
The API           {base}/api/v1/docs/
Log-ins           {log_ins}
Password          {self.environment["DEMO_PASSWORD"]} (the same for all)
E-mails and logs  {self.folder}/worker.log, web.log, postgres.log

Ready after {seconds:.1f} seconds. Ctrl-C stops everything, the data stays."""
        )

    def watch(self) -> None:
        while True:
            time.sleep(0.2)
            if self.server and self.server.has_died():
                self.say("PostgreSQL ended unexpectedly: starting it again.")
                self.server = embedded_postgres.start(self.folder)
            for service in self.services:
                if service.has_died():
                    delay = service.bury()
                    self.say(
                        f"The {service.name} process ended unexpectedly:"
                        f" starting it again in {delay:.1f} s."
                    )
                elif not service.family and time.monotonic() >= service.due_at:
                    service.start(self.environment)

    def stop(self) -> None:
        """Leave nothing running; further signals would only cut this short."""
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, signal.SIG_IGN)
        for service in self.services:
            if service.family:
                service.family.ask_to_stop()
        end = time.monotonic() + STOP_SECONDS
        for service in self.services:
            service.stop(patience=end - time.monotonic())
        if self.server:
            self.server.stop()
        self.warden.close()
