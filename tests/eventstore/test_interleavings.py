"""Every order of the steps of two writers and a reader: no event is passed over.

Here one shape as a whole and a sample of the others; all of them are a benchmark's
proof (`python -m benchmarks.eventstore.proofs interleavings`).
"""

import pytest
from django.db import connection

from tests.eventstore.proofs.halves import (
    ANNOUNCE,
    LOW,
    REMEMBER,
    TOP,
    HalvesTurned,
    InHalves,
)
from tests.eventstore.proofs.interleavings import (
    Shape,
    all_orders,
    halved_shapes,
    play_all,
    sample,
    shapes,
    until_wrong,
)
from tests.eventstore.proofs.reader import (
    ByTransaction,
    InTransactionOrder,
    Unguarded,
)

pytestmark = pytest.mark.django_db(transaction=True)

PLAIN = Shape(("append", "commit"), ("append", "commit"))
ONE_EARLY = Shape(("append", "commit"), ("early", "append", "commit"))
ONE_STREAM = Shape(
    ("early", "append", "commit"), ("early", "append", "commit"), same_stream=True
)


def test_there_are_at_least_5000_and_all_differ():
    interleavings = all_orders(shapes())
    assert len(interleavings) >= 5000
    assert len(set(interleavings)) == len(interleavings)


def test_two_writers_and_a_reader_in_every_order():
    tally = play_all(all_orders([PLAIN]))
    assert (tally.played, tally.wrong) == (420, [])


def test_early_writes_rollbacks_and_one_stream():
    tally = play_all(sample(300, seed=3))
    assert (tally.played, tally.wrong) == (300, [])


@pytest.mark.parametrize("control", [Unguarded, ByTransaction])
def test_a_reader_without_the_horizon_passes_events(control):
    verdict = until_wrong(all_orders([ONE_EARLY]), control)
    assert verdict
    assert verdict.passed


def test_a_reader_in_the_order_of_transactions_turns_a_stream_round():
    verdict = until_wrong(all_orders([ONE_STREAM]), InTransactionOrder)
    assert verdict
    assert verdict.out_of_order


def test_also_between_the_statements_of_the_functions():
    halved = all_orders(halved_shapes())
    assert len(set(halved)) == 6300

    assert play_all(halved[::40], InHalves).wrong == []
    assert until_wrong(halved, HalvesTurned)


def test_the_halves_are_those_of_the_functions():
    """What is stepped through is what the database runs, in the same order."""

    def source(function: str) -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", [function])
            return squeezed(cursor.fetchone()[0])

    def squeezed(text: str) -> str:
        return "".join(text.split())

    position, horizon = source("eventstore_position"), source("eventstore_horizon")
    assert squeezed(f"{ANNOUNCE} IS NULL OR {REMEMBER} IS NULL") in position
    assert position.index("pg_advisory") < position.index("nextval")
    assert squeezed(f"{TOP};{LOW};") in horizon
