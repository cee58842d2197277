"""How every provider tells of payments; a new adapter joins in `providers`."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from payments import refund_results, services
from payments.gateways.base import Outcome
from payments.models import ProviderCallback
from tests.factories.payments import NOW, started
from tests.payments.conftest import Heard
from tests.payments.providers import Provider, deliver, signed

pytestmark = pytest.mark.django_db
COMPLETED, REJECTED = Outcome.COMPLETED, Outcome.REJECTED


def test_completed_callback_completes_and_tells_once(provider: Provider, heard: Heard):
    payment = provider.start()
    callback = provider.callback(payment, COMPLETED)
    assert deliver(provider, callback) == "applied"
    payment.refresh_from_db()
    assert (payment.status, payment.completed_at) == ("completed", NOW)
    assert heard == [
        (
            "payment_completed",
            {
                "payment_id": payment.pk,
                "order_id": payment.order_id,
                "amount": Decimal("1097.000"),
                "currency": "USD",
                "completed_at": NOW,
            },
        )
    ]


def test_rejected_callback_rejects_and_tells_once(provider: Provider, heard: Heard):
    payment = provider.start()
    assert deliver(provider, provider.callback(payment, REJECTED)) == "applied"
    payment.refresh_from_db()
    assert (payment.status, payment.rejected_at) == ("rejected", NOW)
    said = {
        "payment_id": payment.pk,
        "order_id": payment.order_id,
        "rejected_at": NOW,
    }
    assert heard == [("payment_rejected", said)]


@pytest.mark.parametrize("outcome", Outcome)
def test_same_callback_again_has_no_effect(
    provider: Provider, heard: Heard, outcome: Outcome
):
    payment = provider.start()
    callback = provider.callback(payment, outcome)
    answers = [deliver(provider, callback) for _ in range(3)]
    assert answers == ["applied", "duplicate", "duplicate"]
    assert len(heard) == 1
    assert ProviderCallback.objects.count() == 1


@pytest.mark.parametrize("outcome", Outcome)
def test_another_event_with_the_same_outcome_has_no_effect(
    provider: Provider, heard: Heard, outcome: Outcome
):
    payment = provider.start()
    deliver(provider, provider.callback(payment, outcome))
    again = provider.callback(payment, outcome, event="other-event")
    assert deliver(provider, again) == "duplicate"
    assert len(heard) == 1


def test_late_callback_completes_because_the_money_came(provider: Provider):
    payment = provider.start(due_at=NOW + timedelta(minutes=15))
    late = NOW + timedelta(days=30)
    callback = provider.callback(payment, COMPLETED, now=late)
    assert deliver(provider, callback, now=late) == "applied"


def test_rejection_after_completion_is_only_shown(provider: Provider, heard: Heard):
    payment = provider.start()
    deliver(provider, provider.callback(payment, COMPLETED, event="first"))
    callback = provider.callback(payment, REJECTED, event="second")
    assert deliver(provider, callback) == "contradicting"
    payment.refresh_from_db()
    assert payment.status == "completed"
    assert payment.attention == "rejected-after-payment"
    assert heard.names == ["payment_completed"]


def test_completion_after_rejection_gives_the_money_back(
    provider: Provider, heard: Heard
):
    payment = provider.start()
    deliver(provider, provider.callback(payment, REJECTED, event="first"))
    provider.decide(payment, COMPLETED)
    callback = provider.callback(payment, COMPLETED, event="second")
    assert deliver(provider, callback) == "contradicting"
    assert deliver(provider, callback) == "duplicate"
    (back,) = services.refunds_of(payment.pk)
    refund_results.carry_out(back.pk, now=NOW)
    payment.refresh_from_db()
    back.refresh_from_db()
    assert payment.status == "rejected"
    assert payment.attention == "paid-after-rejection"
    assert (back.status, back.reason) == ("done", "paid-after-rejection")
    assert provider.given_back(payment) == payment.amount
    assert heard.names == ["payment_rejected"]


WRONG = {
    "amount": ({"amount": "1.00"}, "amount-mismatch"),
    "a thousandth less": ({"amount": "1096.999"}, "amount-mismatch"),
    "currency": ({"currency": "EUR"}, "currency-mismatch"),
    "order": ({"order": str(uuid4())}, "order-mismatch"),
    "payment": ({"payment": str(uuid4())}, "payment-unknown"),
}


@pytest.mark.parametrize(("said", "code"), WRONG.values(), ids=WRONG)
def test_callback_that_does_not_fit_is_refused_and_kept(
    provider: Provider, heard: Heard, said: Any, code: str
):
    payment = provider.start()
    with pytest.raises(services.CallbackRefused) as refusal:
        deliver(provider, provider.callback(payment, COMPLETED, **said))
    assert refusal.value.code == code
    kept = ProviderCallback.objects.get()
    assert (kept.verdict, kept.note) == ("refused", code)
    payment.refresh_from_db()
    assert (payment.status, heard) == ("initiated", [])


def test_callback_of_another_provider_is_refused(provider: Provider):
    other = "sandbox" if provider.code == "remote" else "invoice"
    payment = started(provider=other)
    with pytest.raises(services.CallbackRefused) as refusal:
        deliver(provider, provider.callback(payment, COMPLETED))
    assert refusal.value.code == "payment-unknown"


@pytest.mark.parametrize("minutes", [-6, 6], ids=["old", "future"])
def test_callback_not_signed_just_now_is_refused_until_signed_anew(
    provider: Provider, heard: Heard, minutes: int
):
    payment = provider.start()
    callback = provider.callback(
        payment, COMPLETED, now=NOW + timedelta(minutes=minutes)
    )
    with pytest.raises(services.CallbackRefused) as refusal:
        deliver(provider, callback)
    assert refusal.value.code == "signature-too-old"
    assert heard == []
    assert deliver(provider, provider.callback(payment, COMPLETED)) == "applied"


@pytest.mark.parametrize("minutes", [-5, 5])
def test_clocks_may_differ_by_five_minutes(provider: Provider, minutes: int):
    payment = provider.start()
    then = NOW + timedelta(minutes=minutes)
    assert deliver(provider, provider.callback(payment, COMPLETED, now=then))


def test_callback_signed_with_another_key_is_refused_and_forgotten(
    provider: Provider, heard: Heard, settings
):
    payment = provider.start()
    ours = settings.PAYMENT_CALLBACK_KEY
    settings.PAYMENT_CALLBACK_KEY = "somebody else's key"
    forged = provider.callback(payment, COMPLETED)
    settings.PAYMENT_CALLBACK_KEY = ours
    with pytest.raises(services.CallbackRefused) as refusal:
        deliver(provider, forged)
    assert refusal.value.code == "signature-invalid"
    assert (heard, ProviderCallback.objects.count()) == ([], 0)


def test_signature_covers_body_and_time(provider: Provider, heard: Heard):
    payment = provider.start()
    body, headers = provider.callback(payment, REJECTED)
    (header, value) = next(iter(headers.items()))
    shifted = "t=" + str(int(NOW.timestamp()) + 1) + value[value.index(",") :]
    for tampered in [(body + b" ", headers), (body, {header: shifted}), (body, {})]:
        with pytest.raises(services.CallbackRefused) as refusal:
            deliver(provider, tampered)
        assert refusal.value.code == "signature-invalid"
    assert heard == []


def test_signed_nonsense_is_refused_and_kept(provider: Provider):
    for body in (b"", b"{}", b"\xff\0", b'{"event": 1}'):
        with pytest.raises(services.CallbackRefused) as refusal:
            deliver(provider, signed(body))
        assert refusal.value.code == "callback-malformed"
    assert ProviderCallback.objects.filter(verdict="refused").count() == 4


def test_lost_callback_is_found_by_asking(provider: Provider, heard: Heard):
    payment = provider.start()
    assert services.reconcile_payment(payment.pk, now=NOW) == payment
    assert heard == []
    provider.decide(payment, COMPLETED)
    healed = services.reconcile_payment(payment.pk, now=NOW)
    assert healed is not None
    assert healed.status == "completed"
    # The callback arrives after all.
    assert deliver(provider, provider.callback(payment, COMPLETED)) == "duplicate"
    assert heard.names == ["payment_completed"]
