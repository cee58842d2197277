"""A page that could not be closed at once, or by a process that was killed."""

import os
import signal
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from payments import closing, reconciliation, tasks
from payments.gateways import registry
from payments.gateways.base import Outcome
from payments.models import Payment, ProviderCall
from payments.provider_calls import MAX_ATTEMPTS
from tests.payments.closing.pages import Closing, Wishes, begun, outcomes
from tests.payments.providers import deliver
from tests.payments.stripe_provider import StripeProvider

pytestmark = pytest.mark.django_db


def test_provider_that_is_down_is_asked_again_after_a_pause(
    provider: Closing, wishes: Wishes, django_assert_num_queries: Any
):
    payment = begun(provider)
    wishes.is_wanted = False
    provider.go_down()
    tasks.close_page(payment_id=str(payment.pk))
    assert outcomes() == ["unavailable"]
    asked_at = ProviderCall.objects.get(operation="close").started_at
    closing.close_again(now=asked_at + timedelta(seconds=59))
    assert outcomes() == ["unavailable"]
    provider.go_down(False)
    reconciliation.reconcile(now=asked_at + timedelta(seconds=60))
    assert outcomes() == ["unavailable", "answered"]
    assert not provider.is_payable(payment)
    with django_assert_num_queries(1):
        closing.close_again(now=asked_at + timedelta(days=1))
    assert outcomes() == ["unavailable", "answered"]


def test_pauses_between_attempts_to_close_a_page_double(
    provider: Closing, wishes: Wishes
):
    payment = begun(provider)
    wishes.is_wanted = False
    provider.go_down()
    tasks.close_page(payment_id=str(payment.pk))
    for attempts, seconds in enumerate((60, 120, 240), start=1):
        last = ProviderCall.objects.filter(operation="close").latest("pk").started_at
        closing.close_again(now=last + timedelta(seconds=seconds - 1))
        assert outcomes() == ["unavailable"] * attempts
        closing.close_again(now=last + timedelta(seconds=seconds))
        assert outcomes() == ["unavailable"] * (attempts + 1)


def test_page_that_was_paid_meanwhile_is_not_gone_on_with(
    provider: Closing, wishes: Wishes, django_assert_num_queries: Any
):
    payment = begun(provider)
    wishes.is_wanted = False
    provider.go_down()
    tasks.close_page(payment_id=str(payment.pk))
    provider.go_down(False)
    deliver(provider, provider.callback(payment, Outcome.COMPLETED))
    with django_assert_num_queries(1):
        closing.close_again(now=timezone.now() + timedelta(hours=1))
    assert outcomes() == ["unavailable"]


def test_provider_that_stays_down_is_left_alone_in_the_end(
    provider: Closing, wishes: Wishes
):
    payment = begun(provider)
    wishes.is_wanted = False
    provider.go_down()
    tasks.close_page(payment_id=str(payment.pk))
    for hours in range(12):
        closing.close_again(now=timezone.now() + timedelta(hours=3 + hours))
    assert outcomes() == ["unavailable"] * MAX_ATTEMPTS
    payment.refresh_from_db()
    assert payment.status == "initiated"


def test_one_silent_provider_is_asked_for_one_page_only(
    provider: Closing, wishes: Wishes
):
    pages = [begun(provider) for _ in range(3)]
    wishes.is_wanted = False
    provider.go_down()
    for page in pages:
        tasks.close_page(payment_id=str(page.pk))
    closing.close_again(now=timezone.now() + timedelta(hours=1))
    assert outcomes() == ["unavailable"] * 4


def test_refusal_of_a_page_that_is_open_is_not_taken_for_an_end(
    settings: Any, wishes: Wishes
):
    with StripeProvider(settings) as stripe:
        payment = begun(stripe)
        wishes.is_wanted = False
        stripe.stand_in.faults.set("refuse", only="POST", times=1)
        tasks.close_page(payment_id=str(payment.pk))
        assert outcomes() == ["unavailable"]
        closing.close_again(now=timezone.now() + timedelta(minutes=2))
        assert outcomes() == ["unavailable", "answered"]
        assert not stripe.is_payable(payment)


def test_one_odd_page_does_not_keep_the_others_open(provider: Closing, wishes: Wishes):
    odd, other = begun(provider), begun(provider)
    wishes.is_wanted = False
    provider.go_down()
    for page in (odd, other):
        tasks.close_page(payment_id=str(page.pk))
    provider.go_down(False)
    Payment.objects.filter(pk=odd.pk).update(provider="gone")
    closing.close_again(now=timezone.now() + timedelta(hours=1))
    assert not provider.is_payable(other)


@pytest.mark.django_db(transaction=True)
def test_killed_at_the_provider_is_asked_again(settings: Any, wishes: Wishes):
    with StripeProvider(settings) as stripe:
        payment = begun(stripe)
        wishes.is_wanted = False
        connections.close_all()
        if (child := os.fork()) == 0:
            gateway = registry.known("stripe")
            close = gateway.close

            def close_and_die(payment: Payment) -> None:
                close(payment)
                os.kill(os.getpid(), signal.SIGKILL)

            gateway.close = close_and_die  # type: ignore[method-assign]
            try:
                tasks.close_page(payment_id=str(payment.pk))
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), "It came to its end."
        assert outcomes() == ["asked"]
        closing.close_again(now=timezone.now() + timedelta(minutes=2))
        assert outcomes() == ["asked", "answered"]
        assert not stripe.is_payable(payment)
