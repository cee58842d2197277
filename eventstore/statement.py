"""The one statement of an append, sent with as little around it as possible."""

from collections.abc import Iterable
from select import POLLIN, POLLOUT, poll
from typing import Any, cast
from weakref import WeakSet

from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import Connection, OperationalError
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult

CALL = "SELECT eventstore_append(%s, %s, %s, %s)"
NAME = b"eventstore_append"
PREPARED = b"SELECT eventstore_append($1::text, $2::int, $3::jsonb, $4::jsonb)"
_prepared: WeakSet[Connection[Any]] = WeakSet()


def call_append(
    stream: str, expected: int, parts: Iterable[tuple[int, bytes]], metadata: bytes
) -> list[str]:
    """Call the database's append for each part of the new events (how many, as JSON)
    and return its lines of text.

    Django's cursor and psycopg's take longer than PostgreSQL does, so this speaks to
    libpq, with a statement prepared once per connection; the next part is made while
    the database is at work on the one before. Where somebody listens to Django's
    queries (tests, tracing), it takes the ordinary way.
    """
    # Asked of the proxy, each attribute would cost a microsecond.
    connection = connections[DEFAULT_DB_ALIAS]
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    plain = connection.connection.isolation_level is None
    if connection.queries_logged or connection.execute_wrappers or not plain:
        with connection.cursor() as cursor:
            return _one_by_one(cursor, stream, expected, parts, metadata)
    with connection.wrap_database_errors:
        libpq = connection.connection.pgconn
        if connection.connection not in _prepared:
            _checked(libpq.prepare(NAME, PREPARED))
            _prepared.add(connection.connection)
        idle = libpq.transaction_status == TransactionStatus.IDLE
        if connection.in_atomic_block and idle:
            _checked(libpq.exec_(b"BEGIN"))
        return _overlapping(libpq, stream.encode(), expected, parts, metadata)


def _one_by_one(
    cursor: Any,
    stream: str,
    expected: int,
    parts: Iterable[tuple[int, bytes]],
    metadata: bytes,
) -> list[str]:
    lines = []
    for count, part in parts:
        cursor.execute(CALL, [stream, expected, part.decode(), metadata.decode()])
        lines.append(cursor.fetchone()[0])
        expected += count if expected >= 0 else 0
    return lines


def _overlapping(
    libpq: PGconn,
    stream: bytes,
    expected: int,
    parts: Iterable[tuple[int, bytes]],
    metadata: bytes,
) -> list[str]:
    lines: list[str] = []
    under_way = False
    try:
        for count, part in parts:
            if under_way:
                under_way = False
                lines.append(_line(libpq))
            arguments = (stream, b"%d" % expected, part, metadata)
            libpq.send_query_prepared(NAME, arguments)
            under_way = True
            while libpq.flush():
                _wait(libpq, POLLOUT)
            expected += count if expected >= 0 else 0
    except BaseException:
        if under_way:
            # The connection must not be left with an answer that nobody fetched.
            while _answer(libpq):
                pass
        raise
    return [*lines, _line(libpq)]


def _line(libpq: PGconn) -> str:
    answer = _answer(libpq)
    while _answer(libpq):
        pass
    return cast(bytes, _checked(answer).get_value(0, 0)).decode()


def _answer(libpq: PGconn) -> PGresult | None:
    """The next one. libpq's own wait for it would keep the interpreter, and with it the
    thread that may hold what this append waits for."""
    while libpq.is_busy():
        _wait(libpq, POLLIN)
        libpq.consume_input()
    return libpq.get_result()


def _wait(libpq: PGconn, event: int) -> None:
    poller = poll()
    poller.register(libpq.socket, event)
    poller.poll()


def _checked(answer: PGresult | None) -> PGresult:
    if answer is None:
        raise OperationalError("The connection was lost.")
    if answer.status not in {ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK}:
        error = error_from_result(answer)
        # What the server did not say itself is that it is gone.
        raise error if error.sqlstate else OperationalError(str(error))
    return answer
