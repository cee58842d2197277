"""Where much is open, or a provider is silent, the others do not wait for it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_q.models import OrmQ
from django_q.signing import SignedPackage
from uuid_utils.compat import uuid7

from payments import reconciliation, services, signals, tasks, transitions
from payments.gateways.base import CallbackFact, Outcome
from payments.models import Payment, ProviderCall
from tests.factories.payments import NOW, started
from tests.payments.conftest import Heard
from tests.payments.providers import RemoteProvider

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def remote(settings: Any) -> Iterator[RemoteProvider]:
    with RemoteProvider(settings) as provider:
        yield provider


def status_of(payment: Payment) -> str:
    payment.refresh_from_db()
    return payment.status


def test_open_invoices_are_in_nobodys_way(remote: RemoteProvider, monkeypatch):
    monkeypatch.setattr(reconciliation, "BATCH", 1)
    card = remote.begin()
    Payment.objects.update(looked_up_at=NOW)
    started(provider="invoice")
    remote.decide(card, Outcome.COMPLETED)

    reconciliation.reconcile(now=NOW + MINUTE)

    assert status_of(card) == "completed"


def test_provider_that_does_not_answer_is_asked_once_a_round(
    remote: RemoteProvider, heard: Heard
):
    """Each question takes as long as we are willing to wait."""
    for _ in range(3):
        remote.begin()
    remote.is_down = True
    reconciliation.reconcile(now=NOW + MINUTE)
    assert ProviderCall.objects.get().times == 1
    remote.is_down = False
    for payment in Payment.objects.all():
        remote.decide(payment, Outcome.COMPLETED)
    reconciliation.reconcile(now=NOW + 2 * MINUTE)
    assert heard.names == ["payment_completed"] * 3


def test_early_statement_that_cannot_be_applied_hides_no_other(
    remote: RemoteProvider, heard: Heard
):
    def stumble(*, payment_id: object, **_: object) -> None:
        if payment_id == early.payment_id:
            raise ZeroDivisionError

    early = CallbackFact(
        event_id="early",
        payment_id=uuid7(),
        order_id=uuid7(),
        outcome=Outcome.COMPLETED,
        amount=started().amount,
        currency="USD",
    )
    remote.listed = [early]
    reconciliation.reconcile(now=NOW)
    remote.listed = []
    bad = remote.begin(payment_id=early.payment_id, order_id=early.order_id)
    good = remote.begin()
    remote.decide(good, Outcome.COMPLETED)
    signals.payment_completed.connect(stumble)

    reconciliation.reconcile(now=NOW + MINUTE)

    assert (status_of(bad), status_of(good)) == ("initiated", "completed")
    signals.payment_completed.disconnect(stumble)
    reconciliation.reconcile(now=NOW + 2 * MINUTE)
    assert status_of(bad) == "completed"


def test_refund_that_was_queued_often_is_tried_once_at_a_time(remote: RemoteProvider):
    """The queue was long, and each minute the refund was put there again."""
    payment = remote.begin()
    transitions.complete(payment.pk, now=NOW)
    refund = services.request_refund(
        payment_id=payment.pk, amount=None, reason="organizer", now=NOW
    )
    remote.answers_to_lose = 100

    for minute in range(1, 11):
        reconciliation.reconcile(now=NOW + minute * MINUTE)
    queued = [SignedPackage.loads(row.payload)["kwargs"] for row in OrmQ.objects.all()]
    assert len(queued) == 11

    for asked in queued:
        tasks.carry_out_refund(**asked)

    refund.refresh_from_db()
    assert (refund.status, refund.attempts) == ("requested", 1)
    reconciliation.reconcile(now=timezone.now() + MINUTE)
    again = SignedPackage.loads(OrmQ.objects.latest("pk").payload)["kwargs"]
    tasks.carry_out_refund(**again)
    refund.refresh_from_db()
    assert refund.attempts == 2
