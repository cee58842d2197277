"""What every measurement needs, and the rounds."""

import random
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from benchmarks.eventstore.crew import Crew
from benchmarks.eventstore.server import Server

OURS, PEER, PGBENCH = "eventstore", "eventsourcing", "pgbench"
MIGRATED = "migrated"
SEVERAL = "several"  # a side that tells several things at once


@dataclass(frozen=True)
class Group:
    """What is compared with each other: measured one right after the other, in another
    order each round, so that all sides meet the same machine."""

    name: str
    sides: Mapping[str, Callable[[], float | dict[str, float]]]


@dataclass(frozen=True)
class Bench:
    server: Server
    crew: Crew
    seconds: float
    rounds: int
    quick: bool
    made: set[str] = field(default_factory=set)

    def size(self, full: int, quick: int) -> int:
        return quick if self.quick else full

    def database(self, name: str) -> str:
        """One with our tables; the same one for everybody who asks by this name."""
        if name not in self.made:
            self.server.create(name, MIGRATED)
            self.made.add(name)
        return name

    def peer_database(self, name: str) -> str:
        if name not in self.made:
            self.server.create(name)
            self.crew.ask("peer", "create", database=name)
            self.made.add(name)
        return name


Results = dict[str, dict[str, list[float]]]


def run(bench: Bench, groups: list[Group]) -> Results:
    """Group -> side -> what each round gave."""
    found: Results = {
        group.name: {side: [] for side in group.sides if side != SEVERAL}
        for group in groups
    }
    for number in range(1, bench.rounds + 1):
        for group in random.sample(groups, len(groups)):
            for side in random.sample(list(group.sides), len(group.sides)):
                bench.server.settle()
                start = time.monotonic()
                value = group.sides[side]()
                took = time.monotonic() - start
                values = value if isinstance(value, dict) else {side: value}
                for what, one in values.items():
                    found[group.name].setdefault(what, []).append(one)
                    say(f"  round {number}: {group.name}, {what}: {one:,.1f}")
                say(f"    took {took:.1f} s")
    return found


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
