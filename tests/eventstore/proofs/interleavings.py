"""Two writers and one reader, stepped through every order of their steps.

All three are real connections of this one thread: a step is a statement (or two), and
nothing else happens before the next step. So a schedule that passes over an event does
so every time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import combinations_with_replacement
from random import Random
from uuid import uuid4

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from eventstore import store
from eventstore.models import horizon
from eventstore.processes import handled_before
from tests.eventstore.conftest import Deposited
from tests.eventstore.proofs.halves import announce
from tests.eventstore.proofs.reader import Reader, Verdict, judge

Order = tuple[int, ...]
A, B, READER = 0, 1, 2
WRITERS = (A, B)
LOOKS = 2
ONE = Deposited(amount=1)


@dataclass(frozen=True)
class Shape:
    """What the two writers do, step by step, and whether to one stream."""

    a: tuple[str, ...]
    b: tuple[str, ...]
    same_stream: bool = False
    reader: tuple[str, ...] = ("look", "read") * LOOKS

    def __str__(self) -> str:
        streams = "one stream" if self.same_stream else "two streams"
        return f"{' '.join(self.a)} | {' '.join(self.b)} | {streams}"

    @property
    def steps(self) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        return self.a, self.b, self.reader


def shapes() -> list[Shape]:
    """With and without an early write, ending either way.

    Left out: what mirrors another shape, and two rollbacks, where there is nothing to
    see.
    """
    starts = [("append",), ("early", "append")]
    writers = [(*start, end) for start in starts for end in ("commit", "rollback")]
    pairs = [
        (a, b)
        for a, b in combinations_with_replacement(writers, 2)
        if "commit" in {a[-1], b[-1]}
    ]
    longer = ("append", "append", "commit")
    return [
        *(Shape(a, b) for a, b in pairs),
        *(Shape(a, b, same_stream=True) for a, b in pairs),
        *(Shape(longer, ("append", end)) for end in ("commit", "rollback")),
    ]


def halved_shapes() -> list[Shape]:
    """The same for an `InHalves` reader: also between the statements of a function."""
    whole, halved = ("append", "commit"), ("announce", "append", "commit")
    once = ("top", "low", "read")
    return [Shape(whole, halved, reader=once * 2), Shape(halved, halved, reader=once)]


def orders(shape: Shape) -> Iterator[Order]:
    """Every order of the steps in which nobody would have to wait for another."""
    lengths = [len(steps) for steps in shape.steps]

    def extend(taken: list[int], order: Order) -> Iterator[Order]:
        if len(order) == sum(lengths):
            yield order
        for actor in (A, B, READER):
            if taken[actor] == lengths[actor] or _would_wait(shape, taken, actor):
                continue
            taken[actor] += 1
            yield from extend(taken, (*order, actor))
            taken[actor] -= 1

    return extend([0, 0, 0], ())


def _would_wait(shape: Shape, taken: list[int], actor: int) -> bool:
    """A second writer's append to one stream waits until the first has ended."""
    if not shape.same_stream or actor == READER:
        return False
    if shape.steps[actor][taken[actor]] != "append":
        return False
    other = B if actor == A else A
    done = shape.steps[other][: taken[other]]
    return "append" in done and len(done) < len(shape.steps[other])


class Stage:
    """Three connections; whoever acts does so as Django's default connection."""

    def __init__(self) -> None:
        self._own = connections["default"]
        self._connections = [self._own.copy() for _ in (A, B, READER)]

    @contextmanager
    def acting(self, actor: int) -> Iterator[BaseDatabaseWrapper]:
        connections["default"] = self._connections[actor]
        try:
            yield self._connections[actor]
        finally:
            connections["default"] = self._own

    def close(self) -> None:
        for connection in self._connections:
            connection.close()


class Writer:
    def __init__(self, stream: str) -> None:
        self.stream = stream
        self._transaction: transaction.Atomic | None = None

    def do(self, step: str) -> None:
        if self._transaction is None:
            self._transaction = transaction.atomic(savepoint=False)
            self._transaction.__enter__()
        match step:
            case "early":
                # As a session does: the transaction's number is taken long before.
                handled_before("proof", self.stream, str(uuid4()))
            case "announce":
                announce()
            case "append":
                store.append(self.stream, [ONE])
            case "rollback":
                transaction.set_rollback(True)
                self._transaction.__exit__(None, None, None)
            case "commit":
                self._transaction.__exit__(None, None, None)


def play(
    stage: Stage, shape: Shape, order: Order, reader_class: type[Reader]
) -> Verdict:
    """One order of steps, then the reader goes on until nothing comes any more."""
    steps = [iter(steps) for steps in shape.steps]
    first = f"proof-{uuid4().hex}"
    second = first if shape.same_stream else f"{first}-b"
    writers = [Writer(first), Writer(second)]
    with stage.acting(READER):
        start = horizon()
        reader = reader_class(start)
    for actor in order:
        step = next(steps[actor])
        with stage.acting(actor):
            if actor in WRITERS:
                writers[actor].do(step)
            else:
                getattr(reader, step)()
    with stage.acting(READER):
        reader.finish()
        return judge(start, reader)


Played = tuple[Shape, Order, Verdict]


@dataclass
class Tally:
    """How many orders were played, and which of them went wrong."""

    played: int = 0
    wrong: list[Played] = field(default_factory=list)


def all_orders(shapes: list[Shape]) -> list[tuple[Shape, Order]]:
    return [(shape, order) for shape in shapes for order in orders(shape)]


def sample(size: int, seed: int) -> list[tuple[Shape, Order]]:
    return Random(seed).sample(all_orders(shapes()), size)


def play_all(
    interleavings: list[tuple[Shape, Order]], reader_class: type[Reader] = Reader
) -> Tally:
    tally, stage = Tally(), Stage()
    try:
        for shape, order in interleavings:
            verdict = play(stage, shape, order, reader_class)
            tally.played += 1
            if not verdict.is_right:
                tally.wrong.append((shape, order, verdict))
    finally:
        stage.close()
    return tally


def until_wrong(
    interleavings: list[tuple[Shape, Order]], reader_class: type[Reader]
) -> Verdict | None:
    """The first that a reader goes wrong with, in an order of chance."""
    chosen, stage = Random(1).sample(interleavings, len(interleavings)), Stage()
    try:
        for shape, order in chosen:
            verdict = play(stage, shape, order, reader_class)
            if verdict.passed or verdict.out_of_order:
                return verdict
    finally:
        stage.close()
    return None
