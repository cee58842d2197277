"""Asking Stripe for a page: once per payment, whatever happens to the answers."""

from datetime import timedelta
from threading import Event

import pytest

from payments import reconciliation, services
from payments.gateways import registry
from payments.gateways.base import Outcome, ProviderUnavailable
from payments.models import Payment, ProviderCall
from tests.factories.payments import NOW, started
from tests.payments.stripe_provider import StripeProvider
from tests.waiting import until

pytestmark = pytest.mark.django_db
CREATE = "POST /v1/checkout/sessions"


def open_payment() -> Payment:
    return started(provider="stripe", due_at=NOW + timedelta(minutes=29))


def sessions(stripe: StripeProvider) -> int:
    return len(stripe.stand_in.books.all("checkout.session"))


def test_page_asks_for_what_the_order_costs(stripe: StripeProvider, settings):
    payment = open_payment()
    begun = services.begin_payment(payment.pk)
    (session,) = stripe.stand_in.books.all("checkout.session")
    back = f"{settings.BASE_URL}{payment.return_url}"
    assert (session["amount_total"], session["currency"]) == (109_700, "usd")
    assert (session["success_url"], session["cancel_url"]) == (back, f"{back}?left")
    assert session["client_reference_id"] == str(payment.order_id)
    ours = {"payment": str(payment.pk), "order": str(payment.order_id)}
    assert session["metadata"] == session["payment_intent_metadata"] == ours
    assert begun.redirect_url == session["url"]
    assert begun.provider_reference == session["id"]
    assert dict(stripe.stand_in.api.keys.seen) == {str(payment.pk): 1}


@pytest.mark.parametrize("minutes", [0, 29])
def test_page_may_be_asked_for_until_the_payment_is_due(
    stripe: StripeProvider, minutes: int
):
    payment = open_payment()
    stripe.stand_in.clock = (NOW + timedelta(minutes=minutes)).timestamp
    assert services.begin_payment(payment.pk).provider_reference


def test_asked_twice_there_is_one_page(stripe: StripeProvider):
    payment = open_payment()
    gateway = registry.known("stripe")
    assert gateway.start(payment) == gateway.start(payment)
    assert sessions(stripe) == 1


@pytest.mark.parametrize("fault", ["down", "lose-answer", "fail-before", "fail-after"])
def test_trouble_leaves_one_page_that_can_be_paid(stripe: StripeProvider, fault: str):
    payment = open_payment()
    stripe.stand_in.faults.set(fault, only=CREATE, times=1)
    with pytest.raises(ProviderUnavailable):
        services.begin_payment(payment.pk)
    begun = services.begin_payment(payment.pk)
    stripe.stand_in.books.pay(begun.provider_reference)
    assert stripe.stand_in.charges() == {str(payment.pk): 1}
    assert services.begin_payment(payment.pk).redirect_url == begun.redirect_url


def test_failure_that_stripe_repeats_for_its_key_is_not_asked_for_again(
    stripe: StripeProvider,
):
    """Its answer to the first key will be 500 for a day."""
    payment = open_payment()
    stripe.stand_in.faults.set("fail-before", only=CREATE)
    for _ in range(2):
        with pytest.raises(ProviderUnavailable):
            registry.known("stripe").start(payment)
    stripe.stand_in.faults.clear()
    assert registry.known("stripe").start(payment).redirect_url
    assert list(stripe.stand_in.api.keys.seen) == [
        str(payment.pk),
        f"{payment.pk}/2",
        f"{payment.pk}/3",
    ]


def test_slow_stripe_is_not_waited_for(stripe: StripeProvider, settings):
    settings.STRIPE_TIMEOUT = 0.2
    payment = open_payment()
    stripe.stand_in.faults.set("slow", only=CREATE, times=1)
    with pytest.raises(ProviderUnavailable):
        services.begin_payment(payment.pk)
    call = ProviderCall.objects.get()
    assert (call.outcome, call.key) == ("unavailable", str(payment.pk))


def test_page_that_stripe_is_still_making_is_asked_for_again_later(
    stripe: StripeProvider, settings
):
    """It says that the key is in use, and then gives the page it has made."""
    payment, is_made = open_payment(), Event()
    keys, key = stripe.stand_in.api.keys, str(payment.pk)
    stripe.stand_in.faults.set("busy", until=is_made.is_set, only=CREATE, times=1)
    for patience in (1, settings.STRIPE_TIMEOUT):
        settings.STRIPE_TIMEOUT = patience
        with pytest.raises(ProviderUnavailable):
            services.begin_payment(payment.pk)
        until(lambda: keys.seen[key])
    answers = ProviderCall.objects.order_by("started_at").values_list("answer")
    assert "another request in progress" in answers[1][0]
    is_made.set()
    until(lambda: keys.is_answered(key))
    assert services.begin_payment(payment.pk).provider_reference
    assert sessions(stripe) == 1


def test_page_whose_answer_was_lost_is_found_when_it_was_paid(stripe: StripeProvider):
    """The browser never came back, and no webhook either."""
    payment = open_payment()
    stripe.stand_in.faults.set("lose-answer", only=CREATE, times=1)
    with pytest.raises(ProviderUnavailable):
        services.begin_payment(payment.pk)
    stripe.decide(payment, Outcome.COMPLETED)
    healed = reconciliation.reconcile_payment(payment.pk, now=NOW)
    assert healed
    assert healed.status == "completed"


def test_page_that_was_never_asked_for_is_not_looked_for(stripe: StripeProvider):
    payment = open_payment()
    reconciliation.reconcile_payment(payment.pk, now=NOW)
    assert stripe.stand_in.api.requests == []


@pytest.mark.parametrize("is_begun", [False, True], ids=["untouched", "begun"])
def test_page_whose_time_is_over_rejects_the_payment(
    stripe: StripeProvider, is_begun: bool
):
    payment = services.begin_payment(open_payment().pk)
    if is_begun:
        stripe.stand_in.books.begin(payment.provider_reference)
    later = NOW + timedelta(hours=2)
    stripe.stand_in.clock = later.timestamp
    reconciliation.reconcile_payment(payment.pk, now=later)
    payment.refresh_from_db()
    assert payment.status == "rejected"


def test_wrong_key_is_unavailable_and_not_told(stripe: StripeProvider, settings):
    settings.STRIPE_API_KEY = "sk_test_secret_that_is_wrong"
    with pytest.raises(ProviderUnavailable) as failure:
        registry.known("stripe").start(open_payment())
    assert "secret_that_is_wrong" not in str(failure.value)
