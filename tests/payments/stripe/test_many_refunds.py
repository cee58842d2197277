"""A hundred people give back parts of one payment at once: never more than it was."""

import random
from decimal import Decimal

import pytest
from django.db.models import Sum

from payments import refund_results, services
from payments.gateways import registry
from payments.gateways.base import Outcome, ProviderUnavailable, RefundAnswer
from payments.models import ProviderCall, Refund
from tests.at_once import many_at_once
from tests.factories.payments import NOW
from tests.payments.providers import deliver
from tests.payments.stripe_provider import StripeProvider

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 100


def test_100_partial_refunds_at_once_never_exceed_the_payment(stripe: StripeProvider):
    payment = stripe.begin()
    stripe.decide(payment, Outcome.COMPLETED)
    deliver(stripe, stripe.callback(payment, Outcome.COMPLETED))
    chance = random.Random(100)
    parts = [Decimal(chance.randint(100, 4000)) / 100 for _ in range(THREADS)]
    assert sum(parts) > 1097

    def give_back(number: int) -> Refund:
        asked = services.request_refund(
            payment_id=payment.pk, amount=parts[number], reason="organizer", now=NOW
        )
        refund_results.carry_out(asked.pk, now=NOW)
        return asked

    answers = many_at_once(give_back, THREADS)
    refused = [one for one in answers if not isinstance(one, Refund)]
    assert {type(one) for one in refused} <= {
        services.RefundTooLarge,
        services.PaymentNotRefundable,
    }
    carry_out_the_rest()

    payment.refresh_from_db()
    given = Refund.objects.filter(status="done").aggregate(all=Sum("amount"))["all"]
    assert given == payment.refunded_amount == stripe.given_back(payment)
    assert given <= 1097
    # Whoever was refused wanted more than what was left then, and so than what is now.
    left = payment.refundable_amount
    assert all(
        left < part
        for part, answer in zip(parts, answers, strict=True)
        if not isinstance(answer, Refund)
    )
    check_what_stripe_saw(stripe)


def test_refund_carried_out_by_many_workers_is_made_once(stripe: StripeProvider):
    """Those who ask while it is made are told that its key is in use."""
    payment = stripe.begin()
    stripe.decide(payment, Outcome.COMPLETED)
    deliver(stripe, stripe.callback(payment, Outcome.COMPLETED))
    refund = services.request_refund(
        payment_id=payment.pk, amount=None, reason="organizer", now=NOW
    )
    refund.payment.refresh_from_db()
    keys = stripe.stand_in.api.keys
    stripe.stand_in.faults.set(
        "busy", until=lambda: keys.seen[str(refund.pk)] > 1, only="POST /v1/refunds"
    )
    answers = many_at_once(lambda _: registry.known("stripe").refund(refund), 10)
    made = {one.reference for one in answers if isinstance(one, RefundAnswer)}
    others = {type(one) for one in answers if not isinstance(one, RefundAnswer)}
    assert (len(made), others) == (1, {ProviderUnavailable})
    assert keys.seen[str(refund.pk)] > 1
    assert keys.effects[str(refund.pk)] == 1
    assert stripe.stand_in.refunds() == {str(refund.pk): 1}


def carry_out_the_rest() -> None:
    """As the worker would, where Stripe had no time for all of them at once."""
    for refund in Refund.objects.filter(status="requested"):
        refund_results.carry_out(refund.pk, now=NOW)
    assert not Refund.objects.exclude(status="done").exists()


def check_what_stripe_saw(stripe: StripeProvider) -> None:
    """Each key had one effect, and each refund of ours is one of theirs."""
    ours = {str(one.pk) for one in Refund.objects.all()}
    keys = stripe.stand_in.api.keys
    assert {key for key in keys.effects if key in ours} == ours
    assert set(keys.effects.values()) == {1}
    assert stripe.stand_in.refunds() == dict.fromkeys(ours, 1)
    calls = ProviderCall.objects.filter(operation="refund", outcome="answered")
    assert set(calls.values_list("key", flat=True)) == ours
