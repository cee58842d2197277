"""Events are appended as expected, once, and aggregates made of them."""

from uuid import uuid4

import pytest
from django.db import transaction

from eventstore import store
from eventstore.context import caused_by, context
from eventstore.models import Event, Snapshot
from eventstore.signals import appended
from eventstore.store import Conflict, Expected
from tests.eventstore.conftest import Account, NotEnough, Withdrawn
from tests.eventstore.writing import ONE, versions

pytestmark = pytest.mark.django_db


def test_events_come_back_as_they_were_recorded():
    store.append("s", [ONE, Withdrawn(amount=1)])

    assert [recorded.event for recorded in store.read("s")] == [
        ONE,
        Withdrawn(amount=1),
    ]
    assert versions() == [1, 2]


@pytest.mark.parametrize(
    ("present", "expected", "fits"),
    [
        (0, Expected.ANY, True),
        (2, Expected.ANY, True),
        (0, Expected.NEW, True),
        (2, Expected.NEW, False),
        (0, Expected.EXISTS, False),
        (2, Expected.EXISTS, True),
        (0, 0, True),
        (2, 2, True),
        (2, 1, False),
        (2, 3, False),
        (0, 1, False),
    ],
)
def test_expected_versions(present, expected, fits):
    store.append("s", [ONE] * present)
    if fits:
        store.append("s", [ONE], expected=expected)
        assert versions() == list(range(1, present + 2))
    else:
        with pytest.raises(Conflict), transaction.atomic():
            store.append("s", [ONE], expected=expected)
        assert versions() == list(range(1, present + 1))


def test_the_same_command_again_adds_nothing():
    command = uuid4()
    first = store.append("s", [ONE, ONE], command=command)
    store.append("s", [ONE])

    again = store.append("s", [ONE, ONE], command=command)

    assert [r.id for r in again] == [r.id for r in first]
    assert versions() == [1, 2, 3]


def test_other_events_under_the_id_of_a_command_are_not_added():
    """The id says what was wished, whatever the second decision came to."""
    command = uuid4()
    first = store.append("s", [ONE], command=command)

    for again in ([Withdrawn(amount=5)], [ONE, ONE], [ONE]):
        assert store.append("s", again, command=command) == first
        assert store.append("s", again, expected=7, command=command) == first
    assert versions() == [1]


def test_a_command_may_write_to_several_streams_and_only_once_to_each():
    command = uuid4()
    for _ in range(2):
        store.append("s", [ONE], command=command)
        store.append("t", [ONE, ONE], command=command)

    assert (versions(), versions("t")) == ([1], [1, 2])


def test_without_a_command_the_same_events_are_added_again():
    """The control: it is the id that tells."""
    store.append("s", [ONE])
    store.append("s", [ONE])

    assert versions() == [1, 2]


def test_metadata_says_who_and_why():
    correlation, causation = uuid4(), uuid4()
    with context(actor="organizer", correlation=correlation), caused_by(causation):
        [recorded] = store.append("s", [ONE])

    assert (
        Event.objects.get().metadata
        == recorded.metadata
        == {
            "actor": "organizer",
            "correlation": str(correlation),
            "causation": str(causation),
        }
    )


def test_nothing_is_written_if_the_block_raises(account):
    with (
        pytest.raises(NotEnough),
        transaction.atomic(),
        store.change(Account, account) as opened,
    ):
        opened.deposit(1)
        opened.withdraw(2)

    assert not Event.objects.exists()


def test_a_receiver_that_raises_aborts_the_append(account):
    def refuse(**_: object) -> None:
        raise NotEnough

    appended.connect(refuse)
    try:
        with pytest.raises(NotEnough), transaction.atomic():
            store.append("s", [ONE])
    finally:
        appended.disconnect(refuse)
    assert not Event.objects.exists()


def test_snapshots_shorten_loading_and_are_never_trusted_alone(
    account,
):
    for _ in range(12):
        with store.change(Account, account) as opened:
            opened.deposit(1)
    assert Snapshot.objects.get().version == 10

    loaded = store.load(Account, account)

    assert (loaded.balance, loaded.version) == (12, 12)
    Snapshot.objects.update(schema_version=9, state={"balance": 1_000})
    assert store.load(Account, account).balance == 12
    Snapshot.objects.all().delete()
    assert store.load(Account, account).balance == 12
