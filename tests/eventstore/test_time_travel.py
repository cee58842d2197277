"""Aggregates as they were, and histories in which one event is read as several."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from eventstore import integrity, store
from eventstore.aggregates import Aggregate
from eventstore.models import Event, Snapshot
from eventstore.serialization import canonical
from eventstore.store import Conflict
from tests.eventstore.conftest import Account, Deposited
from tests.eventstore.test_events import Moved

pytestmark = pytest.mark.django_db
BEGINNING = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
TRAVELLER = UUID(int=9)


def at(minutes: int) -> datetime:
    return BEGINNING + timedelta(minutes=minutes)


def put(stream: str, version: int, name: str, schema_version: int, data, when) -> None:
    """As an older release wrote it, at a time of our choice."""
    id, content, metadata = uuid4(), canonical(data), b'{"actor":"system"}'
    sealed = integrity.mac(id, stream, name, schema_version, content, metadata)
    Event.objects.create(
        id=id,
        stream=stream,
        version=version,
        type=name,
        schema_version=schema_version,
        data=data,
        metadata={"actor": "system"},
        recorded_at=when,
        digest=sealed,
    )


class Resting(Account):
    """The same streams without snapshots."""

    snapshot_every = 0


@pytest.fixture
def deposits(account: UUID) -> UUID:
    """One deposited each minute, twelve times; snapshots were made at 5 and 10."""
    for version in range(1, 13):
        put(Account.stream(account), version, "test-deposited", 1, {"amount": 1},
            at(version))  # fmt: skip
    for version in (5, 10):
        Snapshot.objects.update_or_create(
            stream=Account.stream(account),
            defaults={
                "version": version,
                "schema_version": Account.snapshot_schema,
                # So it shows whether it was used.
                "state": {"balance": 1_000 * version},
            },
        )
    return account


@pytest.mark.parametrize("cls", [Account, Resting])
@pytest.mark.parametrize("version", [0, 1, 5, 9, 10, 11, 12, 99])
def test_an_aggregate_as_of_a_version(deposits, cls, version):
    loaded = store.load(cls, deposits, version=version)

    assert loaded.balance == loaded.version == min(version, 12)


@pytest.mark.parametrize("cls", [Account, Resting])
@pytest.mark.parametrize(
    ("until", "version"), [(at(0), 0), (at(1), 1), (at(10), 10), (at(99), 12)]
)
def test_an_aggregate_as_of_an_instant(deposits, cls, until, version):
    loaded = store.load(cls, deposits, until=until)

    assert loaded.balance == loaded.version == version
    before = store.load(cls, deposits, until=until - timedelta(microseconds=1))
    assert before.version == max(0, version - (until <= at(12)))


def test_as_of_a_version_and_an_instant_is_the_earlier_of_both(deposits):
    assert store.load(Account, deposits, version=3, until=at(7)).version == 3
    assert store.load(Account, deposits, version=7, until=at(3)).version == 3


def test_a_clock_that_stepped_back_makes_no_state_that_never_was(account):
    """The second event was recorded by a clock that was ahead."""
    stream = Account.stream(account)
    for version, minute in enumerate([1, 9, 2], 1):
        put(stream, version, "test-deposited", 1, {"amount": 1}, at(minute))

    assert store.load(Account, account, until=at(5)).version == 1
    assert store.load(Account, account, until=at(9)).version == 3


def test_the_present_starts_from_the_snapshot(deposits):
    """The control: without a version or an instant it is used."""
    assert store.load(Account, deposits).balance == 10_002
    assert store.load(Resting, deposits).balance == 12


def test_a_snapshot_of_another_schema_is_ignored(deposits):
    Snapshot.objects.update(schema_version=Account.snapshot_schema + 1)

    assert store.load(Account, deposits).balance == 12


def test_dropping_all_snapshots_at_any_time_changes_nothing(account):
    for _ in range(3):
        for _ in range(7):
            with store.change(Account, account) as opened:
                opened.deposit(2)
        with_snapshot = store.load(Account, account)
        assert Snapshot.objects.exists()
        Snapshot.objects.all().delete()
        without = store.load(Account, account)
        assert (with_snapshot.balance, with_snapshot.version) == (
            without.balance,
            without.version,
        )
    assert without.balance == 42


# One event read as several, or as none


class Traveller(Aggregate):
    category = "traveller"

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.been: list[str] = []

    def go(self, to: str) -> None:
        self.record(Moved(to=to))

    def apply(self, event: object) -> None:
        match event:
            case Moved(to=to):
                self.been.append(to)


@pytest.fixture
def travels() -> str:
    """Stored: moved, commuted (read as two), commuted twice (read as none)."""
    stream = Traveller.stream(TRAVELLER)
    put(stream, 1, "test-moved", 1, {"where": "a"}, at(1))
    put(stream, 2, "test-commuted", 1, {"from": "b", "to": "c"}, at(2))
    put(stream, 3, "test-commuted", 1, {"from": "d", "to": "d"}, at(3))
    put(stream, 4, "test-commuted", 1, {"from": "e", "to": "e"}, at(4))
    return stream


def test_several_events_of_one_share_its_version_and_position(travels):
    recorded = list(store.read(travels))

    assert [one.event.to for one in recorded] == ["a", "c", "b"]
    assert [one.version for one in recorded] == [1, 2, 2]
    assert recorded[1].position == recorded[2].position > recorded[0].position
    assert list(store.read(travels, after=1)) == recorded[1:]


def test_an_aggregate_counts_stored_events_not_what_they_are_read_as(travels):
    loaded = store.load(Traveller, TRAVELLER)

    assert loaded.been == ["a", "c", "b"]
    assert loaded.version == 4
    assert store.load(Traveller, TRAVELLER, version=2).been == ["a", "c", "b"]
    assert store.load(Traveller, TRAVELLER, version=1).been == ["a"]


def test_such_an_aggregate_is_saved_behind_what_is_stored(travels):
    with store.change(Traveller, TRAVELLER) as traveller:
        traveller.go("e")
    stale = store.load(Traveller, TRAVELLER, version=4)
    stale.go("f")

    with pytest.raises(Conflict), transaction.atomic():
        store.save(stale)
    assert [one.version for one in store.read(travels)] == [1, 2, 2, 5]


def test_old_events_are_verified_as_they_were_stored(travels, settings, tmp_path):
    settings.EVENT_LEDGER = tmp_path
    store.append(travels, [Moved(to="x"), Deposited(amount=1)])

    assert list(integrity.verify()) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT schema_version FROM eventstore_event")
        assert {number for (number,) in cursor} == {1, 3}
