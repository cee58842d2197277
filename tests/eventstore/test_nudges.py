"""Somebody wakes a worker for what is behind."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from eventstore import rebuild, store, tasks
from eventstore.projection_models import Rebuild
from eventstore.q import Broker
from tests.eventstore.following import append, seen
from tests.eventstore_app.read_models import (
    Cleared,
    InlineTally,
    SqlTally,
    inline,
)

pytestmark = pytest.mark.usefixtures("tallies")


def nudges() -> list[str]:
    return [task.func() for task in OrmQ.objects.order_by("pk")]


def test_the_task_brings_everything_up_to_date():
    append("a", 1, 2)
    assert tasks.follow() == 4, "by two projectors; the reactor begins now"
    assert seen() == seen(InlineTally) == {"a": "1 2"}
    assert SqlTally.objects.get().total == 3


def test_the_broker_wakes_a_worker_when_a_projector_is_behind():
    broker = Broker()
    append("a", 1)
    for _ in range(2):
        broker._keep_time()
    assert nudges() == ["eventstore.tasks.follow"], "one is enough"

    OrmQ.objects.all().delete()
    tasks.follow()
    broker._keep_time()
    assert nudges() == []
    store.append("a", [Cleared()])
    broker._keep_time()
    assert nudges() == ["eventstore.tasks.follow"], "checkpoints follow the horizon"


def test_the_broker_wakes_a_worker_for_a_rebuild_left_alone():
    append("a", 1)
    tasks.follow()
    broker = Broker()
    rebuild.ask_for(inline)
    broker._keep_time()
    assert nudges() == ["eventstore.tasks.follow"]
    OrmQ.objects.all().delete()
    Rebuild.objects.update(error="it has a bug")
    broker._keep_time()
    assert nudges() == []


def test_a_rebuild_of_a_projector_that_is_gone_wakes_nobody():
    tasks.follow()
    Rebuild.objects.create(
        projector="Gone", touched_at=timezone.now() - timedelta(days=1)
    )
    tasks.follow()
    Broker()._keep_time()
    assert nudges() == []


def test_the_minutely_schedule_is_the_safety_net():
    call_command("migrate", verbosity=0)
    schedule = Schedule.objects.get(name="projections")
    assert (schedule.func, schedule.minutes) == ("eventstore.tasks.follow", 1)
