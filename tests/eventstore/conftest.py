"""A small domain of its own: the event store knows no other."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from eventstore import events, store
from eventstore.aggregates import Aggregate
from eventstore.events import event
from eventstore.integrity import checkpoint
from eventstore.projections import projectors
from eventstore.sql import execute
from tests.eventstore_app import guests, read_models


@event
class Deposited:
    amount: int


@event
class Withdrawn:
    amount: int


class NotEnough(Exception):
    """The account does not hold that much."""


class Account(Aggregate):
    category = "account"
    snapshot_every = 5
    snapshot_schema = 1

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.balance = 0

    def deposit(self, amount: int) -> None:
        self.record(Deposited(amount=amount))

    def withdraw(self, amount: int) -> None:
        if amount > self.balance:
            raise NotEnough
        self.record(Withdrawn(amount=amount))

    def apply(self, event: object) -> None:
        match event:
            case Deposited(amount=amount):
                self.balance += amount
            case Withdrawn(amount=amount):
                self.balance -= amount

    def to_snapshot(self) -> dict[str, Any]:
        return {"balance": self.balance}

    def from_snapshot(self, state: dict[str, Any]) -> None:
        self.balance = state["balance"]


events.register("test-deposited", 1, Deposited)
events.register("test-withdrawn", 1, Withdrawn)


@pytest.fixture
def account() -> UUID:
    return UUID(int=77)


@pytest.fixture
def own_ledger(settings: Any, tmp_path: Path) -> None:
    """What is kept outside the database is the test's own."""
    settings.EVENT_LEDGER = tmp_path / "ledger"


@pytest.fixture
def history(db: None, own_ledger: None) -> None:
    """Streams a, b and c of five events, written in turn, and all vouched for."""
    for amount, stream in itertools.product(range(1, 6), "abc"):
        store.append(stream, [Deposited(amount=amount)])
    checkpoint()


@pytest.fixture
def tallies(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Counts, in a small domain that has nothing to hide."""
    yield from _at_work(read_models, monkeypatch)


@pytest.fixture
def hotel(
    transactional_db: None, own_ledger: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Guests, who may want to be forgotten."""
    yield from _at_work(guests, monkeypatch)


def _at_work(module: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The read models of a module of `tests.eventstore_app`, and their projectors."""
    for name, projector in module.OWN.items():
        monkeypatch.setitem(projectors, name, projector)
    _drop_tables(module)  # of a run that was killed
    with connection.schema_editor() as editor:
        for model in module.MODELS:
            editor.create_model(model)
    yield
    module.unlucky.clear()
    _drop_tables(module)


def _drop_tables(module: Any) -> None:
    execute("DROP SCHEMA IF EXISTS shadow, retired CASCADE")
    for model in module.MODELS:
        execute(f"DROP TABLE IF EXISTS {model._meta.db_table}")
