"""Append and load with ever more events in the table.

Sizes are those before the rounds; what the rounds append comes on top.
"""

from functools import partial

from benchmarks.eventstore.bench import MIGRATED, Bench, Group, say
from benchmarks.eventstore.fill import fill

APPEND = "append one event in atomic(), connections: 8, by events in the table"
LOAD = "load streams of 10 from anywhere, streams/s, by events in the table"
SIZES = (10_000, 1_000_000, 10_000_000)
QUICK_SIZES = (10_000, 50_000)
# A store in use has in memory what fits into it. By the indexes: reading a large table
# from its beginning goes past PostgreSQL's buffers.
WARM_UP = (
    "SET enable_seqscan = off; SET enable_bitmapscan = off",
    "SELECT count(digest) FROM eventstore_event WHERE position > 0",
    "SELECT count(*) FROM (SELECT FROM eventstore_event ORDER BY stream, version)",
)
STREAMS = 100_000  # more than one measurement loads: few are met twice
# A connection that lives as long as a site's has met most of the table's pages.
LONGER = 4


def side(events: int) -> str:
    return f"{events:,}"


def groups(bench: Bench) -> list[Group]:
    databases = {
        size: _filled(bench, size) for size in (QUICK_SIZES if bench.quick else SIZES)
    }
    for database in reversed(databases.values()):
        # The largest first: it would drive the others out.
        _warm_up(bench, database)
    rate = partial(bench.crew.rate, "ours", seconds=bench.seconds)
    appends = {
        side(size): partial(
            rate, "append", clients=8, database=database, batch=1, atomic=True
        )
        for size, database in databases.items()
    }
    loads = {
        side(size): partial(
            bench.crew.rate,
            "ours",
            "load",
            clients=1,
            seconds=bench.seconds * LONGER,
            database=database,
            kind="plain",
            ids=bench.crew.ask(
                "ours", "some_ids", database=database, among=size, number=STREAMS
            ),
        )
        for size, database in databases.items()
    }
    return [Group(APPEND, appends), Group(LOAD, loads)]


def _filled(bench: Bench, size: int) -> str:
    """A kept server may have the largest from an earlier run: it takes minutes. To
    smaller ones, what an earlier run appended would matter."""
    name = f"grown_{size}"
    if size < max(SIZES) or not bench.server.has(name):
        say(f"  filling {name}")
        bench.server.create(f"{name}_unfinished", MIGRATED)
        fill(bench.server, f"{name}_unfinished", size)
        with bench.server.connect() as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name}")
            connection.execute(f"ALTER DATABASE {name}_unfinished RENAME TO {name}")
    return name


def _warm_up(bench: Bench, database: str) -> None:
    with bench.server.connect(database) as connection:
        for statement in WARM_UP:
            connection.execute(statement)
