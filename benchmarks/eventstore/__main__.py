"""`python -m benchmarks.eventstore`: measures, prints a table, writes the page."""

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.eventstore import (
    appending,
    growing,
    loading,
    page,
    projecting,
    rebuilding,
)
from benchmarks.eventstore.bench import MIGRATED, Bench, Group, run, say
from benchmarks.eventstore.crew import Crew
from benchmarks.eventstore.server import Server, running

PARTS: dict[str, Callable[[Bench], list[Group]]] = {
    "append": appending.groups,
    "load": loading.groups,
    "project": projecting.groups,
    "rebuild": rebuilding.groups,
    "growth": growing.groups,
}
PROJECT = Path(__file__).parents[2]


def main() -> None:
    wishes = parsed()
    chosen = wishes.only or [
        part for part in PARTS if part != "growth" or wishes.growth
    ]
    command = " ".join(["python -m benchmarks.eventstore", *sys.argv[1:]])
    if wishes.folder:
        command = command.replace(str(wishes.folder), "FOLDER")
    with folder(wishes.folder) as place, running(place) as server:
        migrate(server)
        for part in chosen:
            measure(part, server, wishes, command)
    if not wishes.quick:
        page.PAGE.write_text(page.text())
        say(f"\n{page.PAGE.relative_to(PROJECT)} is written.")


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m benchmarks.eventstore", description=__doc__
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4, help="of each measurement")
    parser.add_argument("--only", nargs="+", choices=PARTS, help="these parts")
    parser.add_argument("--growth", action="store_true", help="fill 10 000 000 too")
    parser.add_argument("--quick", action="store_true", help="small; writes nothing")
    parser.add_argument("--folder", type=Path, help="keep the server's files there")
    return parser.parse_args()


@contextmanager
def folder(kept: Path | None) -> Iterator[Path]:
    if kept:
        yield kept
        return
    made = Path(tempfile.mkdtemp(prefix="benchmarks-", dir="/var/tmp"))
    made.chmod(0o711)  # as root, the server runs as another user
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def migrate(server: Server) -> None:
    server.create(MIGRATED)
    subprocess.run(
        [
            sys.executable,
            "-m",
            "django",
            "migrate",
            "--run-syncdb",
            "--skip-checks",
            "--verbosity=0",
        ],
        check=True,
        cwd=PROJECT,
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "benchmarks.eventstore.settings",
            "DATABASE_URL": server.url(MIGRATED),
            "PYTHONPATH": str(PROJECT),
        },
    )


def measure(
    part: str, server: Server, wishes: argparse.Namespace, command: str
) -> None:
    say(f"\n{part}")
    circumstances = {
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "command": f"`{command}`",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {memory()}",
        "server's memory": server.memory(),
        "load average before": " ".join(f"{load:.2f}" for load in os.getloadavg()),
        "rounds": f"{wishes.rounds} of {wishes.seconds:g} s",
        "versions": f"PostgreSQL {server.version}, Python {platform.python_version()}, "
        + ", ".join(
            f"{name} {version(name)}" for name in ("Django", "psycopg", "eventsourcing")
        ),
    }
    with Crew(server.port) as crew:
        bench = Bench(server, crew, wishes.seconds, wishes.rounds, wishes.quick)
        found = run(bench, PARTS[part](bench))
    say("")
    for line in page.against_goals(found):
        say(line)
    if not wishes.quick:
        page.write(part, found, circumstances)


def memory() -> str:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{total / 2**30:.0f} GiB of memory"


if __name__ == "__main__":
    main()
