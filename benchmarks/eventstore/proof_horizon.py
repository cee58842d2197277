"""No event is passed over: by many writers, and by every order of steps."""

from typing import Any

from tests.eventstore.proofs import interleavings as stepped
from tests.eventstore.proofs import soak as soaked
from tests.eventstore.proofs.cluster import Cluster
from tests.eventstore.proofs.halves import HalvesTurned, InHalves
from tests.eventstore.proofs.reader import (
    ByTransaction,
    InTransactionOrder,
    Reader,
    Unguarded,
)

CONTROLS = [Unguarded, ByTransaction, InTransactionOrder]


def interleavings(_: Cluster, small: bool) -> dict[str, Any]:
    every = stepped.all_orders(stepped.shapes())
    halved = stepped.all_orders(stepped.halved_shapes())[:: 20 if small else 1]
    chosen = stepped.sample(600, seed=1) if small else every
    tally = stepped.play_all(chosen)
    in_halves = stepped.play_all(halved, InHalves)
    controls = {
        control.__name__: stepped.until_wrong(played, control)
        for played, control in [
            *((every, control) for control in CONTROLS),
            (halved, HalvesTurned),
        ]
    }
    return {
        "passed": not tally.wrong
        and not in_halves.wrong
        and tally.played == len(chosen)
        and len(set(every)) >= 5000
        and all(controls.values()),
        "interleavings": tally.played,
        "wrong": len(tally.wrong),
        "within the functions": in_halves.played,
        "wrong within": len(in_halves.wrong),
        "controls": {
            name: _said((one.passed, one.out_of_order)) if one else "never wrong"
            for name, one in controls.items()
        },
    }


def _said(failures: tuple[int, int]) -> str:
    return f"{failures[0]} passed over, {failures[1]} out of order"


def soak(_: Cluster, small: bool) -> dict[str, Any]:
    """The controls run in a smaller round: each has to read all there is as well."""
    controls = soaked.soak(
        writers=16,
        events=2_000 if small else 20_000,
        readers=[Reader, *CONTROLS],
        foreign_seconds=0.5,
    )
    run = soaked.soak(
        writers=16,
        events=10_000 if small else 1_000_000,
        readers=[Reader],
        foreign_seconds=5,
    )
    reader = run.readers["Reader"]
    failures = {
        name: (one.verdict.passed, one.verdict.out_of_order)
        for name, one in controls.readers.items()
    }
    return {
        "passed": reader.verdict.is_right
        and reader.verdict.events == run.events
        and controls.readers["Reader"].verdict.is_right
        and all(any(failures[one.__name__]) for one in CONTROLS),
        "events": run.events,
        "missed": reader.verdict.missed,
        "doubled": reader.verdict.doubled,
        "out of order": reader.verdict.out_of_order,
        "rolled back": run.rolled_back,
        "foreign transactions of 5 s": run.foreign_rounds,
        "events per second": round(run.events / run.seconds),
        "lag ms p50": round(reader.lag(0.5), 1),
        "lag ms p99": round(reader.lag(0.99), 1),
        f"controls over {controls.events} events": {
            name: _said(one) for name, one in failures.items()
        },
    }
