"""What was lost between the provider and us is found again, by asking."""

from datetime import datetime, timedelta
from typing import NoReturn

import pytest
from django_q.models import OrmQ

from payments import reconciliation, refund_results, services, signals, tasks
from payments.gateways import registry
from payments.gateways.base import Outcome, ProviderUnavailable
from payments.models import Payment, ProviderCallback, Refund
from payments.provider_calls import MAX_ATTEMPTS
from tests.factories.payments import NOW, paid, started
from tests.payments.conftest import Heard
from tests.payments.providers import Provider, RemoteProvider

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def reconcile(now: datetime = NOW + MINUTE) -> None:
    reconciliation.reconcile(now=now)


def statuses() -> list[str]:
    payments = Payment.objects.order_by("started_at", "pk")
    return list(payments.values_list("status", flat=True))


def test_decision_without_a_callback_is_found(provider: Provider, heard: Heard):
    accepted, rejected, undecided = (provider.begin() for _ in range(3))
    provider.decide(accepted, Outcome.COMPLETED)
    if provider.code == "sandbox":  # the remote one names all its events alike
        provider.decide(rejected, Outcome.REJECTED)
    reconcile(NOW)
    if not registry.known(provider.code).capabilities.lists_changes:
        assert heard == []  # too early to worry
    reconcile()
    reconcile()
    told = {said["payment_id"]: name for name, said in heard if name != "fee_charged"}
    assert told[accepted.pk] == "payment_completed"
    assert undecided.pk not in told
    assert len(heard.but("fee_charged")) == len(told)


def test_delivery_that_fails_leaves_the_decision(heard: Heard, caplog):
    def stumble(**_: object) -> None:
        raise ZeroDivisionError

    payment = started()
    signals.payment_completed.connect(stumble)
    after = services.decide_in_sandbox(payment.pk, outcome="accepted", now=NOW)
    assert after.status == "initiated"
    assert f"Payment {payment.pk}: the sandbox could not deliver" in caplog.text
    reconcile()
    assert f"Payment {payment.pk} could not be reconciled" in caplog.text
    signals.payment_completed.disconnect(stumble)
    reconcile()
    assert statuses() == ["completed"]


def test_one_bad_payment_does_not_stop_the_others(heard: Heard, settings):
    with RemoteProvider(settings) as provider:
        bad, good = provider.begin(), started()

        def dead_line(payment: Payment) -> NoReturn:
            raise ProviderUnavailable

        provider.look_up = dead_line  # type: ignore[method-assign]
        services.decide_in_sandbox(good.pk, outcome="accepted", now=NOW)
        Payment.objects.filter(pk=good.pk).update(status="initiated", completed_at=None)
        ProviderCallback.objects.all().delete()
        reconcile()
    assert statuses() == ["initiated", "completed"]
    bad.refresh_from_db()
    assert bad.looked_up_at == NOW + MINUTE


def test_answer_that_does_not_fit_is_kept_and_has_no_effect(settings, heard: Heard):
    with RemoteProvider(settings) as provider:
        payment = provider.begin()
        provider.decide(payment, Outcome.COMPLETED)
        fact = provider.decided[payment.pk]
        object.__setattr__(fact, "currency", "EUR")
        reconcile()
    assert (statuses(), heard) == (["initiated"], [])
    assert ProviderCallback.objects.get().note == "currency-mismatch"


def test_abandoned_payment_is_not_asked_about_for_ever(heard: Heard):
    payment = started()
    reconcile(NOW + timedelta(days=30))
    payment.refresh_from_db()
    assert payment.looked_up_at is None


def test_invoices_stay_open_until_the_organizer_speaks(heard: Heard):
    started(provider="invoice")
    reconcile()
    assert (statuses(), heard) == (["initiated"], [])


def test_longest_neglected_payments_come_first(monkeypatch):
    first, second = started(), started()
    monkeypatch.setattr(reconciliation, "BATCH", 1)
    reconcile(NOW + MINUTE)
    reconcile(NOW + 2 * MINUTE)
    looked = Payment.objects.in_bulk([first.pk, second.pk])
    times = {payment.looked_up_at for payment in looked.values()}
    assert times == {NOW + MINUTE, NOW + 2 * MINUTE}


def test_requested_refund_is_queued_again_after_doubling_pauses():
    refund = services.request_refund(
        payment_id=paid().pk, amount=None, reason="organizer", now=NOW
    )
    pauses = []
    for attempts in range(5):
        Refund.objects.update(attempts=attempts, attempted_at=NOW)
        refund.refresh_from_db()
        pauses.append(
            next(
                minutes
                for minutes in range(100)
                if refund_results.is_due(refund, now=NOW + minutes * MINUTE)
            )
        )
    assert pauses == [1, 1, 2, 4, 8]


def test_refund_that_killed_every_worker_is_given_up_on(heard: Heard):
    """Attempts are counted before the provider is asked."""
    refund = services.request_refund(
        payment_id=paid().pk, amount=None, reason="organizer", now=NOW
    )
    Refund.objects.update(attempts=MAX_ATTEMPTS, attempted_at=NOW)
    refund_results.carry_out(refund.pk, now=NOW)
    refund.refresh_from_db()
    assert (refund.status, refund.error) == ("failed", "No answer was recorded.")
    assert heard.names == ["payment_completed", "refund_failed"]


def test_lost_refund_task_is_queued_again():
    services.request_refund(
        payment_id=paid().pk, amount=None, reason="organizer", now=NOW
    )
    OrmQ.objects.all().delete()
    reconcile(NOW)
    assert OrmQ.objects.count() == 0
    reconcile()
    assert OrmQ.objects.count() == 1


def test_tasks_tolerate_unknown_keywords(heard: Heard):
    payment = paid()
    refund = services.request_refund(
        payment_id=payment.pk, amount=None, reason="organizer", now=NOW
    )
    tasks.carry_out_refund(refund_id=str(refund.pk), since="later")
    tasks.reconcile(since="later")
    assert heard.names == ["payment_completed", "payment_refunded"]
