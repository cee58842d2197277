"""The first order and a change of currency at the same moment."""

from functools import partial
from uuid import UUID

import pytest

from conferences import services as conferences
from conferences.models import Conference
from conferences.signals import ChangeRefused
from registrations.models import OrderView
from tests.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 15


def to_euro(conference_id: UUID) -> None:
    changes = {"currency": "EUR"}
    conferences.update_conference(conference_id=conference_id, changes=changes)


def mixed_currencies(make_summit) -> int:
    mixed = 0
    for number in range(ROUNDS):
        summit = make_summit(f"summit-{number}")
        placed, changed = at_once(
            partial(summit.place, (summit.general, 1)), partial(to_euro, summit.id)
        )
        assert isinstance(placed, OrderView)
        assert changed is None or isinstance(changed, ChangeRefused)
        order = OrderView.objects.get(conference_id=summit.id)
        mixed += order.currency != Conference.objects.get(pk=summit.id).currency
    return mixed


def test_they_never_disagree(make_summit):
    """Without the lock in the listeners about half of the rounds mix currencies."""
    assert mixed_currencies(make_summit) == 0
