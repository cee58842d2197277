"""Every order of the steps of two writers and a reader: no event is passed over.

Here one shape as a whole and a sample of the others; all of them are a benchmark's
proof (`python -m benchmarks.eventstore.proofs interleavings`).
"""

import pytest

from tests.eventstore.proofs.interleavings import (
    Shape,
    all_interleavings,
    orders,
    play_all,
    sample,
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
    interleavings = all_interleavings()
    assert len(interleavings) >= 5000
    assert len(set(interleavings)) == len(interleavings)


def test_two_writers_and_a_reader_in_every_order():
    tally = play_all([(PLAIN, order) for order in orders(PLAIN)])
    assert (tally.played, tally.wrong) == (420, [])


def test_early_writes_rollbacks_and_one_stream():
    tally = play_all(sample(300, seed=3))
    assert (tally.played, tally.wrong) == (300, [])


@pytest.mark.parametrize("control", [Unguarded, ByTransaction])
def test_a_reader_without_the_horizon_passes_events(control):
    tally = play_all([(ONE_EARLY, order) for order in orders(ONE_EARLY)][::4], control)
    assert sum(verdict.passed for _, _, verdict in tally.wrong) > 0


def test_a_reader_in_the_order_of_transactions_turns_a_stream_round():
    tally = play_all(
        [(ONE_STREAM, order) for order in orders(ONE_STREAM)][::5], InTransactionOrder
    )
    assert sum(verdict.out_of_order for _, _, verdict in tally.wrong) > 0
