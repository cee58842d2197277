"""Stripe charges for a dispute, and in some countries gives it back when it is won."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from payments import reconciliation, services
from payments.gateways import registry
from payments.gateways.base import Outcome
from payments.models import Payment, ProviderCallback
from tests.factories.payments import NOW
from tests.payments.conftest import Heard
from tests.payments.stripe.test_callbacks import tell
from tests.payments.stripe_provider import StripeProvider

pytestmark = pytest.mark.django_db
CHARGED, RETURNED = Decimal(15), Decimal(-15)


@pytest.fixture
def paid(stripe: StripeProvider) -> Payment:
    payment = stripe.begin()
    stripe.decide(payment, Outcome.COMPLETED)
    return payment


def disputed(stripe: StripeProvider, payment: Payment, *, inquiry: bool = False) -> str:
    intent = stripe.intent(payment)
    return str(stripe.stand_in.books.dispute(intent, inquiry=inquiry)["id"])


def reconcile(minutes: int = 1) -> None:
    reconciliation.reconcile(now=NOW + timedelta(minutes=minutes))


def fees(payment: Payment) -> list[Decimal]:
    """Of disputes only, in the order in which they became known."""
    kept = services.fees_of(payment.pk)
    return [one.amount for one in kept if one.provider_reference]


def test_fee_is_booked_once_under_its_own_name(
    stripe: StripeProvider, paid: Payment, heard: Heard
):
    dispute = disputed(stripe, paid)
    for minutes in (1, 2, 3):
        reconcile(minutes)
    services.ask_again(paid.pk, now=NOW)
    (booked,) = stripe.stand_in.books.get("dispute", dispute)["balance_transactions"]
    kept = services.fees_of(paid.pk)
    assert [one.provider_reference for one in kept] == ["", booked["id"]]
    assert fees(paid) == [CHARGED]
    assert heard.names.count("fee_charged") == 2


def test_fee_is_known_although_the_callback_told_of_the_dispute(
    stripe: StripeProvider, paid: Payment
):
    disputed(stripe, paid)
    for kind in (
        "payment_intent.succeeded",
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
    ):
        tell(stripe, kind)
    assert fees(paid) == []
    reconcile()
    assert fees(paid) == [CHARGED]


def refused() -> list[str]:
    """What Stripe told, and somebody would have to look at."""
    told = ProviderCallback.objects.filter(verdict="refused")
    return list(told.values_list("event_id", flat=True))


@pytest.mark.parametrize("returns", [True, False], ids=["returned", "kept"])
@pytest.mark.parametrize("status", ["won", "lost"])
def test_fee_comes_back_where_stripe_gives_it_back(
    stripe: StripeProvider, paid: Payment, status: str, returns: bool
):
    books = stripe.stand_in.books
    books.returns_dispute_fees = returns
    books.close_dispute(disputed(stripe, paid), status=status)
    for minutes in (1, 2):
        reconcile(minutes)
    assert refused() == []
    is_back = returns and status == "won"
    assert fees(paid) == ([CHARGED, RETURNED] if is_back else [CHARGED])


def test_looked_up_it_is_the_same_fee(stripe: StripeProvider, paid: Payment):
    stripe.stand_in.books.close_dispute(disputed(stripe, paid), status="won")
    services.ask_again(paid.pk, now=NOW)
    assert fees(paid) == [CHARGED, RETURNED]
    reconcile()
    assert fees(paid) == [CHARGED, RETURNED]


@pytest.mark.parametrize("payments", [1, 3])
def test_movements_are_read_at_once(
    stripe: StripeProvider, payments: int, django_assert_num_queries: Any
):
    for _ in range(payments):
        payment = stripe.begin()
        stripe.decide(payment, Outcome.COMPLETED)
        disputed(stripe, payment)
    reconcile()
    with django_assert_num_queries(4):
        read = [list(one.fees.all()) for one in services.with_movements()]
    assert [len(one) for one in read] == [2] * payments


def test_inquiry_costs_nothing_until_it_is_a_dispute(
    stripe: StripeProvider, paid: Payment
):
    dispute = disputed(stripe, paid, inquiry=True)
    reconcile(1)
    assert fees(paid) == []
    stripe.stand_in.books.escalate(dispute)
    reconcile(2)
    assert fees(paid) == [CHARGED]


def test_fee_in_another_currency_is_not_made_up(stripe: StripeProvider, paid: Payment):
    stripe.stand_in.books.settled_in = "eur"
    disputed(stripe, paid)
    reconcile()
    assert fees(paid) == []
    assert refused() == []


def test_fee_told_before_the_payment_waits_for_it(
    stripe: StripeProvider, paid: Payment
):
    disputed(stripe, paid)
    events = stripe.stand_in.books.events
    events[:] = [one for one in events if one["type"].startswith("charge.dispute.")]
    reconciliation.read_changes(registry.known("stripe"), now=NOW)
    told = ProviderCallback.objects.filter(outcome="fee")
    assert [one.verdict for one in told] == ["waiting"]
    assert fees(paid) == []
    reconcile()  # asks about whatever waits
    assert [one.verdict for one in told.all()] == ["applied"]
    assert fees(paid) == [CHARGED]
