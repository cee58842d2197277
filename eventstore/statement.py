"""The statements of an append and a load, sent with as little around as possible."""

from collections.abc import Callable, Iterable
from select import POLLIN, POLLOUT, poll
from typing import Any, cast
from weakref import WeakSet

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import Connection, OperationalError
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, Escaping, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult

from eventstore.sql import fetch

CALL = "SELECT eventstore_append(%s, %s, %s, %s)"
NAME = b"eventstore_append"
PREPARED = b"SELECT eventstore_append($1::text, $2::int, $3::jsonb, $4::jsonb)"
# Not EXECUTE: poolers give prepared statements names of their own.
BEGIN = b"BEGIN; "
APPEND = b"SELECT eventstore_append(%b, %d, %b, %b)"
LOAD = "SELECT * FROM eventstore_load(%s, %s, %s, %s)"
# Plain numbers: asked of the enumeration, each costs as much as a dictionary of them.
GOOD = (int(ExecStatus.COMMAND_OK), int(ExecStatus.TUPLES_OK))
IDLE = int(TransactionStatus.IDLE)
Stored = tuple[int, str, int, str]
_prepared: WeakSet[Connection[Any]] = WeakSet()


def call_append(
    stream: str, expected: int, parts: Iterable[tuple[int, bytes]], metadata: bytes
) -> list[str]:
    """Call the database's append for each part of the new events (how many, as JSON)
    and return its lines of text.

    Django's cursor and psycopg's take longer than PostgreSQL does, so this speaks to
    libpq: in one round trip, whether or not a transaction has to begin first. Where
    somebody listens to Django's queries (tests, tracing), it takes the ordinary way.
    """
    connection = _connected()
    libpq = _unheard(connection, stream)
    if libpq is None:
        with connection.cursor() as cursor:
            return _one_by_one(cursor, stream, expected, parts, metadata)
    with connection.wrap_database_errors:
        own = connection.connection
        if own not in _prepared:
            checked(libpq.prepare(NAME, PREPARED))
            _prepared.add(own)
        begin = _has_to_begin(connection, libpq)
        name = stream.encode()
        if not isinstance(parts, list) or len(parts) > 1:
            return _pipelined(libpq, name, expected, parts, metadata, begin)
        given = parts[0][1]
        if begin:
            quoted = Escaping(libpq).escape_literal
            said = (quoted(name), expected, quoted(given), quoted(metadata))
            return [_line(libpq.exec_(BEGIN + APPEND % said))]
        arguments = (name, b"%d" % expected, given, metadata)
        return [_line(libpq.exec_prepared(NAME, arguments))]


def call_load(stream: str, schema: int, last: int, *, locked: bool) -> list[Stored]:
    """Call the database's load: the snapshot of this schema, if there is one (its type
    is empty), and the later events up to the `last` version, all read behind the
    stream's lock where it is to be `locked`. By the same ways as an append.
    """
    connection = _connected()
    libpq = _unheard(connection, stream)
    if libpq is None:
        return fetch(LOAD, [stream, schema, last, locked])
    with connection.wrap_database_errors:
        name = Escaping(libpq).escape_literal(stream.encode())
        begin = BEGIN if _has_to_begin(connection, libpq) else b""
        lock = b"true" if locked else b"false"
        load = LOAD.encode() % (name, b"%d" % schema, b"%d" % last, lock)
        answer = checked(libpq.exec_(begin + load))
        value = cast(Callable[[int, int], bytes], answer.get_value)
        return [
            (
                int(value(n, 0)),
                value(n, 1).decode(),
                int(value(n, 2)),
                value(n, 3).decode(),
            )
            for n in range(answer.ntuples)
        ]


def _connected() -> BaseDatabaseWrapper:
    # Asked of the proxy, each attribute would cost a microsecond.
    connection = connections[DEFAULT_DB_ALIAS]
    connection.close_if_health_check_failed()
    if connection.connection is None:
        connection.ensure_connection()
    connection.validate_no_broken_transaction()
    return connection


def _unheard(connection: BaseDatabaseWrapper, stream: str) -> PGconn | None:
    """What speaks to the database without Django's cursor, where nobody minds."""
    own = connection.connection
    # libpq would take the name to end at a NUL; psycopg refuses it.
    plain = own.isolation_level is None and "\0" not in stream
    if connection.queries_logged or connection.execute_wrappers or not plain:
        return None
    return cast(PGconn, own.pgconn)


def _has_to_begin(connection: BaseDatabaseWrapper, libpq: PGconn) -> bool:
    return connection.in_atomic_block and libpq.transaction_status == IDLE


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


def _pipelined(
    libpq: PGconn,
    stream: bytes,
    expected: int,
    parts: Iterable[tuple[int, bytes]],
    metadata: bytes,
    begin: bool,
) -> list[str]:
    """The next part is made while the database is at work on the one before."""
    libpq.enter_pipeline_mode()
    try:
        if begin:
            libpq.send_query_params(b"BEGIN", None)
        for count, part in parts:
            arguments = (stream, b"%d" % expected, part, metadata)
            libpq.send_query_prepared(NAME, arguments)
            libpq.send_flush_request()
            _flush(libpq)
            expected += count if expected >= 0 else 0
    finally:
        # Whatever happened: the connection is left without an answer nobody fetched.
        libpq.pipeline_sync()
        _flush(libpq)
        answers = _answers(libpq)
        libpq.exit_pipeline_mode()
    if begin:
        checked(answers[0])
    return [_line(one) for one in answers[begin:]]


def _line(answer: PGresult) -> str:
    return cast(bytes, checked(answer).get_value(0, 0)).decode()


def _answers(libpq: PGconn) -> list[PGresult]:
    """Those of all statements, in order, until the pipeline's end."""
    found: list[PGresult] = []
    while True:
        answer = _answer(libpq)
        if answer is None:
            # The end of one statement's answers; of a lost connection, the end of all.
            if libpq.status != ConnStatus.OK:
                raise OperationalError("The connection was lost.")
        elif answer.status == ExecStatus.PIPELINE_SYNC:
            return found
        else:
            found.append(answer)


def _flush(libpq: PGconn) -> None:
    while libpq.flush():
        _wait(libpq, POLLOUT)


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


def checked(answer: PGresult) -> PGresult:
    """The answer, unless it is an error: then that is raised, as psycopg would."""
    if answer.status not in GOOD:
        error = error_from_result(answer)
        # What the server did not say itself is that it is gone.
        raise error if error.sqlstate else OperationalError(str(error))
    return answer
