"""How every provider that refunds by itself must give money back."""

from decimal import Decimal

import pytest

from payments import refund_results, services
from payments.gateways import registry
from payments.gateways.base import Outcome
from payments.models import Payment, Refund
from payments.provider_calls import MAX_ATTEMPTS
from tests.factories.payments import NOW
from tests.payments.conftest import Heard
from tests.payments.providers import Provider, RemoteProvider, deliver

pytestmark = pytest.mark.django_db


def pay(provider: Provider, **changes) -> Payment:
    payment = provider.begin(**changes)
    provider.decide(payment, Outcome.COMPLETED)
    deliver(provider, provider.callback(payment, Outcome.COMPLETED))
    payment.refresh_from_db()
    return payment


def refund(payment: Payment, amount: str | None = None) -> Refund:
    return services.request_refund(
        payment_id=payment.pk,
        amount=None if amount is None else Decimal(amount),
        reason="organizer",
        now=NOW,
    )


def test_partial_refunds_add_up(provider: Provider, heard: Heard):
    payment = pay(provider)
    for amount, status, given_back in [
        ("97.00", "partially_refunded", "97"),
        ("500.00", "partially_refunded", "597"),
        (None, "refunded", "1097"),
    ]:
        asked = refund(payment, amount)
        refund_results.carry_out(asked.pk, now=NOW)
        payment.refresh_from_db()
        assert payment.status == status
        assert provider.given_back(payment) == Decimal(given_back)
    assert heard.names == ["payment_completed", *["payment_refunded"] * 3]
    assert [said["amount"] for _, said in heard[1:]] == [97, 500, 500]


def test_refund_task_run_twice_gives_back_once(provider: Provider, heard: Heard):
    payment = pay(provider)
    asked = refund(payment)
    refund_results.carry_out(asked.pk, now=NOW)
    refund_results.carry_out(asked.pk, now=NOW)
    assert provider.given_back(payment) == payment.amount
    assert heard.names == ["payment_completed", "payment_refunded"]


def test_worker_killed_after_the_provider_paid_gives_back_once(
    provider: Provider, heard: Heard
):
    payment = pay(provider)
    asked = refund(payment)
    registry.known(provider.code).refund(asked)  # and here the worker dies
    refund_results.carry_out(asked.pk, now=NOW)
    assert provider.given_back(payment) == payment.amount
    assert heard.names == ["payment_completed", "payment_refunded"]


def test_refused_refund_fails_keeps_its_share_and_can_be_retried(
    provider: Provider, heard: Heard
):
    payment = pay(provider)
    asked = refund(payment, "100")
    provider.refuse_refunds()
    refund_results.carry_out(asked.pk, now=NOW)
    asked.refresh_from_db()
    assert asked.status == "failed"
    assert asked.error
    with pytest.raises(services.RefundTooLarge):
        refund(payment, "997.01")
    provider.refuse_refunds(False)
    services.retry_refund(asked.pk, by="organizer", now=NOW)
    refund_results.carry_out(asked.pk, now=NOW)
    assert provider.given_back(payment) == Decimal(100)
    assert heard.names == ["payment_completed", "refund_failed", "payment_refunded"]


def test_lost_answers_end_in_one_refund(heard: Heard, settings):
    with RemoteProvider(settings) as provider:
        payment = pay(provider)
        asked = refund(payment)
        provider.answers_to_lose = 3
        for _ in range(4):
            refund_results.carry_out(asked.pk, now=NOW)
        assert provider.given_back(payment) == payment.amount
    asked.refresh_from_db()
    assert (asked.status, asked.attempts, asked.error) == ("done", 4, "")
    assert heard.names == ["payment_completed", "payment_refunded"]


def test_provider_that_never_answers_is_given_up_on(heard: Heard, settings):
    with RemoteProvider(settings) as provider:
        asked = refund(pay(provider))
        provider.answers_to_lose = 100
        for _ in range(MAX_ATTEMPTS):
            refund_results.carry_out(asked.pk, now=NOW)
    asked.refresh_from_db()
    assert (asked.status, asked.attempts) == ("failed", MAX_ATTEMPTS)
    assert heard.names == ["payment_completed", "refund_failed"]
