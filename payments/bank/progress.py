"""Going on with a confirmed statement: at once for a while, then in the background."""

import time
from collections.abc import Mapping
from uuid import UUID

from django.contrib import admin
from django.utils import timezone
from django_q.tasks import async_task

from payments.admin.orders import orders
from payments.bank import deciding
from payments.bank.names import Person
from payments.models import BankTransfer

# A page that is waited for, and a task below the queue's own limit.
SECONDS_OF_A_PAGE = 5.0
SECONDS_OF_A_TASK = 20.0


def go_on(statement_id: UUID, *, seconds: float = SECONDS_OF_A_PAGE) -> int:
    """Decide what can be decided in this time; a task does the rest. How many are left.

    Where nothing could be done there is no task either, or it would be one without
    end: somebody presses again, and nothing is lost by it.
    """
    until = time.monotonic() + seconds
    before = waiting(statement_id)
    left = deciding.work_through(
        statement_id,
        now=timezone.now(),
        names=names,
        may_go_on=lambda: time.monotonic() < until,
    )
    if 0 < left < before:
        async_task("payments.tasks.match_transfers", statement_id=str(statement_id))
    return left


def waiting(statement_id: UUID) -> int:
    return BankTransfer.objects.filter(
        statement_id=statement_id, status=BankTransfer.Status.WAITING
    ).count()


def names(order_ids: set[UUID]) -> Mapping[UUID, Person]:
    """Who placed these orders, as far as the site says."""
    found = orders(admin.site, order_ids)
    return {
        order_id: Person(name=order.registrant, email=order.email)
        for order_id, order in found.items()
    }
