"""An import that is killed leaves nothing half, and goes on where it was."""

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections, transaction
from django.db.models.signals import post_save

from payments import signals
from payments.bank import assigning, deciding
from payments.bank.assigning import Decision
from payments.models import BankTransfer, Case, Payment
from tests.factories.payments import NOW
from tests.payments.bank.conftest import (
    BY,
    confirmed,
    imported,
    invoiced,
    open_cases,
    taken_in,
)
from tests.payments.bank.files import camt, paying
from tests.payments.conftest import Heard

pytestmark = pytest.mark.django_db(transaction=True)
CODES = ["AAA111", "BBB222", "CCC333", "DDD444"]


class Death:
    """Kills its own process when it is told something for the n-th time."""

    def __init__(self, turn: int) -> None:
        self.left = turn

    def __call__(self, **_said: object) -> None:
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)


def run_and_kill(call: Callable[[], object], at: Any, turn: int, **about: Any) -> None:
    """In a process of its own."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        death = Death(turn)
        at.connect(death, weak=False, **about)
        try:
            call()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "It came to its end."


def states() -> list[tuple[str, str, bool]]:
    """Of each transfer, of its payment, and whether they know each other."""
    payments = {payment.reference: payment for payment in Payment.objects.all()}
    return [
        (
            transfer.status,
            payments[transfer.purpose].status,
            transfer.payment_id == payments[transfer.purpose].pk,
        )
        for transfer in BankTransfer.objects.order_by("purpose")
    ]


@pytest.mark.parametrize("at", ["payment_changes", "payment_completed"])
@pytest.mark.parametrize("turn", [1, 2, 4])
def test_killed_in_the_middle_each_transfer_is_whole(at, turn, heard: Heard):
    for code in CODES:
        invoiced(code)
    statement = confirmed(camt(*map(paying, CODES)))
    run_and_kill(
        lambda: deciding.work_through(statement.pk, now=NOW), getattr(signals, at), turn
    )
    done, open_one = ("matched", "completed", True), ("waiting", "initiated", False)
    assert sorted(states()) == [done] * (turn - 1) + [open_one] * (5 - turn)
    assert deciding.work_through(statement.pk, now=NOW) == 0
    assert states() == [done] * 4
    # In this process: what the killed one announced was its own.
    assert heard.names.count("payment_completed") == 5 - turn


def test_killed_while_a_case_is_opened_the_transfer_still_waits():
    statement = confirmed(camt(paying("ABC234")))
    run_and_kill(
        lambda: deciding.work_through(statement.pk, now=NOW), post_save, 1, sender=Case
    )
    assert statement.transfers.get().status == "waiting"
    assert open_cases() == []
    assert deciding.work_through(statement.pk, now=NOW) == 0
    assert len(open_cases()) == 1


def test_killed_while_it_is_taken_in_nothing_is_kept():
    content = camt(*map(paying, CODES))
    run_and_kill(lambda: _take_in_slowly(content), signals.payment_changes, 1)
    assert not BankTransfer.objects.exists()
    assert taken_in(content).transfers.count() == 4


def _take_in_slowly(content: bytes) -> None:
    """The last thing before the commit is to be killed."""
    with transaction.atomic():
        taken_in(content)
        signals.payment_changes.send(sender=Payment)


def test_killed_while_it_is_assigned_by_hand_it_is_still_to_decide():
    payment = invoiced()
    [transfer] = imported(camt(paying("ABC2X4")))
    decision = Decision(transfer_id=transfer.pk, by=BY, now=NOW)
    run_and_kill(
        lambda: assigning.assign(decision, payment.pk), signals.payment_completed, 1
    )
    transfer.refresh_from_db()
    payment.refresh_from_db()
    assert (transfer.status, payment.status) == ("near_miss", "initiated")
    assert len(open_cases()) == 1
    assigning.assign(decision, payment.pk)
    payment.refresh_from_db()
    assert payment.status == "completed"
