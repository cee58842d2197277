"""Stripe's events at the door: whose they are, who signed them, what they mean."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from payments import reconciliation, services
from payments.gateways.base import Outcome
from payments.models import Case, Dispute, Payment, ProviderCallback
from tests.factories.payments import NOW
from tests.payments.conftest import Heard
from tests.payments.providers import deliver
from tests.payments.stripe_provider import OTHER_SECRET, StripeProvider
from tests.stand_ins.stripe.server import SECRET

pytestmark = pytest.mark.django_db
URL = "/payments/callbacks/stripe/"


def tell(stripe: StripeProvider, kind: str, number: int = -1) -> str:
    """Deliver what was noted of this kind, the last one unless said otherwise."""
    event = list(stripe.stand_in.books.told(kind))[number]
    return deliver(stripe, stripe.sign(json.dumps(event).encode()))


def paid(stripe: StripeProvider) -> Payment:
    payment = stripe.begin()
    stripe.decide(payment, Outcome.COMPLETED)
    assert tell(stripe, "checkout.session.completed") == "applied"
    payment.refresh_from_db()
    return payment


def test_two_events_of_one_payment_are_one_fact(stripe: StripeProvider, heard: Heard):
    paid(stripe)
    assert tell(stripe, "payment_intent.succeeded") == "duplicate"
    assert tell(stripe, "charge.succeeded") == "noted"
    assert heard.names == ["payment_completed"]
    assert ProviderCallback.objects.count() == 1


def test_debit_is_only_promised_at_first(stripe: StripeProvider, heard: Heard):
    payment = stripe.begin()
    books, session = stripe.stand_in.books, stripe.session(payment)
    books.pay_later(session)
    assert tell(stripe, "checkout.session.completed") == "noted"
    assert heard == []
    books.money_came(session)
    assert tell(stripe, "checkout.session.async_payment_succeeded") == "applied"
    assert heard.names == ["payment_completed"]


def test_debit_that_fails_rejects(stripe: StripeProvider, heard: Heard):
    payment = stripe.begin()
    books, session = stripe.stand_in.books, stripe.session(payment)
    books.pay_later(session)
    books.money_did_not_come(session)
    assert tell(stripe, "payment_intent.payment_failed") == "applied"
    assert tell(stripe, "checkout.session.async_payment_failed") == "duplicate"
    assert heard.names == ["payment_rejected"]


def test_page_that_expired_rejects(stripe: StripeProvider, heard: Heard):
    payment = stripe.begin()
    stripe.stand_in.books.expire(stripe.session(payment))
    assert tell(stripe, "checkout.session.expired") == "applied"
    assert heard.names == ["payment_rejected"]


def test_second_attempt_succeeds_after_a_declined_card(
    stripe: StripeProvider, heard: Heard
):
    payment = stripe.begin()
    for outcome in (Outcome.REJECTED, Outcome.REJECTED, Outcome.COMPLETED):
        stripe.decide(payment, outcome)
    for number in (0, 1):
        tell(stripe, "payment_intent.payment_failed", number)
    assert tell(stripe, "payment_intent.succeeded") == "applied"
    assert heard.names == ["payment_rejected", "payment_completed"]
    assert Case.objects.count() == 0
    assert stripe.stand_in.charges() == {str(payment.pk): 1}


@pytest.mark.parametrize("is_known", [True, False], ids=["known", "asked"])
def test_dispute_finds_its_payment(
    stripe: StripeProvider, heard: Heard, is_known: bool
):
    """It names the payment intent only: we know it once the money is known of."""
    payment = paid(stripe)
    stripe.stand_in.books.dispute(payment.provider_reference, amount=50_000)
    if not is_known:
        Payment.objects.update(provider_reference="cs_test_1")
    before = len(stripe.stand_in.api.requests)
    assert tell(stripe, "charge.dispute.created") == "applied"
    assert tell(stripe, "charge.dispute.funds_withdrawn") == "duplicate"
    assert len(stripe.stand_in.api.requests) - before == (0 if is_known else 2)
    dispute = Dispute.objects.get()
    assert (dispute.amount, dispute.reason) == (Decimal(500), "fraudulent")
    assert heard.names == ["payment_completed", "dispute_opened"]


def test_dispute_that_cannot_be_understood_is_told_again(stripe: StripeProvider):
    payment = paid(stripe)
    stripe.stand_in.books.dispute(payment.provider_reference)
    Payment.objects.update(provider_reference="cs_test_1")
    (event,) = stripe.stand_in.books.told("charge.dispute.created")
    body, headers = stripe.sign(json.dumps(event).encode(), now=timezone.now())
    stripe.stand_in.faults.set("down")
    answer = post(body, headers)
    assert (answer.status_code, Dispute.objects.count()) == (503, 0)
    stripe.stand_in.faults.clear()
    assert post(body, headers).status_code == 200
    assert Dispute.objects.count() == 1


@pytest.mark.parametrize(("end", "is_won"), [("won", True), ("lost", False)])
def test_dispute_ends(stripe: StripeProvider, heard: Heard, end: str, is_won: bool):
    payment = paid(stripe)
    dispute = stripe.stand_in.books.dispute(payment.provider_reference)
    tell(stripe, "charge.dispute.created")
    stripe.stand_in.books.close_dispute(dispute["id"], status=end)
    assert tell(stripe, "charge.dispute.closed") == "applied"
    (closed,) = [said for name, said in heard if name == "dispute_closed"]
    assert closed["is_won"] is is_won


def test_inquiry_is_no_dispute_until_money_moves(stripe: StripeProvider, heard: Heard):
    payment = paid(stripe)
    books = stripe.stand_in.books
    inquiry = books.dispute(payment.provider_reference, inquiry=True)
    assert tell(stripe, "charge.dispute.created") == "noted"
    assert heard.names == ["payment_completed"]
    books.escalate(inquiry["id"])
    assert tell(stripe, "charge.dispute.funds_withdrawn") == "applied"
    assert heard.names == ["payment_completed", "dispute_opened"]


def test_refund_made_at_stripe_counts(stripe: StripeProvider, heard: Heard):
    payment = paid(stripe)
    given = {"payment_intent": payment.provider_reference, "amount": "9700"}
    stripe.stand_in.books.refund(given)
    assert tell(stripe, "refund.created") == "applied"
    payment.refresh_from_db()
    assert (payment.status, payment.refunded_amount) == (
        "partially_refunded",
        Decimal(97),
    )


@pytest.mark.parametrize(
    "metadata",
    [{}, {"payment": "4711", "order": "0815"}, {"payment": "", "order": ""}],
    ids=["none", "others'", "empty"],
)
def test_payments_of_strangers_are_none_of_our_business(
    stripe: StripeProvider, metadata: dict[str, str], heard: Heard
):
    """One account may serve several shops."""
    body, _ = stripe.callback(stripe.begin(), Outcome.COMPLETED)
    event = json.loads(body)
    event["data"]["object"] |= {"metadata": metadata, "id": "pi_of_a_stranger"}
    assert deliver(stripe, stripe.sign(json.dumps(event).encode())) == "noted"
    assert (heard, ProviderCallback.objects.count()) == ([], 0)


def test_events_that_nobody_asked_for_are_accepted(stripe: StripeProvider):
    event = {
        "id": "evt_1",
        "type": "customer.created",
        "created": 1,
        "livemode": False,
        "data": {"object": {"id": "cus_1"}},
    }
    assert deliver(stripe, stripe.sign(json.dumps(event).encode())) == "noted"


@pytest.mark.parametrize(
    ("key", "livemode"),
    [("sk_live_1", False), ("rk_live_1", False), ("sk_test_1", True)],
)
def test_events_of_the_other_mode_are_refused(
    stripe: StripeProvider, settings: Any, heard: Heard, key: str, livemode: bool
):
    body, _ = stripe.callback(stripe.begin(), Outcome.COMPLETED)
    settings.STRIPE_API_KEY = key
    body = json.dumps(json.loads(body) | {"livemode": livemode}).encode()
    with pytest.raises(services.CallbackRefused) as refusal:
        deliver(stripe, stripe.sign(body))
    assert (refusal.value.code, heard) == ("mode-mismatch", [])


def test_two_secrets_are_good_while_one_replaces_the_other(
    stripe: StripeProvider, settings: Any
):
    callback = stripe.forge(stripe.begin(), Outcome.COMPLETED)
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET, OTHER_SECRET]
    assert deliver(stripe, callback) == "applied"
    settings.STRIPE_WEBHOOK_SECRETS = [OTHER_SECRET]
    with pytest.raises(services.CallbackRefused):
        deliver(stripe, stripe.sign(b"{}"))


def test_one_of_several_signatures_is_enough(stripe: StripeProvider):
    """Stripe signs with both secrets while they are changed, and with other schemes."""
    body, headers = stripe.callback(stripe.begin(), Outcome.COMPLETED)
    time, ours = headers["Stripe-Signature"].split(",")
    header = f"{time},v1={'0' * 64},{ours},v0={'1' * 64}"
    assert deliver(stripe, (body, {"Stripe-Signature": header})) == "applied"


def test_lost_event_is_found_in_the_list_and_stays_one(
    stripe: StripeProvider, heard: Heard
):
    """Also of a payment that was rejected: nobody asks about that one any more."""
    payment = stripe.begin()
    stripe.decide(payment, Outcome.REJECTED)
    tell(stripe, "payment_intent.payment_failed")
    stripe.decide(payment, Outcome.COMPLETED)
    for minutes in (1, 2, 3):
        reconcile(minutes)
    assert heard.names == ["payment_rejected", "payment_completed", "fee_charged"]
    assert tell(stripe, "payment_intent.succeeded") == "duplicate"
    # Read again each time, but not asked about again.
    asked = stripe.stand_in.api.requests
    assert sum(path.startswith("/v1/payment_intents/") for _, path in asked) == 1


def reconcile(minutes: int) -> None:
    reconciliation.reconcile(now=NOW + timedelta(minutes=minutes))


def test_odd_event_of_somebody_else_does_not_hide_the_others(
    stripe: StripeProvider, heard: Heard
):
    payment = stripe.begin()
    books = stripe.stand_in.books
    books.tell("payment_intent.succeeded", {"id": "pi_odd", "amount": "much"})
    books.tell("charge.updated", {"id": None})
    odd = {"amount": 5, "amount_received": 5, "created": 1, "status": "succeeded"}
    ours = {"payment": str(payment.pk), "order": str(payment.order_id)}
    shillings = {"id": "pi_2", "currency": "ugx", "metadata": ours}
    books.tell("payment_intent.succeeded", odd | shillings)
    stripe.decide(payment, Outcome.COMPLETED)
    reconcile(1)
    assert heard.but("fee_charged") == ["payment_completed"]


def test_fee_in_another_currency_is_not_made_up(stripe: StripeProvider, heard: Heard):
    stripe.stand_in.books.settled_in = "eur"
    payment = stripe.begin()
    stripe.decide(payment, Outcome.COMPLETED)
    reconcile(1)
    assert heard.names == ["payment_completed"]


def post(body: bytes, headers: dict[str, str]) -> Any:
    client = Client(enforce_csrf_checks=True)
    return client.post(URL, body, content_type="application/json", headers=headers)
