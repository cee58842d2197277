"""Embedded PostgreSQL: starts anywhere, survives kills, leaves nothing."""

import os
import signal
import threading
from pathlib import Path

import psycopg
import pytest

from conference_site.embedded_postgres import ATTEMPTS, IN_USE
from conference_site.postgres_programs import PostgresUnavailable
from tests.waiting import until

pytestmark = pytest.mark.processes


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        answer = connection.execute(question)
        row = answer.fetchone() if answer.description else None
    return row and row[0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "a long & awkward näme" / ("x" * 60)


def test_it_speaks_unicode_on_a_private_socket_only(folder, start_postgres):
    server = start_postgres(folder)

    assert ask(server.url, "SHOW server_encoding") == "UTF8"
    assert ask(server.url, "SELECT upper('straße, žluťoučký')") == "STRAßE, ŽLUŤOUČKÝ"
    assert ask(server.url, "SHOW listen_addresses") == ""
    assert server.sockets.stat().st_mode & 0o077 == 0


def test_data_survives_a_stop_and_nothing_runs_after_it(folder, start_postgres):
    server = start_postgres(folder)
    ask(server.url, "CREATE TABLE kept AS SELECT 1")
    server.stop()

    assert server.has_died()
    assert not server.sockets.exists()
    assert ask(start_postgres(folder).url, "SELECT count(*) FROM kept") == 1


def test_server_of_a_killed_run_is_stopped_first(folder, start_postgres):
    left_over = start_postgres(folder)

    server = start_postgres(folder)

    assert left_over.has_died()
    assert ask(server.url, "SELECT 1") == 1


def test_killed_server_comes_back_under_the_same_address(folder, start_postgres):
    killed = start_postgres(folder)
    os.kill(killed.process.pid, signal.SIGKILL)
    killed.process.wait()

    server = start_postgres(folder)

    assert server.url == killed.url
    assert ask(server.url, "SELECT 1") == 1


def test_last_child_of_a_killed_server_is_waited_for(folder, start_postgres):
    """On a busy machine it takes a while until it has noticed."""
    killed = start_postgres(folder)
    server = killed.process.pid
    child = int(Path(f"/proc/{server}/task/{server}/children").read_text().split()[0])
    os.kill(child, signal.SIGSTOP)
    os.kill(server, signal.SIGKILL)
    killed.process.wait()

    tried = (killed.home / "postgres.log").read_text
    is_over = threading.Event()

    def notice() -> None:
        until(lambda: is_over.is_set() or tried().count(IN_USE) > ATTEMPTS)
        os.kill(child, signal.SIGCONT)

    noticing = threading.Thread(target=notice)
    noticing.start()
    try:
        assert ask(start_postgres(folder).url, "SELECT 1") == 1
    finally:
        is_over.set()
        noticing.join()
    assert tried().count(IN_USE) > ATTEMPTS


def test_stale_pid_of_another_program_is_forgotten(folder, start_postgres):
    server = start_postgres(folder)
    server.stop()
    stale = [str(os.getpid()), "x", "0", "5432", str(server.sockets), "", "", "ready"]
    (server.home / "postgres" / "postmaster.pid").write_text("\n".join(stale))

    assert ask(start_postgres(folder).url, "SELECT 1") == 1


def test_data_of_another_version_is_refused(folder, start_postgres):
    server = start_postgres(folder)
    server.stop()
    (server.home / "postgres" / "PG_VERSION").write_text("9\n")

    with pytest.raises(PostgresUnavailable, match="was written by PostgreSQL 9,"):
        start_postgres(folder)
