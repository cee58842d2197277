"""Append: one event, and several in one go."""

from functools import partial

from benchmarks.eventstore.bench import OURS, PEER, PGBENCH, Bench, Group

IN_ATOMIC, OUTSIDE = f"{OURS}, in atomic()", f"{OURS}, outside a transaction"
CLIENTS = (1, 8, 32)
BATCHES = ((10, 8), (1_000, 1))  # events, connections


def single(clients: int) -> str:
    return f"append one event, connections: {clients}"


def batch(events: int, clients: int) -> str:
    return f"append {events:,} events at once, connections: {clients}"


def groups(bench: Bench) -> list[Group]:
    found = [_group(bench, single(clients), 1, clients) for clients in CLIENTS]
    for events, clients in BATCHES:
        found.append(_group(bench, batch(events, clients), events, clients))
    return found


def _group(bench: Bench, name: str, events: int, clients: int) -> Group:
    ours, peer = bench.database("ours"), bench.peer_database("peer")
    rate = partial(
        bench.crew.rate,
        task="append",
        clients=clients,
        seconds=bench.seconds,
        batch=events,
    )
    sides = {
        IN_ATOMIC: partial(rate, "ours", database=ours, atomic=True),
        OUTSIDE: partial(rate, "ours", database=ours, atomic=False),
        PEER: partial(rate, "peer", database=peer),
    }
    if events == 1:
        sides[PGBENCH] = partial(
            bench.server.pgbench, ours, clients=clients, seconds=bench.seconds
        )
    return Group(name, sides)
