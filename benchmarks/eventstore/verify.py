"""How long the proof of integrity takes: `python -m benchmarks.eventstore.verify`.

Fills a PostgreSQL of its own with sealed events of about 300 bytes, five to a stream
and those of an order among those of others, and verifies them all.
"""

import argparse
import os
import platform
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django
from uuid_utils.compat import uuid7

from benchmarks.eventstore.bench import MIGRATED, say

EVENTS, LENGTH, AT_A_TIME = 1_000_000, 5, 100
BATCH = 50_000  # stays below the site's time limit of a statement
COLUMNS = "id, stream, version, type, schema_version, data, metadata, digest"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--folder", type=Path, help="keep the server's files there")
    wishes = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ledger-") as ledger:
        os.environ["EVENT_LEDGER"] = ledger
        os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.eventstore.settings"
        measure(wishes.events, wishes.folder)


def measure(events: int, kept: Path | None) -> None:
    # Both look at what the lines above set.
    from benchmarks.eventstore.__main__ import folder, migrate  # noqa: PLC0415
    from benchmarks.eventstore.server import running  # noqa: PLC0415

    with folder(kept) as place, running(place) as server:
        if not server.has(MIGRATED):
            migrate(server)
        os.environ["DATABASE_URL"] = server.url(MIGRATED)
        django.setup()
        say(f"{fill(events)} events in {server.version}, load {os.getloadavg()[0]:.1f}")
        verify()


def fill(events: int) -> int:
    from django.db import connection  # noqa: PLC0415 after setup

    from eventstore.models import Event  # noqa: PLC0415 after setup

    missing = events - Event.objects.count()
    with connection.cursor() as cursor:
        for done in range(0, missing, BATCH):
            with cursor.copy(f"COPY eventstore_event ({COLUMNS}) FROM STDIN") as copy:
                for row in rows(min(BATCH, missing - done)):
                    copy.write_row(row)
        cursor.execute("VACUUM ANALYZE eventstore_event")
        cursor.execute("CHECKPOINT")
    return Event.objects.count()


def rows(events: int) -> Iterator[tuple[Any, ...]]:
    from eventstore.integrity import mac  # noqa: PLC0415 after setup
    from eventstore.serialization import canonical  # noqa: PLC0415 after setup

    for _ in range(events // LENGTH // AT_A_TIME):
        orders = [uuid7() for _ in range(AT_A_TIME)]
        for version in range(1, LENGTH + 1):
            for order in orders:
                id, stream = uuid7(), f"order-{order}"
                content = canonical(
                    {
                        "order_id": order,
                        "conference_id": uuid7(),
                        "items": [{"seat_type": uuid7(), "quantity": 2}] * 2,
                        "placed_at": datetime.now(UTC),
                        "total": "199.00",
                    }
                )
                metadata = canonical(
                    {"actor": "registrant", "causation": None, "correlation": order}
                )
                sealed = mac(id, stream, "order-changed", 1, content, metadata)
                yield (
                    *(id, stream, version, "order-changed", 1),
                    *(content.decode(), metadata.decode(), sealed),
                )


def verify() -> None:
    from eventstore import integrity  # noqa: PLC0415 after setup

    start = time.perf_counter()
    integrity.checkpoint()
    say(f"checkpoint: {time.perf_counter() - start:.1f} s")
    start = time.perf_counter()
    found = sum(1 for _ in integrity.verify())
    say(
        f"verified: {time.perf_counter() - start:.1f} s, {found} findings"
        f" ({platform.machine()}, {os.cpu_count()} cores,"
        f" load {os.getloadavg()[0]:.1f})"
    )


if __name__ == "__main__":
    main()
