"""Making read models anew from the events, while the site goes on writing them.

The projector runs unchanged with a schema of empty tables first in the search path. The
live tables are locked only for the last few events and the exchange.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count

from django.db import OperationalError, connection, models, transaction
from psycopg.errors import LockNotAvailable

from eventstore.events import type_of
from eventstore.models import Event, horizon
from eventstore.projections import Projector
from eventstore.store import recorded_events

SHADOW, RETIRED = "shadow", "retired"
BATCH, ATTEMPTS = 1_000, 100
Progress = Callable[[int, int], None]


class RebuildUnderWay(Exception):
    """Another rebuild holds the shadow tables."""


def rebuild(projector: Projector, *, progress: Progress = lambda done, of: None) -> int:
    """Replace the rows of a projector's models by what its events say; events replayed.

    Raises RebuildUnderWay if another one runs.
    """
    with _only_one(), _shadow_tables(projector):
        finish = partial(_exchange, projector)
        return _finish(projector, finish, progress, lock="ACCESS EXCLUSIVE")


def differences(projector: Projector) -> dict[str, int]:
    """Rebuild beside the live tables and count rows that differ, per table.

    An empty answer is the proof that the read model equals its events.
    """
    found: dict[str, int] = {}

    def compare() -> None:
        found.update({table: _rows_that_differ(table) for table in _tables(projector)})

    with _only_one(), _shadow_tables(projector):
        # Pages go on reading meanwhile.
        _finish(projector, compare, lambda done, of: None, lock="SHARE")
    return {table: rows for table, rows in found.items() if rows}


def _tables(projector: Projector) -> list[str]:
    return [model._meta.db_table for model in projector.models]


def _execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@contextmanager
def _only_one() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(17748, 1)")
        if not cursor.fetchone()[0]:
            raise RebuildUnderWay("Another rebuild is under way; try again later.")
        # Sorting a million events may take longer than a web request is allowed to.
        cursor.execute("SET statement_timeout = 0")
    try:
        yield
    finally:
        _execute("RESET statement_timeout")
        _execute("SELECT pg_advisory_unlock(17748, 1)")


@contextmanager
def _shadow_tables(projector: Projector) -> Iterator[None]:
    _execute(f"DROP SCHEMA IF EXISTS {SHADOW}, {RETIRED} CASCADE")
    _execute(f"CREATE SCHEMA {SHADOW}")
    _execute(f"CREATE SCHEMA {RETIRED}")
    for table in _tables(projector):
        _make_shadow(table)
    try:
        yield
    finally:
        _execute(f"DROP SCHEMA IF EXISTS {SHADOW}, {RETIRED} CASCADE")


def _make_shadow(table: str) -> None:
    """The same columns, checks, keys and indexes under the same names.

    `LIKE ... INCLUDING INDEXES` would name them anew, and later migrations would not
    find them after the exchange.
    """
    _execute(
        f'CREATE TABLE {SHADOW}."{table}"'
        f' (LIKE public."{table}" INCLUDING ALL EXCLUDING INDEXES)'
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = %s::regclass AND contype IN ('p', 'u')",
            [f'public."{table}"'],
        )
        for name, definition in cursor.fetchall():
            _execute(
                f'ALTER TABLE {SHADOW}."{table}" ADD CONSTRAINT "{name}" {definition}'
            )
        cursor.execute(
            "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = "
            "%s::regclass AND NOT EXISTS (SELECT FROM pg_constraint"
            " WHERE conindid = indexrelid AND contype IN ('p', 'u'))",
            [f'public."{table}"'],
        )
        for (definition,) in cursor.fetchall():
            _execute(definition.replace(" ON public.", f" ON {SHADOW}.", 1))


def _own_events(projector: Projector) -> models.QuerySet[Event]:
    return Event.objects.filter(
        type__in=[type_of(kind).name for kind in projector.kinds]
    )


@contextmanager
def _in_the_shadow() -> Iterator[None]:
    """Unqualified table names mean the shadow tables until the transaction ends."""
    with transaction.atomic():
        _execute(f"SET LOCAL search_path = {SHADOW}, public")
        yield
        _execute("SET LOCAL search_path = DEFAULT")


def _replay(projector: Projector, position: int, progress: Progress) -> tuple[int, int]:
    """Replay what is settled behind a position; the position reached, how many
    events."""
    done = 0
    total = _own_events(projector).filter(position__gt=position).count()
    while True:
        # Two statements in this order: see `horizon`.
        top = horizon()
        batch = _own_events(projector).filter(position__gt=position, position__lte=top)
        rows = list(batch.order_by("position")[:BATCH])
        if not rows:
            return position, done
        _project(projector, rows)
        position, done = rows[-1].position, done + len(rows)
        progress(done, max(total, done))


def _project(projector: Projector, rows: list[Event]) -> None:
    with _in_the_shadow():
        for recorded in recorded_events(rows):
            projector.project(recorded)


def _finish(
    projector: Projector,
    finish: Callable[[], None],
    progress: Progress,
    *,
    lock: str,
) -> int:
    """Call `finish` at the moment when the shadow tables hold all that was committed
    and nobody can write the live ones; how many events were replayed."""
    position, done = _replay(projector, 0, progress)
    for table in _tables(projector):
        # The planner must know the new tables from the first query on.
        _execute(f'ANALYZE {SHADOW}."{table}"')
    for attempt in count(1):
        try:
            with transaction.atomic():
                _keep_writers_out(projector, lock)
                behind = _own_events(projector).filter(position__gt=position)
                rows = list(behind.order_by("position"))
                _project(projector, rows)
                finish()
            return done + len(rows)
        except OperationalError as error:
            if attempt == ATTEMPTS or not isinstance(error.__cause__, LockNotAvailable):
                raise
        position, more = _replay(projector, position, progress)
        done += more
    raise AssertionError("unreachable: count() never ends")


def _keep_writers_out(projector: Projector, lock: str) -> None:
    """Wait for writers under way and keep new ones out; then all they wrote is visible.

    The wait is shorter than PostgreSQL's deadlock_timeout (1 s): where a writer and
    this wait for each other, this gives way and tries again, never the writer.
    """
    _execute("SET LOCAL lock_timeout = '400ms'")
    names = ", ".join(f'public."{table}"' for table in _tables(projector))
    _execute(f"LOCK TABLE {names} IN {lock} MODE")


def _exchange(projector: Projector) -> None:
    for table in _tables(projector):
        _execute(f'ALTER TABLE public."{table}" SET SCHEMA {RETIRED}')
        _execute(f'ALTER TABLE {SHADOW}."{table}" SET SCHEMA public')


def _rows_that_differ(table: str) -> int:
    live, anew = f'public."{table}"', f'{SHADOW}."{table}"'
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM ((TABLE {live} EXCEPT ALL TABLE {anew})"  # noqa: S608 own names
            f" UNION ALL (TABLE {anew} EXCEPT ALL TABLE {live})) AS differing"
        )
        return int(cursor.fetchone()[0])
