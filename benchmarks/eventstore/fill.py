"""Fills an event table quickly, with every guard on, as the application would have.

Ids are ordered by time, and the ten events of an order lie among those of others.
"""

from concurrent.futures import ThreadPoolExecutor

from benchmarks.eventstore.server import Server

WRITERS, STREAMS, LENGTH = 2, 100, 10
BLOCK = STREAMS * LENGTH
BLOCKS = 20  # in one transaction
PAYLOAD = (
    '{"order_id": "ORDER", "conference_id": "8a5e0dd1-6d75-4d5a-9a1c-3f1f6f1f0001",'
    ' "items": [{"seat_type": "8a5e0dd1-6d75-4d5a-9a1c-3f1f6f1f0002", "quantity": 2},'
    ' {"seat_type": "8a5e0dd1-6d75-4d5a-9a1c-3f1f6f1f0003", "quantity": 1}],'
    ' "placed_at": "2026-11-20T12:00:00.123456Z", "total": "199.00"}'
)
METADATA = (
    '{"actor": "system", "causation": null,'
    ' "correlation": "f2e4f1c0-1111-4444-8888-222222222222"}'
)
STATEMENT = """
WITH orders AS MATERIALIZED (
  SELECT block, uuidv7() AS id
    FROM generate_series(1, %s) AS block, generate_series(1, %s)
)
INSERT INTO eventstore_event
  (id, stream, version, type, schema_version, data, metadata, digest)
SELECT uuidv7(), 'order-' || id, version,
       'benchmark-order-' || CASE version WHEN 1 THEN 'placed' ELSE 'changed' END,
       1, replace(%s, 'ORDER', id::text)::jsonb, %s::jsonb, sha256(id::text::bytea)
  FROM orders, generate_series(1, %s) AS version
 ORDER BY block, version
"""


def fill(server: Server, database: str, events: int) -> None:
    """Add so many events (in whole blocks of a thousand)."""
    todo = events // BLOCK
    shares = [todo // WRITERS, todo - todo // WRITERS]

    def write(blocks: int) -> None:
        with server.connect(database) as connection:
            for done in range(0, blocks, BLOCKS):
                connection.execute(
                    STATEMENT,
                    [min(BLOCKS, blocks - done), STREAMS, PAYLOAD, METADATA, LENGTH],
                )

    with ThreadPoolExecutor(WRITERS) as writers:
        list(writers.map(write, shares))
    with server.connect(database) as connection:
        connection.execute("VACUUM ANALYZE eventstore_event")
    server.settle()
