"""kill -9 of projectors, of workers that meet deadlines, and of PostgreSQL itself."""

import pytest

from tests.eventstore.proofs.crashes import (
    deadlines_killed,
    projector_killed,
    write_history,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


@pytest.mark.parametrize("name", ["KeepLagging", "KeepBySql", "Tell"])
def test_a_projector_is_killed_at_every_boundary(tallies, name):
    write_history(streams=2, events=2)

    crashed = projector_killed(name)

    assert crashed.boundaries >= 8
    assert crashed.wrong == []


def test_a_worker_is_killed_at_every_boundary():
    crashed = deadlines_killed(streams=2, keys=2)

    assert crashed.boundaries >= 10
    assert crashed.wrong == []
