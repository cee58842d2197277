"""How far everything is."""

import time
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone

from eventstore import processes
from eventstore.models import Event
from eventstore.projection_models import Checkpoint
from eventstore.status import ProjectorStatus, horizon_age, status
from tests.eventstore.following import append, drain
from tests.eventstore_app.read_models import (
    InlineTally,
    LaggingTally,
    by_sql,
    inline,
    lagging,
    tell,
    unlucky,
)

pytestmark = pytest.mark.usefixtures("tallies")


def of(projector) -> ProjectorStatus:
    return next(
        one for one in status(timezone.now()).projectors if one.name == projector.name
    )


def test_lag_in_events_and_seconds():
    append("a", 1)
    assert (of(lagging).events, of(tell).events) == (1, 0)
    drain(lagging)
    first = append("a", 2)
    last = append("b", 3)
    recorded = Event.objects.get(position=first).recorded_at

    found = next(
        one
        for one in status(recorded + timedelta(seconds=30)).projectors
        if one.name == lagging.name
    )
    assert (found.kind, found.events, found.seconds) == ("asynchronous", 2, 30.0)
    assert found.position == first - 1
    assert of(inline) == ProjectorStatus(inline.name, "inline", last, 0, 0.0, 0)
    drain(lagging)
    assert (of(lagging).events, of(lagging).seconds) == (0, 0.0)
    assert of(tell).kind == "reactor"


def test_parked_streams_are_counted_per_projector():
    append("a", 13)
    append("b", 13)
    unlucky.add(13)
    drain(lagging)
    drain(by_sql)
    assert (of(lagging).parked, of(by_sql).parked) == (2, 0)
    assert sum(one.parked for one in status(timezone.now()).projectors) == 2


def test_horizon_age_is_that_of_an_append_under_way():
    assert horizon_age() == 0
    other = connections["default"].copy()
    with other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT pg_current_xact_id(), pg_advisory_xact_lock(5)")
        time.sleep(0.1)
        assert horizon_age() == 0, "a transaction that appends nothing"
        cursor.execute("SELECT eventstore_position()")
        assert 0.1 < horizon_age() < 60
        cursor.execute("ROLLBACK")
    other.close()
    assert horizon_age() == 0


def test_the_oldest_deadline():
    now = timezone.now()
    assert status(now).deadline_age == 0
    processes.set_deadline("test", "s", "later", now + timedelta(hours=1))
    assert status(now).deadline_age == 0
    processes.set_deadline("test", "s", "a", now - timedelta(seconds=7))
    assert status(now).deadline_age == 7


def test_the_command_says_it(capsys):
    append("a", 13)
    unlucky.add(13)
    call_command("projections", "status", lagging.name)
    assert "KeepLagging: asynchronous, 0 rows, 1 events, " in capsys.readouterr().out
    call_command("projections", "run", lagging.name, "--once")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE eventstore_app_laggingtally DROP seen")
    call_command("projections", "status", lagging.name)
    said = capsys.readouterr().out
    assert "0 events, 0.0 s behind, 1 streams parked, schema changed: rebuild" in said


def test_the_command_runs_only_who_follows():
    """An inline one has taken in all there is: a second time would be once too much."""
    append("a", 1)
    call_command("projections", "run", "--once")
    assert InlineTally.objects.get().total == LaggingTally.objects.get().total == 1
    assert not Checkpoint.objects.filter(pk=inline.name).exists()


def test_the_command_retries(capsys):
    append("a", 13)
    unlucky.add(13)
    drain(lagging)
    call_command("projections", "retry", lagging.name, "--stream", "a")
    unlucky.clear()
    call_command("projections", "retry", lagging.name)
    said = capsys.readouterr().out.splitlines()
    assert said == [f"KeepLagging: {n} streams still parked" for n in (1, 0)]
