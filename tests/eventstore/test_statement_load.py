"""The load's own way to PostgreSQL behaves as Django's cursor would."""

import threading
from contextlib import nullcontext
from uuid import UUID

import pytest
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.transaction import TransactionManagementError

from eventstore import store
from eventstore.models import Snapshot
from eventstore.statement import call_load
from tests.eventstore.conftest import Account
from tests.eventstore.test_events import Moved
from tests.eventstore.test_statement import ONE, both_ways
from tests.eventstore.test_statement_connections import ended_by_the_server
from tests.waiting import until_it_waits

pytestmark = pytest.mark.django_db(transaction=True)
ID = UUID(int=7)
STREAM = Account.stream(ID)
ALL = 2**31 - 1


def somebody_else_gets_the_lock() -> bool:
    answers = []

    def ask() -> None:
        try:
            with transaction.atomic():
                answers.append(store.try_lock(STREAM))
        finally:
            connection.close()

    asking = threading.Thread(target=ask)
    asking.start()
    asking.join()
    return answers[0]


@both_ways
@pytest.mark.parametrize("around", [nullcontext, transaction.atomic])
@pytest.mark.parametrize("stream", ["s", "it's \\ 100 % größer", "😀 $1 %s"])
def test_what_a_load_answers_is_what_is_stored(way, around, stream):
    where = 'Zürich \\ "x" 😀 %s $1 \''
    store.append(stream, [ONE, Moved(to=where), ONE])
    store.append("another", [ONE])
    with around(), way():
        rows = call_load(stream, -1, ALL, locked=False)
    loaded = [
        event for made in store._loaded([row[1:] for row in rows]) for event in made
    ]

    assert [row[0] for row in rows] == [1, 2, 3]
    assert loaded == [one.event for one in store.read(stream)]


@both_ways
def test_a_snapshot_comes_first_and_stands_for_what_is_before_it(way):
    store.append(STREAM, [ONE] * 3)
    Snapshot.objects.create(
        stream=STREAM, version=2, schema_version=4, state={"balance": 2}
    )
    with way():
        found = call_load(STREAM, 4, ALL, locked=False)
        other = call_load(STREAM, 5, ALL, locked=False)
        without = call_load(STREAM, -1, 2, locked=False)

    assert [row[:3] for row in found] == [(2, "", 0), (3, "test-deposited", 1)]
    assert found[0][3] == '{"balance": 2}'
    assert [row[0] for row in other] == [1, 2, 3]
    assert [row[0] for row in without] == [1, 2]


@both_ways
def test_nothing_is_stored(way):
    with way():
        assert call_load(STREAM, 1, ALL, locked=False) == []


@both_ways
@pytest.mark.parametrize("locked", [True, False])
def test_the_lock_is_held_until_the_transaction_ends(way, locked):
    with transaction.atomic():
        with way():
            store.load(Account, ID, locked=locked)
        assert somebody_else_gets_the_lock() is not locked
    assert somebody_else_gets_the_lock()


@both_ways
def test_what_is_loaded_is_read_behind_the_lock(way):
    """Whoever waited for it sees what the one before has written."""
    seen = []

    def load() -> None:
        try:
            with transaction.atomic(), way():
                seen.append(store.load(Account, ID, locked=True).balance)
        finally:
            connection.close()

    waiting = threading.Thread(target=load)
    with store.change(Account, ID) as account:
        waiting.start()
        until_it_waits(waiting)
        account.deposit(5)
    waiting.join()

    assert seen == [5]


@both_ways
def test_a_load_as_first_statement_begins_the_transaction(way):
    with transaction.atomic(), way():
        store.load(Account, ID)
        store.append(STREAM, [ONE])
        transaction.set_rollback(True)

    assert not store.load(Account, ID).exists
    assert connection.get_autocommit()


@both_ways
def test_a_lost_connection_is_an_error_of_django_and_the_next_one_works(way):
    store.append(STREAM, [ONE])
    ended_by_the_server()
    with pytest.raises((OperationalError, InterfaceError)), way():
        store.load(Account, ID)

    connection.close_if_unusable_or_obsolete()
    with way():
        assert store.load(Account, ID).version == 1


@both_ways
def test_who_waits_too_long_is_told_so_as_django_would(way):
    refused = pytest.raises(OperationalError, match="lock timeout")
    outcome = []

    def load() -> None:
        try:
            with refused as caught, transaction.atomic(), way():
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '50ms'")
                store.load(Account, ID, locked=True)
            outcome.append(caught.type)
        finally:
            connection.close()

    waiting = threading.Thread(target=load)
    with store.change(Account, ID):
        waiting.start()
        waiting.join()

    assert outcome == [OperationalError]


@both_ways
def test_a_transaction_marked_as_broken_loads_nothing(way):
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError), way():
            store.load(Account, ID)
