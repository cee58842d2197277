"""Reactors cause effects once for each event from now on."""

from uuid import uuid4

import pytest
from django.db import transaction
from django_q.models import OrmQ

from eventstore import catch_up, store
from eventstore.context import context, current
from tests.eventstore.following import append, drain
from tests.eventstore_app.read_models import (
    Counted,
    tell,
    unlucky,
)

pytestmark = pytest.mark.usefixtures("tallies")


def queued() -> list[str]:
    return [task.task["kwargs"]["stream"] for task in OrmQ.objects.order_by("pk")]


def test_a_reactor_begins_now_and_acts_once():
    append("before", 1)
    assert drain(tell) == 0
    append("after", 1)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        catch_up.run(tell)
        raise ZeroDivisionError
    assert queued() == [], "tasks commit with the checkpoint"
    assert drain(tell) == 1
    assert drain(tell) == 0
    assert queued() == ["after"]


def test_what_a_reactor_causes_belongs_to_the_event(monkeypatch):
    drain(tell)
    correlation = uuid4()
    with context("somebody", correlation):
        [recorded] = store.append("a", [Counted(amount=1)])
    heard = []
    monkeypatch.setattr(type(tell), "when_counted", lambda *_: heard.append(current()))
    drain(tell)
    assert [(one.causation, one.correlation) for one in heard] == [
        (recorded.id, correlation)
    ]


def test_a_parked_reactor_leaves_no_task_behind():
    drain(tell)
    append("bad", 13)
    unlucky.add(13)
    drain(tell)
    assert queued() == []
    unlucky.clear()
    catch_up.retry(tell)
    assert queued() == ["bad"]
