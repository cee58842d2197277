"""A page does what it can in its time, a task the rest, and none runs without end."""

import time

import pytest
from django.db import connection
from django_q.models import OrmQ

from payments import signals, tasks
from payments.bank import progress
from tests.payments.bank.conftest import confirmed, invoiced
from tests.payments.bank.files import camt, paying

pytestmark = pytest.mark.django_db


def be_slow(**_said: object) -> None:
    time.sleep(2.1)


def test_what_takes_too_long_is_left_to_a_task():
    for code in ("AAA111", "BBB222"):
        invoiced(code)
    statement = confirmed(camt(paying("AAA111"), paying("BBB222")))
    signals.payment_completed.connect(be_slow)
    assert progress.go_on(statement.pk, seconds=2) == 1
    signals.payment_completed.disconnect(be_slow)
    [queued] = OrmQ.objects.all()
    assert queued.func() == "payments.tasks.match_transfers"
    tasks.match_transfers(statement_id=str(statement.pk))
    assert progress.waiting(statement.pk) == 0
    assert OrmQ.objects.count() == 1


def test_what_cannot_be_done_is_not_tried_without_end():
    invoiced("AAA111")
    statement = confirmed(camt(paying("AAA111")))
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE payments_payment ADD CONSTRAINT broken"
            " CHECK (status = 'initiated')"
        )
    assert progress.go_on(statement.pk) == 1
    assert not OrmQ.objects.exists()
