"""One durable PostgreSQL 18 for all sides, over its Unix socket.

`eventsourcing` sends an append through psycopg's pipeline, which waits for ever on a
Unix socket once one append is larger than the socket's buffer (from about 600 events);
for such appends it gets TCP.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import create_server
from typing import cast
from urllib.parse import quote

import psycopg

from conference_site import embedded_postgres

# A quarter of the memory, as PostgreSQL's manual advises.
BUFFERS = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 4 // 2**20
TUNING = {
    "shared_buffers": f"{BUFFERS}MB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
}
INSERT = Path(__file__).with_name("insert.sql")


@dataclass(frozen=True)
class Server:
    port: int
    sockets: Path
    programs: Path
    version: str

    def url(self, database: str) -> str:
        return (
            f"postgresql://postgres@/{database}"
            f"?host={quote(str(self.sockets), safe='')}&port={self.port}"
        )

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(self.url(database), autocommit=True)

    def has(self, database: str) -> bool:
        with self.connect() as connection:
            found = connection.execute(
                "SELECT FROM pg_database WHERE datname = %s", [database]
            )
            return found.fetchone() is not None

    def create(self, database: str, template: str = "template1") -> None:
        with self.connect() as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')

    def memory(self) -> str:
        with self.connect() as connection:
            buffers, pages = (
                row[0]
                for name in ("shared_buffers", "huge_pages_status")
                for row in connection.execute(f"SHOW {name}")
            )
        return f"{buffers} of shared buffers, huge pages {pages}"

    def settle(self) -> None:
        """Nothing left over from one measurement is written during the next."""
        with self.connect() as connection:
            connection.execute("CHECKPOINT")

    def pgbench(self, database: str, *, clients: int, seconds: float) -> float:
        """Transactions a second of the INSERT beside this file."""
        answer = subprocess.run(
            [
                *(self.programs / "pgbench", "--no-vacuum", "--protocol=prepared"),
                *(
                    f"--file={INSERT}",
                    f"--client={clients}",
                    f"--jobs={min(clients, 2)}",
                ),
                *(f"--time={max(1, round(seconds))}", self.url(database)),
            ],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        found = re.search(r"tps = ([\d.]+)", answer)
        assert found, answer
        return float(found[1])


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    embedded_postgres.SETTINGS |= {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
    } | TUNING
    started = embedded_postgres.start(folder)
    try:
        program, *_ = cast(list[Path], started.process.args)
        # The processes that make load find it there.
        os.environ |= {"PGPORT": str(port), "PGHOST": str(started.sockets)}
        yield Server(port, started.sockets, program.parent, started.version)
    finally:
        started.stop()
