"""The append's own way to PostgreSQL, on connections that end, differ or are many."""

import threading

import psycopg
import pytest
from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    connection,
    transaction,
)

from eventstore import statement, store
from eventstore.models import Event
from eventstore.store import Conflict
from tests.eventstore.test_statement import ONE, both_ways
from tests.waiting import until_it_waits


def ended_by_the_server() -> None:
    """Another session ends this one's, as a restart or an operator would."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    given = connection.get_connection_params()
    ours = {
        key: given[key] for key in ("host", "port", "user", "password") if key in given
    }
    with psycopg.connect(dbname=given["dbname"], **ours, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


@pytest.mark.django_db(transaction=True)
@both_ways
def test_a_lost_connection_is_an_operational_error_and_a_new_one_prepares_anew(way):
    store.append("s", [ONE])
    ended_by_the_server()
    with pytest.raises((OperationalError, InterfaceError)), way():
        store.append("s", [ONE])

    connection.close_if_unusable_or_obsolete()
    with way():
        store.append("s", [ONE])
    assert [one.version for one in store.read("s")] == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_is_asked_for_its_health_is_made_anew():
    """As at the beginning of a request: a restarted server is not noticed."""
    store.append("s", [ONE])
    ended_by_the_server()
    connection.health_check_enabled = True  # type: ignore[attr-defined] # not in the stubs
    connection.health_check_done = False  # type: ignore[attr-defined] # not in the stubs
    try:
        store.append("s", [ONE])
    finally:
        connection.health_check_enabled = False  # type: ignore[attr-defined] # not in the stubs

    assert Event.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_closed_connection_is_opened():
    store.append("s", [ONE])
    connection.close()
    store.append("s", [ONE])

    assert Event.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_wrapper_around_queries_sees_the_append():
    seen = []

    def wrapper(execute, sql, params, many, context):
        seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrapper):
        store.append("s", [ONE])

    assert statement.CALL in seen


@pytest.mark.django_db(transaction=True)
def test_another_isolation_level_takes_the_ordinary_way():
    """psycopg begins such transactions itself: a bare BEGIN would lose the level."""
    connection.close()
    options = connection.settings_dict["OPTIONS"]
    before = options.get("isolation_level")
    level = psycopg.IsolationLevel.SERIALIZABLE
    try:
        options["isolation_level"] = level
        with transaction.atomic():
            store.append("s", [ONE])
            with connection.cursor() as cursor:
                cursor.execute("SHOW transaction_isolation")
                assert cursor.fetchone() == ("serializable",)
        assert connection.connection not in statement._prepared
    finally:
        connection.close()
        if before is None:
            del options["isolation_level"]
        level = psycopg.IsolationLevel.READ_COMMITTED
        connection.isolation_level = level  # type: ignore[attr-defined] # PostgreSQL's


@pytest.mark.django_db(transaction=True)
def test_every_thread_has_a_statement_of_its_own():
    failed = []

    def write(stream: str) -> None:
        try:
            for _ in range(10):
                store.append(stream, [ONE])
        except DatabaseError as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=[f"s{n}"]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    for n in range(4):
        assert [one.version for one in store.read(f"s{n}")] == list(range(1, 11))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("many", [1, 450])
def test_who_waits_for_another_thread_lets_it_run(many):
    """Both of one process: a wait that kept the interpreter would wait for itself."""
    outcome: list[DatabaseError | str] = []

    def write() -> None:
        try:
            store.append("s", [ONE] * many, expected=0)
        except DatabaseError as error:
            outcome.append(error)
        except Conflict:
            outcome.append("conflict")
        finally:
            connection.close()

    waiting = threading.Thread(target=write)
    with transaction.atomic():
        store.append("s", [ONE], expected=0)
        waiting.start()
        until_it_waits(waiting)
    waiting.join()

    assert outcome == ["conflict"]
