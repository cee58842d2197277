"""The minutely schedule is there after every migrate, once."""

import pytest
from django.core.management import call_command
from django_q.models import Schedule

from payments import apps

pytestmark = pytest.mark.django_db


def test_reconciliation_is_scheduled_once_whatever_is_repeated():
    Schedule.objects.all().delete()
    for _ in range(2):
        call_command("migrate", "payments", verbosity=0)
    (schedule,) = Schedule.objects.filter(name="payments: reconcile")
    assert (schedule.func, schedule.schedule_type, schedule.minutes) == (
        "payments.tasks.reconcile",
        Schedule.MINUTES,
        1,
    )
    assert schedule.repeats == -1


def test_schedule_waits_for_the_queue_s_tables(monkeypatch):
    Schedule.objects.all().delete()
    monkeypatch.setattr(Schedule._meta, "db_table", "not_migrated_yet")
    apps.schedule_reconciliation(using="default")
    monkeypatch.undo()
    assert Schedule.objects.count() == 0
