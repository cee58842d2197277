"""The one statement of an append, sent with as little around it as possible."""

from typing import Any, cast
from weakref import WeakSet

from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import Connection
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

CALL = "SELECT eventstore_append(%s, %s, %s, %s)"
NAME = b"eventstore_append"
PREPARED = b"SELECT eventstore_append($1::text, $2::int, $3::jsonb, $4::jsonb)"
_prepared: WeakSet[Connection[Any]] = WeakSet()


def call_append(stream: str, expected: int, new: bytes, metadata: bytes) -> str:
    """Call the database's append and return its line of text.

    Django's cursor and psycopg's take longer than PostgreSQL does, so this speaks to
    libpq, with a statement prepared once per connection. Where somebody listens to
    Django's queries (tests, tracing), it takes the ordinary way.
    """
    # Asked of the proxy, each attribute would cost a microsecond.
    connection = connections[DEFAULT_DB_ALIAS]
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    plain = connection.connection.isolation_level is None
    if connection.queries_logged or connection.execute_wrappers or not plain:
        with connection.cursor() as cursor:
            cursor.execute(CALL, [stream, expected, new.decode(), metadata.decode()])
            return cast(str, cursor.fetchone()[0])
    with connection.wrap_database_errors:
        libpq = connection.connection.pgconn
        if connection.connection not in _prepared:
            _checked(libpq.prepare(NAME, PREPARED))
            _prepared.add(connection.connection)
        if connection.in_atomic_block and (
            libpq.transaction_status == TransactionStatus.IDLE
        ):
            libpq.exec_(b"BEGIN")
        arguments = (stream.encode(), b"%d" % expected, new, metadata)
        answer = _checked(libpq.exec_prepared(NAME, arguments))
        return cast(bytes, answer.get_value(0, 0)).decode()


def _checked(answer: PGresult) -> PGresult:
    if answer.status not in {ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK}:
        raise error_from_result(answer)
    return answer
