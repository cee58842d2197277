"""Whatever is asked of the store in whatever order, it is what dictionaries say."""

from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from eventstore import store
from eventstore.events import RecordedEvent
from eventstore.models import Event, Snapshot
from eventstore.store import Conflict, Expected
from tests.eventstore.conftest import Account, Deposited, Withdrawn

ACCOUNTS = st.sampled_from([UUID(int=1), UUID(int=2), UUID(int=3)])
COMMANDS = st.sampled_from([UUID(int=11), UUID(int=12), UUID(int=13)])
AMOUNTS = st.integers(1, 9)
EVENTS = st.lists(
    st.one_of(
        st.builds(Deposited, amount=AMOUNTS), st.builds(Withdrawn, amount=AMOUNTS)
    ),
    max_size=3,
)


class GivenUp(Exception):
    """The transaction around it all is not wanted any more."""


def balance(events: list[Any]) -> int:
    return sum(
        one.amount if isinstance(one, Deposited) else -one.amount for one in events
    )


class Store(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.streams: dict[UUID, list[Any]] = {}
        self.recorded: dict[UUID, list[RecordedEvent]] = {}
        self.commands: dict[tuple[UUID, UUID], list[RecordedEvent]] = {}
        # Nothing of an example stays; each step has a savepoint of its own.
        self.transaction = transaction.atomic()
        self.transaction.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    def version(self, account: UUID) -> int:
        return len(self.streams.get(account, ()))

    def note(self, account: UUID, events: list[Any], made: list[RecordedEvent]) -> None:
        assert [one.event for one in made] == events
        if events:
            self.streams.setdefault(account, []).extend(events)
            self.recorded.setdefault(account, []).extend(made)

    def append(self, account: UUID, events: list[Any], expected: Any) -> None:
        """As expected, or refused as a whole."""
        version = self.version(account)
        fits = {
            Expected.ANY: True,
            Expected.NEW: version == 0,
            Expected.EXISTS: version > 0,
        }
        if not events or fits.get(expected, expected == version):
            with transaction.atomic():
                made = store.append(Account.stream(account), events, expected=expected)
            self.note(account, events, made)
        else:
            with pytest.raises(Conflict), transaction.atomic():
                store.append(Account.stream(account), events, expected=expected)

    @rule(account=ACCOUNTS, events=EVENTS, expected=st.sampled_from(Expected))
    def append_knowing_little(self, account, events, expected):
        self.append(account, events, expected)

    @rule(account=ACCOUNTS, events=EVENTS, off=st.sampled_from([0, 0, 0, -2, -1, 1, 2]))
    def append_to_a_version(self, account, events, off):
        self.append(account, events, max(self.version(account) + off, 0))

    @rule(account=ACCOUNTS, events=EVENTS, command=COMMANDS)
    def append_by_command(self, account, events, command):
        """The same command again makes nothing, whatever it brings."""
        with transaction.atomic():
            made = store.append(Account.stream(account), events, command=command)
        before = self.commands.get((command, account))
        if not events:
            assert made == []
        elif before:
            assert made == before
        else:
            self.note(account, events, made)
            self.commands[command, account] = made

    @precondition(lambda self: self.commands)
    @rule(choice=st.integers(0, 8))
    def repeat_a_command(self, choice):
        """It may have been long ago."""
        (command, account), made = list(self.commands.items())[
            choice % len(self.commands)
        ]
        events = [one.event for one in made]
        again = store.append(Account.stream(account), events, command=command)
        assert again == made

    @rule(accounts=st.lists(ACCOUNTS, min_size=1, max_size=3), command=COMMANDS)
    def roll_back(self, accounts, command):
        """Also what a command made: it may come again."""
        with pytest.raises(GivenUp), transaction.atomic():
            for account in accounts:
                store.append(Account.stream(account), [Deposited(amount=100)])
                store.append(
                    Account.stream(account), [Deposited(amount=1)], command=command
                )
            raise GivenUp

    @rule(account=ACCOUNTS, amounts=st.lists(AMOUNTS, max_size=7))
    def change(self, account, amounts):
        """Seven at once step over a version that is made a snapshot."""
        before = self.version(account)
        with store.change(Account, account) as opened:
            assert opened.exists == (before > 0)
            for amount in amounts:
                opened.deposit(amount)
        self.note(
            account,
            [Deposited(amount=amount) for amount in amounts],
            list(store.read(Account.stream(account), after=before)),
        )

    @rule(account=ACCOUNTS, amount=AMOUNTS)
    def refuse_to_change(self, account, amount):
        with (
            pytest.raises(GivenUp),
            transaction.atomic(),
            store.change(Account, account) as opened,
        ):
            opened.deposit(amount)
            raise GivenUp

    @rule(account=ACCOUNTS)
    def save_what_is_outdated(self, account):
        outdated = store.load(Account, account)
        outdated.deposit(1)
        self.append(account, [Deposited(amount=2)], Expected.ANY)
        with pytest.raises(Conflict), transaction.atomic():
            store.save(outdated)

    @rule(account=ACCOUNTS, after=st.integers(0, 20))
    def read_a_part(self, account, after):
        part = list(store.read(Account.stream(account), after=after))
        assert part == self.recorded.get(account, [])[after:]

    @rule(account=ACCOUNTS, version=st.integers(0, 20))
    def look_back(self, account, version):
        loaded = store.load(Account, account, version=version)
        history = self.streams.get(account, [])[:version]
        assert (loaded.version, loaded.balance) == (len(history), balance(history))

    @precondition(lambda self: Snapshot.objects.exists())
    @rule()
    def drop_snapshots(self):
        Snapshot.objects.all().delete()

    @precondition(lambda self: Snapshot.objects.exists())
    @rule()
    def change_what_snapshots_hold(self):
        """Those of another schema are not looked at."""
        Snapshot.objects.update(schema_version=9, state={"balance": 10**6})

    @invariant()
    def streams_are_what_was_appended(self):
        for account, events in self.streams.items():
            found = list(store.read(Account.stream(account)))
            assert found == self.recorded[account]
            assert [one.event for one in found] == events
            assert [one.version for one in found] == list(range(1, len(events) + 1))
            positions = [one.position for one in found]
            assert positions == sorted(set(positions))
            loaded = store.load(Account, account)
            assert (loaded.version, loaded.balance) == (len(events), balance(events))
        assert Event.objects.count() == sum(map(len, self.streams.values()))


@pytest.mark.django_db
def test_the_store_is_what_the_model_says():
    run_state_machine_as_test(
        Store,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
