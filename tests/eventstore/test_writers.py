"""Several writers of one stream at once."""

import threading
from typing import Any
from uuid import UUID, uuid4

import pytest

from eventstore import store
from eventstore.statement import call_load
from eventstore.store import Conflict
from tests.eventstore.conftest import Account
from tests.eventstore.writing import ONE, in_another_session, run_together, versions

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_command_at_the_same_time_is_carried_out_once():
    command, made, all_at_once = uuid4(), [], threading.Barrier(4)

    def write() -> None:
        all_at_once.wait()
        for _ in range(20):
            try:
                made.append(store.append("s", [ONE, ONE], command=command))
                break
            except Conflict:
                continue

    run_together([write] * 4)

    assert versions() == [1, 2]
    assert len(made) == 4
    assert {tuple(one.id for one in recorded) for recorded in made} == {
        tuple(recorded.id for recorded in store.read("s"))
    }


def test_many_writers_of_one_stream_lose_nothing():
    writers, each = 8, 10
    account = UUID(int=5)

    def write() -> None:
        for _ in range(each):
            with store.change(Account, account) as opened:
                opened.deposit(1)

    run_together([write] * writers)

    assert store.load(Account, account).balance == writers * each
    assert versions("account-" + str(account)) == list(range(1, writers * each + 1))


def test_without_the_lock_the_constraint_alone_still_refuses():
    """Two who loaded the same version: one wins, the other is told."""
    account = UUID(int=6)
    first, second = store.load(Account, account), store.load(Account, account)
    first.deposit(1)
    second.deposit(1)
    store.save(first)

    with pytest.raises(Conflict):
        store.save(second)
    assert store.load(Account, account).balance == 1


def test_who_changes_a_stream_makes_the_next_wait(account):
    with store.change(Account, account) as opened:
        opened.deposit(1)
        assert in_another_session(lambda: store.try_lock(opened.stream(account))) == [
            False
        ]
    assert in_another_session(lambda: store.try_lock(f"account-{account}")) == [True]


def test_without_the_lock_the_constraint_still_refuses_but_work_is_lost(
    account, monkeypatch
):
    """The control: with it, the second one waits and nothing is refused."""

    def unlocked(*arguments: Any, locked: bool) -> Any:
        return call_load(*arguments, locked=False)

    monkeypatch.setattr(store, "call_load", unlocked)

    def overtake() -> None:
        with store.change(Account, account) as other:
            other.deposit(5)

    with pytest.raises(Conflict), store.change(Account, account) as opened:
        in_another_session(overtake)
        opened.deposit(1)
    assert store.load(Account, account).balance == 5
