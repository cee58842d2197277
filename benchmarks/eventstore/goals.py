"""What the measurements must show."""

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.eventstore import appending, growing, loading, projecting, rebuilding
from benchmarks.eventstore.bench import OURS, PEER, PGBENCH, Results


@dataclass(frozen=True)
class Goal:
    """One side against another: the median of the rounds' ratios is at least this."""

    group: str
    side: str
    other: str
    at_least: float

    def ratios(self, found: Results) -> list[float]:
        sides = found.get(self.group, {})
        if self.side not in sides or self.other not in sides:
            return []
        pairs = zip(sides[self.side], sides[self.other], strict=True)
        return [mine / theirs for mine, theirs in pairs]


@dataclass(frozen=True)
class Limit:
    """No round may be above this."""

    group: str
    what: str
    at_most: float

    def values(self, found: Results) -> list[float]:
        return found.get(self.group, {}).get(self.what, [])


def goals() -> Iterator[Goal]:
    for clients, inside, outside in ((1, 1.8, 2.8), (8, 3.5, 5.5), (32, 4.5, 7.0)):
        name = appending.single(clients)
        yield Goal(name, appending.IN_ATOMIC, PEER, inside)
        yield Goal(name, appending.OUTSIDE, PEER, outside)
    yield Goal(appending.single(8), appending.IN_ATOMIC, PGBENCH, 0.25)
    # The peer's save is a transaction of its own as well.
    yield Goal(appending.batch(10, 8), appending.OUTSIDE, PEER, 5.0)
    yield Goal(appending.batch(1_000, 1), appending.OUTSIDE, PEER, 3.0)
    yield Goal(projecting.CATCH_UP, projecting.SETS, PEER, 20.0)
    yield Goal(projecting.REBUILD, projecting.SQL, PEER, 80.0)
    yield Goal(loading.stream_of(100), OURS, PEER, 2.0)
    first = growing.side(growing.SIZES[0])
    for size, at_least in zip(growing.SIZES[1:], (0.9, 0.7), strict=True):
        for group in (growing.APPEND, growing.LOAD):
            yield Goal(group, growing.side(size), first, at_least)


def limits() -> Iterator[Limit]:
    name = rebuilding.name(rebuilding.FULL)
    yield Limit(name, rebuilding.SECONDS, 60)
    yield Limit(name, rebuilding.FAILED, 0)
    yield Limit(name, rebuilding.DIFFERING, 0)
