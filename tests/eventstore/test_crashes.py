"""kill -9 of projectors, of workers that meet deadlines, and of PostgreSQL itself."""

import pytest

from tests.eventstore.proofs.cluster import own_cluster
from tests.eventstore.proofs.crashes import (
    deadlines_killed,
    projector_killed,
    write_history,
)
from tests.eventstore.proofs.lateness import PATIENCE, lateness
from tests.eventstore.proofs.outages import outlive
from tests.eventstore.proofs.random_kills import survive
from tests.eventstore.proofs.tallies import create_tables

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


def test_a_wedged_worker_meets_deadlines_all_the_same():
    """django-q2 never takes up a task again; how late is a benchmark's proof."""
    late = lateness(waiting=100, due=40, over=1, wedged=True)

    assert late.tasks_after_wedge == 0, "the worker must really be wedged"
    assert (late.met, late.doubled, late.left) == (40, 0, 0)
    # Without the broker lending a hand it would be never: `lateness` has no patience
    # for that.
    assert late.max < PATIENCE


def test_processes_are_killed_at_random(tallies):
    survived = survive(kills=30)

    assert survived.is_right, survived
    assert survived.projections.events > 0
    assert survived.deadlines.deadlines > 0


def test_postgresql_is_killed_under_load(tmp_path):
    """On a server of its own: the tests' other server is left alone."""
    with own_cluster() as cluster:
        cluster.create("django_q", "eventstore")
        create_tables()
        outlived = outlive(cluster, tmp_path, outages=2, writers=2)

    assert outlived.is_right, outlived
    assert outlived.acknowledged > 0
