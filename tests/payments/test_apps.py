"""The minutely schedule is there after every migrate, once."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from django_q.models import Schedule

NAME = "payments: reconcile"


@pytest.fixture
def forward_again(transactional_db: None) -> Iterator[None]:
    """Whatever was taken back, the other tests find every table again."""
    yield
    call_command("migrate", verbosity=0)


@pytest.mark.django_db
def test_reconciliation_is_scheduled_once_whatever_is_repeated():
    Schedule.objects.all().delete()
    for _ in range(2):
        call_command("migrate", "payments", verbosity=0)
    (schedule,) = Schedule.objects.filter(name=NAME)
    assert (schedule.func, schedule.schedule_type, schedule.minutes) == (
        "payments.tasks.reconcile",
        Schedule.MINUTES,
        1,
    )
    assert schedule.repeats == -1


# Of "0001" schedules have no names, of "0005" no minutes; "0006" has all that is kept,
# but lacks other columns of today's model.
@pytest.mark.parametrize("target", ["zero", "0001", "0005", "0006"])
def test_queue_s_tables_may_be_taken_back_and_made_anew(forward_again, target):
    Schedule.objects.all().delete()
    call_command("migrate", "django_q", target, verbosity=0)
    assert (Schedule._meta.db_table in connection.introspection.table_names()) == (
        target != "zero"
    )
    call_command("migrate", "payments", verbosity=0)
    call_command("migrate", verbosity=0)

    assert Schedule.objects.filter(name=NAME).count() == 1
