"""A stream that a projector cannot follow is parked; the others go on."""

import pytest
from django.db import OperationalError, connection

from eventstore import catch_up
from eventstore.projection_models import Parked
from tests.eventstore.following import append, drain, seen
from tests.eventstore_app.read_models import (
    lagging,
    unlucky,
)

pytestmark = pytest.mark.usefixtures("tallies")


def parked() -> list[tuple[str, int]]:
    rows = Parked.objects.order_by("stream")
    return list(rows.values_list("stream", "position"))


def test_a_failing_stream_is_parked_and_the_others_go_on():
    append("good", 1)
    append("bad", 1)
    failing = append("bad", 13)
    append("good", 2)
    unlucky.add(13)

    assert drain(lagging) == 4
    assert seen() == {"bad": "1", "good": "1 2"}
    assert parked() == [("bad", failing)]
    assert Parked.objects.get().error == "ValueError: 13 brings bad luck"

    append("bad", 3)
    append("good", 3)
    drain(lagging)
    assert seen() == {"bad": "1", "good": "1 2 3"}
    assert parked() == [("bad", failing)]


def test_a_retry_replays_in_order_and_lets_the_stream_go_on():
    append("bad", 1, 13, 3)
    append("worse", 13)
    unlucky.add(13)
    drain(lagging)
    assert catch_up.retry(lagging) == 2
    assert {row.attempts for row in Parked.objects.all()} == {2}

    unlucky.clear()
    append("bad", 4)
    assert catch_up.retry(lagging, "bad") == 0
    assert seen()["bad"] == "1 2 3", "only up to the checkpoint: the rest follows"
    assert [stream for stream, _ in parked()] == ["worse"]
    drain(lagging)
    assert seen()["bad"] == "1 2 3 4"


def test_a_retry_that_fails_later_is_parked_there():
    append("bad", 13)
    later = append("bad", 1, 14)
    unlucky.update({13, 14})
    drain(lagging)
    unlucky.discard(13)

    assert catch_up.retry(lagging) == 1
    assert seen() == {"bad": "1 2"}
    assert parked() == [("bad", later)]


def test_an_event_that_cannot_be_read_is_parked_too():
    append("good", 1)
    position = append("bad", 1)
    append("good", 2)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE eventstore_event DISABLE TRIGGER USER")
        cursor.execute(
            'UPDATE eventstore_event SET data = \'{"amount": "many"}\''
            " WHERE position = %s",
            [position],
        )
        cursor.execute("ALTER TABLE eventstore_event ENABLE TRIGGER USER")

    drain(lagging)
    assert seen() == {"good": "1 2"}
    assert parked() == [("bad", position)]


def test_trouble_of_the_database_parks_nothing(monkeypatch):
    append("a", 1)

    def trouble(events: object) -> None:
        raise OperationalError("deadlock detected")

    with monkeypatch.context() as patch:
        patch.setattr(lagging, "project_many", trouble)
        with pytest.raises(OperationalError):
            catch_up.run(lagging)
        assert catch_up.run_all(for_seconds=1) == 1, "the others go on"
    assert parked() == []
    assert drain(lagging) == 1


def test_trouble_is_trouble_also_beside_a_bug(monkeypatch):
    """Neither is the batch tried one by one, nor a single event parked for it."""
    append("a", 1)
    calls = []

    def bug_then_trouble(events: object) -> None:
        calls.append(events)
        if len(calls) == 1:
            raise bugs.pop()
        raise OperationalError("deadlock detected")

    for bug, tried in [(ValueError(), 2), (OperationalError(), 1)]:
        calls, bugs = [], [bug]
        monkeypatch.setattr(lagging, "project_many", bug_then_trouble)
        with pytest.raises(OperationalError):
            catch_up.run(lagging)
        assert (len(calls), parked()) == (tried, [])
