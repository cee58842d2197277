"""A process that is killed in the middle leaves nothing that is not found again."""

import os
import signal
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections
from django_q.models import OrmQ

from payments import reconciliation, refund_results, services, signals
from payments.models import ProviderCallback, Refund, SandboxTransaction
from tests.factories.payments import NOW, paid, started
from tests.payments.conftest import Heard

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(minutes=1)


def die(**_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def run_and_kill(call: Callable[[], object], *, at: str) -> None:
    """Run in a process of its own that is killed when this signal is sent."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        getattr(signals, at).connect(die)
        try:
            call()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "It came to its end."


@pytest.mark.parametrize("at", ["payment_changes", "payment_completed"])
def test_killed_between_the_decision_and_its_callback(at: str, heard: Heard):
    payment = started()
    run_and_kill(
        lambda: services.decide_in_sandbox(payment.pk, outcome="accepted", now=NOW),
        at=at,
    )
    assert SandboxTransaction.objects.get().outcome == "accepted"
    assert ProviderCallback.objects.count() == 0
    payment.refresh_from_db()
    assert payment.status == "initiated"
    for _ in range(2):
        reconciliation.reconcile(now=LATER)
    payment.refresh_from_db()
    assert payment.status == "completed"
    assert heard.names == ["payment_completed"]


@pytest.mark.parametrize("at", ["payment_changes", "payment_refunded"])
def test_killed_after_the_provider_gave_the_money_back(at: str, heard: Heard):
    payment = paid()
    refund = services.request_refund(
        payment_id=payment.pk, amount=None, reason="organizer", now=NOW
    )
    run_and_kill(lambda: refund_results.carry_out(refund.pk, now=NOW), at=at)
    refund.refresh_from_db()
    assert (refund.status, refund.attempts) == ("requested", 1)
    assert SandboxTransaction.objects.get().refunded_amount == payment.amount
    OrmQ.objects.all().delete()
    reconciliation.reconcile(now=LATER)
    assert OrmQ.objects.count() == 1
    refund_results.carry_out(refund.pk, now=LATER)
    payment.refresh_from_db()
    assert payment.status == "refunded"
    assert SandboxTransaction.objects.get().refunded_amount == payment.amount
    assert heard.names == ["payment_completed", "payment_refunded"]


def test_killed_while_an_invoice_is_marked_paid(heard: Heard):
    payment = started(provider="invoice")
    run_and_kill(
        lambda: services.mark_paid(payment.pk, by="organizer", now=NOW),
        at="payment_completed",
    )
    payment.refresh_from_db()
    assert (payment.status, Refund.objects.count(), heard) == ("initiated", 0, [])
    services.mark_paid(payment.pk, by="organizer", now=NOW)
    assert heard.names == ["payment_completed"]
