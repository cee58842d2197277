"""What is kept of a conference's seats between two loads is what its history says."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from eventstore import store
from eventstore.models import Snapshot
from registrations.domain.seats_availability import SeatsAvailability
from tests.registrations.conftest import NOW

pytestmark = pytest.mark.django_db
CONFERENCE, GENERAL, WORKSHOP = UUID(int=1), UUID(int=2), UUID(int=3)


def test_seats_loaded_from_a_snapshot_are_those_of_the_whole_history():
    with store.change(SeatsAvailability, CONFERENCE) as seats:
        seats.set_quota(GENERAL, 500)
        seats.set_quota(WORKSHOP, 3)
    for number in range(SeatsAvailability.snapshot_every):
        with store.change(SeatsAvailability, CONFERENCE) as seats:
            order, ends = uuid4(), NOW + timedelta(minutes=15, microseconds=number)
            seats.make_reservation(order, {GENERAL: 2, WORKSHOP: 1}, expires_at=ends)
            if number % 3 == 0:
                seats.commit_reservation(order)

    loaded = store.load(SeatsAvailability, CONFERENCE)
    whole = store.load(SeatsAvailability, CONFERENCE, version=loaded.version)
    kept = Snapshot.objects.get()

    assert 0 < kept.version < loaded.version
    assert kept.schema_version == SeatsAvailability.snapshot_schema
    assert loaded.to_snapshot() == whole.to_snapshot()
    assert len(loaded.pending) > 30
