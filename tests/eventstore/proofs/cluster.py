"""A PostgreSQL of the proof's own, durable, that may be killed and started again."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.core.management import call_command

from conference_site import embedded_postgres
from tests.eventstore.proofs.crew import Database, database_in_use, use

NAME = "proof"


class Cluster:
    """The server, and the database of it that this process uses meanwhile."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = embedded_postgres.start(folder)
        self._before = database_in_use()

    @property
    def database(self) -> Database:
        place = {"HOST": str(self.server.sockets), "PORT": "", "PASSWORD": ""}
        options = {**self._before["OPTIONS"]}
        options.pop("host", None)
        return {"NAME": NAME, "USER": "postgres", "OPTIONS": options, **place}

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/{NAME}?host={self.server.sockets}"

    def create_empty(self) -> None:
        with psycopg.connect(self.server.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {NAME}")
        use(self.database)

    def create(self, *apps: str) -> None:
        """Make the database, with the tables of these apps or, without any, of all."""
        self.create_empty()
        for app in apps or [""]:
            call_command("migrate", *([app] if app else []), verbosity=0)

    def program(self, name: str) -> Path:
        """One of PostgreSQL's own programs, of the server's version."""
        return Path(f"/proc/{self.server.process.pid}/exe").resolve().with_name(name)

    def set(self, name: str, value: str) -> None:
        """Change a setting of the server, for its next starts as well."""
        with psycopg.connect(self.server.url, autocommit=True) as connection:
            connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
            connection.execute("SELECT pg_reload_conf()")

    def next_transaction(self) -> int:
        """How many transactions the cluster has seen, roughly."""
        with psycopg.connect(self.server.url, autocommit=True) as connection:
            row = connection.execute(
                "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
            ).fetchone()
        return int(row[0]) if row else 0

    def kill(self) -> None:
        """kill -9 of the postmaster: all its processes end without a word."""
        os.kill(self.server.process.pid, signal.SIGKILL)
        self.server.process.wait()

    def start_again(self) -> None:
        self.server = embedded_postgres.start(self.folder, sockets=self.server.sockets)

    def close(self) -> None:
        use(self._before)
        self.server.stop()
        shutil.rmtree(self.server.home, ignore_errors=True)


@contextmanager
def own_cluster() -> Iterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="conference-proofs-"))
    folder.chmod(0o711)  # as root, the server runs as another user
    cluster = Cluster(folder)
    try:
        yield cluster
    finally:
        cluster.close()
        shutil.rmtree(folder, ignore_errors=True)
