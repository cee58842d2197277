"""Waiting for what other threads and processes do: for the thing itself, not for the
time that it takes when the machine has nothing else to do."""

import threading
import time
from collections.abc import Callable

from django.db import connection

# Far more than anything here takes: only what never happens comes to an end by it.
PATIENCE = 60.0


def until(condition: Callable[[], object], *, seconds: float = PATIENCE) -> None:
    """Return when it is so; raises AssertionError when it never is."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def somebody_waits_for_us() -> bool:
    """Whether another transaction waits for a lock of this connection's.

    Whom we block is of our own database; `pg_stat_activity` would stay as it was when
    this transaction looked first.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted"
            " AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
        )
        return bool(cursor.fetchone()[0])


def until_it_waits(thread: threading.Thread) -> None:
    """Return when the thread is held up by our transaction; it has not ended then."""
    until(lambda: not thread.is_alive() or somebody_waits_for_us())
    assert thread.is_alive(), "it went on beside us"


def _is_held_up(session: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_blocking_pids(%s) <> '{}'", [session])
        return bool(cursor.fetchone()[0])


def has_to_wait(work: Callable[[], object]) -> threading.Thread:
    """Begin this in another connection; it does not end before our transaction.

    What holds it up may be another one that waits for us.
    """
    sessions: list[int] = []

    def run() -> None:
        try:
            connection.ensure_connection()
            sessions.append(connection.connection.info.backend_pid)
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    until(lambda: not thread.is_alive() or any(map(_is_held_up, sessions)))
    assert thread.is_alive(), "it went on beside us"
    return thread
