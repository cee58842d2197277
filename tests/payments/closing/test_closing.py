"""Closing pages that nobody should pay on any more; for each provider that can."""

import pytest
from django.db import transaction
from django_q.models import OrmQ

from payments import services, tasks
from payments.errors import NotWanted
from payments.gateways import registry
from payments.gateways.base import Outcome
from payments.models import Payment
from payments.transactions import ProviderCallInsideTransaction
from tests.factories.payments import NOW, started
from tests.payments.closing.pages import CLOSING, Closing, Wishes, begun, outcomes
from tests.payments.conftest import Heard
from tests.payments.providers import deliver
from tests.registrations.mail_queue import queued, run_tasks

pytestmark = pytest.mark.django_db


def test_every_provider_that_claims_it_is_tried_here():
    claiming = {
        code
        for code, gateway in registry.GATEWAYS.items()
        if gateway.capabilities.closes_pages
    }
    assert claiming <= set(CLOSING)


def test_unwanted_page_cannot_be_paid_any_more(provider: Closing, wishes: Wishes):
    payment = begun(provider)
    assert provider.is_payable(payment)
    wishes.is_wanted = False
    services.close_unwanted_pages(payment.order_id)
    assert provider.is_payable(payment), "Only a task asks the provider."
    run_tasks()
    assert not provider.is_payable(payment)
    assert outcomes() == ["answered"]


def test_task_that_runs_twice_asks_once(provider: Closing, wishes: Wishes):
    payment = begun(provider)
    wishes.is_wanted = False
    for _ in range(2):
        tasks.close_page(payment_id=str(payment.pk))
    assert outcomes() == ["answered"]


def test_closed_already_is_no_error(provider: Closing, wishes: Wishes):
    """Killed before the answer was written down: it is asked once more."""
    payment = begun(provider)
    gateway = registry.known(provider.code)
    for _ in range(2):
        gateway.close(payment)
    assert not provider.is_payable(payment)


def test_paid_already_is_no_error(provider: Closing, wishes: Wishes):
    payment = begun(provider)
    provider.decide(payment, Outcome.COMPLETED)
    wishes.is_wanted = False
    tasks.close_page(payment_id=str(payment.pk))
    assert outcomes() == ["answered"]
    assert services.reconcile_payment(payment.pk, now=NOW)
    payment.refresh_from_db()
    assert payment.status == "completed"


def test_page_of_a_payment_known_to_be_paid_is_not_asked_about(
    provider: Closing, wishes: Wishes
):
    payment = begun(provider)
    deliver(provider, provider.callback(payment, Outcome.COMPLETED))
    wishes.is_wanted = False
    services.close_unwanted_pages(payment.order_id)
    assert queued() == []
    tasks.close_page(payment_id=str(payment.pk))
    assert outcomes() == []


def test_page_of_an_attempt_that_failed_is_closed(provider: Closing, wishes: Wishes):
    """Whose card was declined can still pay there with another."""
    payment = begun(provider)
    if provider.code == "stripe":
        provider.decide(payment, Outcome.REJECTED)
    deliver(provider, provider.callback(payment, Outcome.REJECTED))
    payment.refresh_from_db()
    assert (payment.status, provider.is_payable(payment)) == ("rejected", True)
    wishes.is_wanted = False
    services.close_unwanted_pages(payment.order_id)
    run_tasks()
    assert not provider.is_payable(payment)


def test_wanted_again_when_the_late_task_runs(provider: Closing, wishes: Wishes):
    payment = begun(provider)
    services.close_unwanted_pages(payment.order_id)
    run_tasks()
    assert provider.is_payable(payment)
    assert outcomes() == []


def test_page_that_was_never_asked_for_is_not_closed(provider: Closing, wishes: Wishes):
    payment = started(provider=provider.code)
    wishes.is_wanted = False
    services.close_unwanted_pages(payment.order_id)
    run_tasks()
    assert outcomes() == []


def test_page_made_while_the_order_changed_is_closed(provider: Closing, wishes: Wishes):
    """The order's change found no page yet; who asked for one closes it himself."""
    payment = started(provider=provider.code)
    wishes.ends_after = 1
    with pytest.raises(NotWanted):
        services.begin_payment(payment.pk)
    assert provider.is_payable(payment)
    assert queued() == ["close_page"]
    run_tasks()
    assert not provider.is_payable(payment)


def test_button_of_an_unwanted_page_leads_nowhere(provider: Closing, wishes: Wishes):
    payment = begun(provider)
    wishes.is_wanted = False
    with pytest.raises(NotWanted):
        services.begin_payment(payment.pk)


def test_change_that_is_undone_closes_nothing(provider: Closing, wishes: Wishes):
    payment = begun(provider)
    with transaction.atomic():
        services.close_unwanted_pages(payment.order_id)
        transaction.set_rollback(True)
    assert OrmQ.objects.count() == 0


def test_other_orders_pages_are_left_open(provider: Closing, wishes: Wishes):
    mine, _other = begun(provider), begun(provider)
    services.close_unwanted_pages(mine.order_id)
    assert queued() == ["close_page"]


def test_providers_without_pages_are_not_asked(heard: Heard, wishes: Wishes):
    for code in ("sandbox", "invoice"):
        payment = started(provider=code)
        services.close_unwanted_pages(payment.order_id)
        Payment.objects.filter(pk=payment.pk).update(provider_reference="x")
        wishes.is_wanted = False
        tasks.close_page(payment_id=str(payment.pk))
    assert (queued(), outcomes()) == ([], [])


@pytest.mark.django_db(transaction=True)
def test_no_provider_is_asked_inside_a_transaction(provider: Closing, wishes: Wishes):
    payment = begun(provider)
    wishes.is_wanted = False
    with transaction.atomic(), pytest.raises(ProviderCallInsideTransaction):
        tasks.close_page(payment_id=str(payment.pk))
    assert provider.is_payable(payment)
