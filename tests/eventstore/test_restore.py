"""A backup is of use: projections continue with it in another cluster."""

import pytest

from tests.eventstore.proofs.cluster import own_cluster
from tests.eventstore.proofs.restore import restore
from tests.eventstore.proofs.tallies import create_tables

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


def test_projections_continue_in_a_fresh_cluster():
    with own_cluster() as old:
        old.create("django_q", "eventstore")
        create_tables()
        restored = restore(old, streams=5, rounds=30)

    assert restored.behind > 0, "there must be something to continue with"
    assert restored.transactions_ahead > 0, "rows must come from a busier cluster"
    assert restored.events > restored.events_before
    assert restored.projections.is_right, restored
    assert restored.projections.events == restored.events
