"""The append's own way to PostgreSQL behaves as Django's cursor would."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import Any
from uuid import UUID

import pytest
from django.db import (
    DatabaseError,
    DataError,
    connection,
    transaction,
)
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from eventstore import statement, store
from eventstore.context import context
from eventstore.events import RecordedEvent, UnknownEventType
from eventstore.models import Event
from eventstore.store import Conflict, Expected
from tests.eventstore.conftest import Deposited
from tests.eventstore.test_events import Moved

ONE = Deposited(amount=1)
SOMEBODY = UUID(int=1)


@contextmanager
def listened_to() -> Iterator[None]:
    with CaptureQueriesContext(connection) as queries:
        yield
    sent = [query["sql"] for query in queries]
    ours = ("eventstore_append", "eventstore_load")
    assert any(name in sql for sql in sent for name in ours), "not the ordinary way"


WAYS: dict[str, Callable[[], Any]] = {"plain": nullcontext, "listened to": listened_to}
both_ways = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)


def told(recorded: list[RecordedEvent]) -> list[tuple[Any, ...]]:
    return [
        (one.stream, one.version, one.event, one.metadata["actor"]) for one in recorded
    ]


@pytest.mark.django_db
def test_the_plain_way_is_not_the_ordinary_one():
    """The control for all tests here."""
    assert not connection.queries_logged
    store.append("s", [ONE])

    assert connection.connection in statement._prepared
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE name = %s",
            [statement.NAME.decode()])  # fmt: skip
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db
@both_ways
def test_what_append_answers_is_what_is_stored(way):
    with way(), context(actor="organizer", correlation=SOMEBODY):
        made = store.append("s", [ONE, Moved(to='Zürich \\ "x" 😀 %s $1 \'')])

    assert list(store.read("s")) == made
    assert told(made) == [
        ("s", 1, ONE, "organizer"),
        ("s", 2, Moved(to='Zürich \\ "x" 😀 %s $1 \''), "organizer"),
    ]


@pytest.mark.django_db
@both_ways
@pytest.mark.parametrize(
    ("present", "expected", "fits"),
    [
        (present, expected, fits)
        for expected, fitting in [
            (Expected.ANY, {0, 1, 2, 3}),
            (Expected.NEW, {0}),
            (Expected.EXISTS, {1, 2, 3}),
            (0, {0}),
            (2, {2}),
        ]
        for present in range(4)
        for fits in [present in fitting]
    ],
)
def test_expected_versions_on_empty_behind_equal_and_ahead(
    way, present, expected, fits
):
    if present:
        store.append("s", [ONE] * present)
    refused = nullcontext() if fits else pytest.raises(Conflict)
    with refused, transaction.atomic(), way():
        store.append("s", [ONE, ONE], expected=expected)

    versions = [one.version for one in store.read("s")]
    assert versions == list(range(1, present + 1 + 2 * fits))


@pytest.mark.django_db(transaction=True)
@both_ways
def test_an_append_outside_a_transaction_is_one_of_its_own(way):
    assert connection.get_autocommit()
    with way():
        store.append("s", [ONE])
    with way(), pytest.raises(Conflict):
        store.append("s", [ONE], expected=Expected.NEW)
    with way():
        store.append("s", [ONE])

    connection.close()  # what is not committed is gone
    assert Event.objects.count() == 2


@pytest.mark.django_db(transaction=True)
@both_ways
def test_an_append_as_first_statement_of_a_transaction_is_rolled_back_with_it(way):
    with suppress(ZeroDivisionError), transaction.atomic(), way():
        store.append("s", [ONE])
        raise ZeroDivisionError

    assert not Event.objects.exists()


LONG = [Deposited(amount=number) for number in range(450)]


@pytest.mark.django_db(transaction=True)
@both_ways
def test_a_long_append_is_in_order_and_all_or_nothing(way):
    """It is sent in parts, and the next is made while one is under way."""
    store.append("s", [ONE])
    with way():
        store.append("s", LONG, expected=1)
    with way(), pytest.raises(Conflict):
        store.append("s", LONG, expected=1)
    with pytest.raises(UnknownEventType):
        store.append("s", [*LONG, object()])
    with way(), pytest.raises(DataError):
        store.append("s", [*LONG, Moved(to="\0")])

    kept = list(store.read("s"))
    assert [one.event for one in kept] == [ONE, *LONG]
    assert [one.version for one in kept] == list(range(1, 452))
    assert sorted(one.position for one in kept) == [one.position for one in kept]


@pytest.mark.django_db(transaction=True)
@both_ways
def test_what_cannot_be_encoded_leaves_a_connection_that_works(way):
    broken = Moved(to=b"\xff", by=object())  # type: ignore[arg-type] # on purpose
    with way(), pytest.raises((TypeError, NotImplementedError)):
        store.append("s", [*LONG, broken])
    with way():
        store.append("s", [ONE])

    assert [one.version for one in store.read("s")] == [1]


@pytest.mark.django_db(transaction=True)
@both_ways
def test_a_savepoint_takes_its_appends_back(way):
    with transaction.atomic():
        store.append("s", [ONE])
        with suppress(ZeroDivisionError), transaction.atomic(), way():
            store.append("s", [ONE])
            raise ZeroDivisionError
        store.append("s", [ONE], expected=1)

    assert [one.version for one in store.read("s")] == [1, 2]


@pytest.mark.django_db(transaction=True)
@both_ways
def test_after_a_conflict_the_transaction_is_broken_as_django_expects(way):
    store.append("s", [ONE])
    with transaction.atomic():
        with way(), pytest.raises(Conflict):
            store.append("s", [ONE], expected=Expected.NEW)
        with pytest.raises(DatabaseError), way():
            store.append("s", [ONE])
        transaction.set_rollback(True)

    assert Event.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@both_ways
def test_a_transaction_marked_as_broken_takes_no_append(way):
    """Nothing would be kept: Django says so, and the plain way must not be silent."""
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError), way():
            store.append("s", [ONE])


@pytest.mark.django_db
@both_ways
def test_what_postgresql_cannot_store_is_an_error_of_django(way):
    with pytest.raises(DataError), transaction.atomic(), way():
        store.append("s", [Moved(to="\0")])
    with pytest.raises(DataError), transaction.atomic(), way():
        store.append("s" * 200, [ONE])
    for stream in ("s\0", "s\0t"):
        with pytest.raises(DataError), transaction.atomic(), way():
            store.append(stream, [ONE])
    assert not Event.objects.exists()
