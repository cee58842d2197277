"""The proofs of the event store at full size, on a PostgreSQL of their own.

    python -m benchmarks.eventstore.proofs [names] [--small]

Prints a line for each and writes all of them to results/proofs.json.
"""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.eventstore import (
    proof_crashes,
    proof_deadlines,
    proof_horizon,
    proof_hot_stream,
)
from tests.eventstore.proofs.cluster import Cluster, own_cluster

Figures = dict[str, Any]
RESULTS = Path(__file__).with_name("results") / "proofs.json"
PROOFS: dict[str, Callable[[Cluster, bool], Figures]] = {
    "interleavings": proof_horizon.interleavings,
    "horizon": proof_horizon.soak,
    "restore": proof_crashes.restored,
    "boundaries": proof_crashes.boundaries,
    "kills": proof_crashes.kills,
    "outages": proof_crashes.outages,
    "deadlines": proof_deadlines.deadlines,
    "hot-stream": proof_hot_stream.hot_stream,
}


def run(name: str, *, small: bool) -> Figures:
    began, load = time.monotonic(), os.getloadavg()[0]
    with own_cluster() as cluster:
        cluster.create()
        figures = PROOFS[name](cluster, small)
        version = cluster.server.version
    options = " --small" if small else ""
    return {
        "passed": figures.pop("passed"),
        "figures": figures,
        "seconds": round(time.monotonic() - began, 1),
        "load before": round(load, 2),
        "load after": round(os.getloadavg()[0], 2),
        "command": f"python -m benchmarks.eventstore.proofs {name}{options}",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "versions": f"PostgreSQL {version}, Python {platform.python_version()}",
        "at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
    }


def keep(name: str, outcome: Figures) -> None:
    RESULTS.parent.mkdir(exist_ok=True)
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    kept[name] = outcome
    RESULTS.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=", ".join(PROOFS))
    parser.add_argument("--small", action="store_true", help="a quick try of each")
    options = parser.parse_args()
    if unknown := set(options.names) - set(PROOFS):
        parser.error(f"Unknown: {', '.join(sorted(unknown))}.")
    failed = 0
    for name in options.names or PROOFS:
        outcome = run(name, small=options.small)
        failed += not outcome["passed"]
        print(f"{name}: {'passed' if outcome['passed'] else 'FAILED'}", flush=True)
        print(f"  {json.dumps(outcome)}", flush=True)
        if not options.small:
            keep(name, outcome)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
