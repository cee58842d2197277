"""Giving money back through Stripe: once, whatever is lost, repeated or refused."""

from datetime import timedelta
from decimal import Decimal
from threading import Event

import pytest

from payments import reconciliation, refund_results, services
from payments.gateways.base import Outcome
from payments.models import Payment, Refund
from tests.factories.payments import NOW
from tests.payments.conftest import Heard
from tests.payments.providers import deliver
from tests.payments.stripe_provider import StripeProvider
from tests.waiting import until

pytestmark = pytest.mark.django_db
CREATE = "POST /v1/refunds"


def pay(stripe: StripeProvider) -> Payment:
    payment = stripe.begin()
    stripe.decide(payment, Outcome.COMPLETED)
    deliver(stripe, stripe.callback(payment, Outcome.COMPLETED))
    payment.refresh_from_db()
    return payment


def ask(payment: Payment) -> Refund:
    return services.request_refund(
        payment_id=payment.pk, amount=None, reason="organizer", now=NOW
    )


def carry_out(refund: Refund) -> str:
    refund_results.carry_out(refund.pk, now=NOW)
    refund.refresh_from_db()
    return refund.status


@pytest.mark.parametrize("fault", ["down", "lose-answer", "fail-after"])
def test_trouble_ends_in_one_refund(stripe: StripeProvider, heard: Heard, fault: str):
    refund = ask(pay(stripe))
    stripe.stand_in.faults.set(fault, only=CREATE, times=1)
    assert carry_out(refund) == "requested"
    assert carry_out(refund) == "done"
    assert stripe.stand_in.refunds() == {str(refund.pk): 1}
    assert stripe.stand_in.api.keys.effects[str(refund.pk)] == 1
    assert heard.names == ["payment_completed", "payment_refunded"]


def test_refund_that_stripe_is_still_making_is_not_made_again(
    stripe: StripeProvider, settings
):
    refund = ask(pay(stripe))
    keys, key, is_made = stripe.stand_in.api.keys, str(refund.pk), Event()
    stripe.stand_in.faults.set("busy", until=is_made.is_set, only=CREATE, times=1)
    for patience in (1, settings.STRIPE_TIMEOUT):
        settings.STRIPE_TIMEOUT = patience
        assert carry_out(refund) == "requested"
        until(lambda: keys.seen[key])
    is_made.set()
    until(lambda: keys.is_answered(key))
    assert carry_out(refund) == "done"
    assert stripe.stand_in.refunds() == {str(refund.pk): 1}


def test_failure_that_left_nothing_waits_until_stripe_forgets_it(
    stripe: StripeProvider,
):
    """A day later; until then nobody can say that nothing will come of it."""
    refund = ask(pay(stripe))
    stripe.stand_in.faults.set("fail-before", only=CREATE, times=1)
    for _ in range(2):
        assert carry_out(refund) == "requested"
    assert stripe.stand_in.refunds() == {}
    stripe.stand_in.api.keys.forget()
    assert carry_out(refund) == "done"
    assert stripe.stand_in.refunds() == {str(refund.pk): 1}


def test_refund_asked_for_again_after_stripe_forgot_the_key_is_one(
    stripe: StripeProvider,
):
    refund = ask(pay(stripe))
    stripe.stand_in.faults.set("lose-answer", only=CREATE, times=1)
    assert carry_out(refund) == "requested"
    stripe.stand_in.api.keys.forget()
    assert carry_out(refund) == "done"
    assert stripe.stand_in.refunds() == {str(refund.pk): 1}


def test_refused_refund_can_be_retried_although_stripe_repeats_its_refusal(
    stripe: StripeProvider, heard: Heard
):
    refund = ask(pay(stripe))
    stripe.refuse_refunds()
    assert carry_out(refund) == "failed"
    assert "Insufficient funds" in refund.error
    stripe.refuse_refunds(False)
    services.retry_refund(refund.pk, by="organizer", now=NOW)
    assert carry_out(refund) == "done"
    keys = [key for key in stripe.stand_in.api.keys.seen if str(refund.pk) in key]
    assert keys == [str(refund.pk), f"{refund.pk}/2"]
    assert stripe.stand_in.refunds() == {str(refund.pk): 1}


def test_pending_refund_is_under_way_until_stripe_has_done_it(
    stripe: StripeProvider, heard: Heard
):
    refund = ask(pay(stripe))
    stripe.stand_in.faults.refunds_stay_pending = True
    assert carry_out(refund) == "under_way"
    assert heard.names == ["payment_completed"]
    stripe.stand_in.books.finish_refund(refund.provider_reference)
    reconciliation.reconcile(now=NOW + timedelta(minutes=1))
    refund.refresh_from_db()
    assert refund.status == "done"
    assert heard.but("fee_charged") == ["payment_completed", "payment_refunded"]


def test_refund_that_failed_at_the_bank_is_tried_anew(
    stripe: StripeProvider, heard: Heard
):
    """Under the key of the first, Stripe would only tell of the first again."""
    refund = ask(pay(stripe))
    stripe.stand_in.faults.refunds_stay_pending = True
    assert carry_out(refund) == "under_way"
    first = refund.provider_reference
    stripe.stand_in.books.fail_refund(first)
    reconciliation.reconcile(now=NOW + timedelta(minutes=1))
    refund.refresh_from_db()
    assert (refund.status, refund.error) == ("failed", "lost_or_stolen_card")
    stripe.stand_in.faults.refunds_stay_pending = False
    services.retry_refund(refund.pk, by="organizer", now=NOW)
    assert carry_out(refund) == "done"
    assert refund.provider_reference != first
    assert stripe.given_back(refund.payment) == refund.amount


def test_refund_of_disputed_money_is_refused_by_stripe_too(stripe: StripeProvider):
    payment = pay(stripe)
    refund = ask(payment)
    stripe.stand_in.books.dispute(payment.provider_reference)
    assert carry_out(refund) == "failed"
    assert "charged back" in refund.error


def test_stand_in_control_another_key_would_give_back_twice(stripe: StripeProvider):
    """It is the key, and the question before it, that keep it to one."""
    refund = services.request_refund(
        payment_id=pay(stripe).pk, amount=Decimal(100), reason="organizer", now=NOW
    )
    params = {
        "payment_intent": stripe.intent(refund.payment),
        "amount": "100",
        "metadata": {"refund": str(refund.pk)},
    }
    for _ in range(2):
        stripe.stand_in.books.refund(params)
    assert stripe.stand_in.refunds() == {str(refund.pk): 2}
