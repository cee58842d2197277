"""Currencies as Stripe counts them: no decimals, two, three, and the odd ones."""

from decimal import Decimal

import pytest

from payments import refund_results, services
from payments.gateways.base import Outcome
from payments.gateways.stripe_amounts import AmountNotPayable, from_minor, to_minor
from tests.factories.payments import NOW
from tests.payments.providers import deliver
from tests.payments.stripe_provider import StripeProvider

COUNTED = [
    ("10.99", "USD", 1099),
    ("0.50", "EUR", 50),
    ("500", "JPY", 500),
    ("500", "MGA", 500),
    ("5.120", "KWD", 5120),
    ("1234.560", "TND", 1_234_560),
    ("5", "ISK", 500),
    ("10.45", "HUF", 1045),
]
NOT_PAYABLE = [
    ("5.124", "KWD"),  # the last of three digits must be 0
    ("5.50", "ISK"),
    ("10.999", "USD"),
    ("0.5", "JPY"),
    ("5", "UGX"),  # Stripe's own page says two things about it
    ("0", "USD"),
    ("-1", "USD"),
]


@pytest.mark.parametrize(("amount", "currency", "minor"), COUNTED)
def test_amounts_there_and_back(amount: str, currency: str, minor: int):
    assert to_minor(Decimal(amount), currency) == minor
    assert from_minor(minor, currency) == Decimal(amount)


@pytest.mark.parametrize(("amount", "currency"), NOT_PAYABLE)
def test_what_stripe_cannot_take_is_not_asked_for(amount: str, currency: str):
    with pytest.raises(AmountNotPayable):
        to_minor(Decimal(amount), currency)


def test_amount_that_no_column_keeps_is_refused():
    with pytest.raises(AmountNotPayable):
        from_minor(10**12, "JPY")


@pytest.mark.django_db
@pytest.mark.parametrize(("amount", "currency"), NOT_PAYABLE[:3])
def test_payment_that_stripe_cannot_take_is_refused(
    stripe: StripeProvider, amount: str, currency: str
):
    with pytest.raises(services.StartRefused):
        stripe.begin(amount=Decimal(amount), currency=currency)
    assert stripe.stand_in.api.requests == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("amount", "currency", "part"),
    [("1097", "JPY", "97"), ("12.340", "KWD", "2.340"), ("1097", "ISK", "97")],
)
def test_paid_and_partly_refunded_in_other_currencies(
    stripe: StripeProvider, amount: str, currency: str, part: str
):
    payment = stripe.begin(amount=Decimal(amount), currency=currency)
    stripe.decide(payment, Outcome.COMPLETED)
    deliver(stripe, stripe.callback(payment, Outcome.COMPLETED))
    payment.refresh_from_db()
    assert (payment.status, payment.amount) == ("completed", Decimal(amount))
    refund = services.request_refund(
        payment_id=payment.pk, amount=Decimal(part), reason="organizer", now=NOW
    )
    refund_results.carry_out(refund.pk, now=NOW)
    assert stripe.given_back(payment) == Decimal(part)


@pytest.mark.django_db
def test_refund_that_stripe_cannot_give_fails_with_a_reason(stripe: StripeProvider):
    payment = stripe.begin(amount=Decimal("12.340"), currency="KWD")
    stripe.decide(payment, Outcome.COMPLETED)
    deliver(stripe, stripe.callback(payment, Outcome.COMPLETED))
    refund = services.request_refund(
        payment_id=payment.pk, amount=Decimal("1.234"), reason="organizer", now=NOW
    )
    refund_results.carry_out(refund.pk, now=NOW)
    refund.refresh_from_db()
    assert (refund.status, stripe.given_back(payment)) == ("failed", Decimal(0))
    assert "1.234 KWD" in refund.error
