"""The first order and a change of currency at the same moment."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from conferences import services as conferences
from conferences.models import Conference
from conferences.signals import ChangeRefused
from registrations.models import OrderView

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 15


def at_once(*acts: Callable[[], object]) -> None:
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        start.wait(5)
        try:
            act()
        except ChangeRefused:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def mixed_currencies(make_summit) -> int:
    mixed = 0
    for number in range(ROUNDS):
        summit = make_summit(f"summit-{number}")
        at_once(
            lambda summit=summit: summit.place((summit.general, 1)),
            lambda summit=summit: conferences.update_conference(
                conference_id=summit.id, changes={"currency": "EUR"}
            ),
        )
        order = OrderView.objects.get(conference_id=summit.id)
        mixed += order.currency != Conference.objects.get(pk=summit.id).currency
    return mixed


def test_they_never_disagree(make_summit):
    """Without the lock in the listeners about half of the rounds mix currencies."""
    assert mixed_currencies(make_summit) == 0
