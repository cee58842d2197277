"""Load: streams of several lengths into an aggregate, with and without snapshots."""

from functools import partial

from benchmarks.eventstore.bench import OURS, PEER, Bench, Group

WITH, WITHOUT = "with one every 100 events", "without"
LENGTHS = (10, 100, 1_000)
LONG = (50, 150, 550, 1_050, 10_050)  # half-way between two snapshots


def stream_of(events: int) -> str:
    return f"load streams of {events:,}, streams/s"


def snapshots_of(events: int) -> str:
    return f"load streams of {events:,}, snapshots, streams/s"


def groups(bench: Bench) -> list[Group]:
    long = LONG[:3] if bench.quick else LONG
    return [
        *(_beside_peer(bench, length) for length in LENGTHS),
        *(_with_snapshots(bench, length) for length in long),
    ]


def _beside_peer(bench: Bench, length: int) -> Group:
    ours, peer = bench.database("ours"), bench.peer_database("peer")
    shape = {"length": length, "number": 100 if length < 1_000 else 20}
    made = bench.crew.ask("ours", "make_streams", database=ours, kind="plain", **shape)
    made_by_peer = bench.crew.ask("peer", "make_streams", database=peer, **shape)
    rate = partial(bench.crew.rate, task="load", clients=1, seconds=bench.seconds / 2)
    sides = {
        OURS: partial(rate, "ours", database=ours, ids=made, kind="plain"),
        PEER: partial(rate, "peer", database=peer, ids=made_by_peer),
    }
    return Group(stream_of(length), sides)


def _with_snapshots(bench: Bench, length: int) -> Group:
    database = bench.database("ours")
    sides = {}
    for side, kind in ((WITHOUT, "plain"), (WITH, "with snapshots")):
        made = bench.crew.ask(
            "ours",
            "make_streams",
            database=database,
            kind=kind,
            length=length,
            number=5,
        )
        sides[side] = partial(
            bench.crew.rate,
            "ours",
            "load",
            clients=1,
            seconds=bench.seconds / 4,
            database=database,
            ids=made,
            kind=kind,
        )
    return Group(snapshots_of(length), sides)
