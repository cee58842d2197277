"""Rebuild of a read model while the site takes orders and shows them."""

from functools import partial

from benchmarks.eventstore.bench import SEVERAL, Bench, Group
from benchmarks.eventstore.fill import fill

SECONDS, FAILED, DIFFERING, REQUESTS, SLOWEST = (
    "seconds",
    "failed requests",
    "rows that differ",
    "requests meanwhile",
    "slowest request, ms",
)
VISITORS = 2


def name(events: int) -> str:
    return f"rebuild of a read model over {events:,} events while the site writes"


FULL, QUICK = 1_000_000, 20_000


def groups(bench: Bench) -> list[Group]:
    events, database = bench.size(FULL, QUICK), bench.database("rebuilt")
    fill(bench.server, database, events)
    # The fill wrote no read model: the first rebuild makes it, with nobody there.
    bench.crew.of("site", VISITORS + 1)[VISITORS].ask(
        "rebuild_board", database=database
    )
    return [Group(name(events), {SEVERAL: partial(_rebuild, bench, database)})]


def _rebuild(bench: Bench, database: str) -> dict[str, float]:
    *visitors, worker = bench.crew.of("site", VISITORS + 1)
    for each in visitors:
        each.ask("open_doors", database=database)
    took = worker.ask("rebuild_board", database=database)
    said = [each.ask("close_doors") for each in visitors]
    return {
        SECONDS: took,
        REQUESTS: sum(each["requests"] for each in said),
        FAILED: sum(each["failed"] for each in said),
        SLOWEST: max(each["slowest"] for each in said) * 1_000,
        DIFFERING: worker.ask("verify_board", database=database),
    }
