"""Catch-up of a projection over all events there are, each time from the first one."""

from collections.abc import Callable
from functools import partial

from benchmarks.eventstore.bench import OURS, PEER, Bench, Group
from benchmarks.eventstore.fill import fill

CATCH_UP, REBUILD = "catch-up projection", "rebuild of a read model"
EACH, SETS, SQL = (f"{OURS}, {way}" for way in ("event by event", "by sets", "by SQL"))
WAYS = {EACH: "OneByOne", SETS: "BySets", SQL: "InSql"}


def groups(bench: Bench) -> list[Group]:
    events = bench.size(100_000, 10_000)
    fewer = bench.size(20_000, 2_000)  # for those that take long
    many, few = bench.database("projected"), bench.database("projected_few")
    peer = bench.peer_database("projected_by_peer")
    fill(bench.server, many, events)
    fill(bench.server, few, fewer)
    bench.crew.ask("peer", "make_streams", database=peer, length=10, number=fewer // 10)
    bench.server.settle()

    def ours(task: str, way: str) -> Callable[[], float]:
        database, number = (few, fewer) if way == EACH else (many, events)
        ask = partial(
            bench.crew.ask, "ours", task, database=database, projector=WAYS[way]
        )
        return lambda: number / ask()

    theirs = partial(bench.crew.ask, "peer", "project", database=peer)
    return [
        Group(
            CATCH_UP,
            {way: ours("project", way) for way in WAYS}
            | {PEER: lambda: fewer / theirs()},
        ),
        Group(
            REBUILD,
            {way: ours("rebuild_all", way) for way in (SETS, SQL)}
            | {PEER: lambda: fewer / theirs()},
        ),
    ]
