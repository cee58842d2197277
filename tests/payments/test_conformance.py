"""How every provider tells of payments; a new adapter joins in `providers`."""

from datetime import timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any
from uuid import uuid4

import pytest

from payments import services
from payments.gateways.base import Outcome
from payments.models import Case, ProviderCallback
from tests.factories.payments import NOW, started
from tests.payments.conftest import Heard
from tests.payments.providers import Provider, deliver

pytestmark = pytest.mark.django_db
COMPLETED, REJECTED = Outcome.COMPLETED, Outcome.REJECTED
DECISIONS = (COMPLETED, REJECTED)


def kinds_of_cases() -> list[str]:
    return list(
        Case.objects.order_by("opened_at", "kind").values_list("kind", flat=True)
    )


def test_completed_callback_completes_and_tells_once(provider: Provider, heard: Heard):
    payment = provider.begin()
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
                "conference_id": payment.conference_id,
                "organization_id": payment.organization_id,
                "provider": provider.code,
                "amount": Decimal("1097.000"),
                "currency": "USD",
                "completed_at": NOW,
            },
        )
    ]


def test_rejected_callback_rejects_and_tells_once(provider: Provider, heard: Heard):
    payment = provider.begin()
    assert deliver(provider, provider.callback(payment, REJECTED)) == "applied"
    payment.refresh_from_db()
    assert (payment.status, payment.rejected_at) == ("rejected", NOW)
    said = {
        "payment_id": payment.pk,
        "order_id": payment.order_id,
        "rejected_at": NOW,
    }
    assert heard == [("payment_rejected", said)]


@pytest.mark.parametrize("outcome", DECISIONS)
def test_same_callback_again_has_no_effect(
    provider: Provider, heard: Heard, outcome: Outcome
):
    payment = provider.begin()
    callback = provider.callback(payment, outcome)
    answers = [deliver(provider, callback) for _ in range(3)]
    assert answers == ["applied", "duplicate", "duplicate"]
    assert len(heard) == 1
    assert ProviderCallback.objects.count() == 1


@pytest.mark.parametrize("outcome", DECISIONS)
def test_another_event_with_the_same_outcome_has_no_effect(
    provider: Provider, heard: Heard, outcome: Outcome
):
    payment = provider.begin()
    deliver(provider, provider.callback(payment, outcome))
    again = provider.callback(payment, outcome, event="other-event")
    assert deliver(provider, again) == "duplicate"
    assert len(heard) == 1


def test_late_callback_completes_because_the_money_came(provider: Provider):
    payment = provider.begin(due_at=NOW + timedelta(minutes=15))
    late = NOW + timedelta(days=30)
    callback = provider.callback(payment, COMPLETED, now=late)
    assert deliver(provider, callback, now=late) == "applied"


def test_rejection_after_completion_is_only_shown(provider: Provider, heard: Heard):
    payment = provider.begin()
    deliver(provider, provider.callback(payment, COMPLETED, event="first"))
    later = (NOW + timedelta(seconds=1)).isoformat()
    callback = provider.callback(payment, REJECTED, event="second", at=later)
    assert deliver(provider, callback) == "contradicting"
    payment.refresh_from_db()
    assert payment.status == "completed"
    assert kinds_of_cases() == ["rejected-after-payment"]
    assert heard.names == ["payment_completed"]


def test_completion_after_a_failed_attempt_completes(provider: Provider, heard: Heard):
    payment = provider.begin()
    deliver(provider, provider.callback(payment, REJECTED, event="first"))
    callback = provider.callback(payment, COMPLETED, event="second")
    assert deliver(provider, callback) == "applied"
    assert deliver(provider, callback) == "duplicate"
    payment.refresh_from_db()
    assert (payment.status, payment.rejected_at) == ("completed", None)
    assert heard.names == ["payment_rejected", "payment_completed"]
    # Where it is not said which of the two was last, somebody should look.
    shown = [] if provider.tells_times else ["rejected-after-payment"]
    assert kinds_of_cases() == shown


@pytest.mark.parametrize("amount", ["1.00", "1096.999", "1097.01"])
def test_another_amount_is_what_the_payment_is_worth_and_is_shown(
    provider: Provider, heard: Heard, amount: str
):
    """Whoever asked for the payment compares, and sends back what does not fit."""
    payment = provider.begin()
    told = Decimal(amount).quantize(provider.smallest, ROUND_DOWN)
    callback = provider.callback(payment, COMPLETED, amount=str(told))
    assert deliver(provider, callback) == "applied"
    payment.refresh_from_db()
    came = (payment.amount, payment.requested_amount, payment.refundable_amount)
    assert came == (told, Decimal(1097), told)
    assert [said["amount"] for _, said in heard] == [told]
    assert kinds_of_cases() == ["amount-mismatch"]


WRONG = {
    "nothing": ({"amount": "0.00"}, "amount-not-positive"),
    "currency": ({"currency": "EUR"}, "currency-mismatch"),
    "order": ({"order": str(uuid4())}, "order-mismatch"),
    "payment": ({"payment": str(uuid4())}, "payment-unknown"),
}


@pytest.mark.parametrize(("said", "code"), WRONG.values(), ids=WRONG)
def test_callback_that_does_not_fit_is_refused_and_kept(
    provider: Provider, heard: Heard, said: Any, code: str
):
    payment = provider.begin()
    with pytest.raises(services.CallbackRefused) as refusal:
        deliver(provider, provider.callback(payment, COMPLETED, **said))
    assert refusal.value.code == code
    kept = ProviderCallback.objects.get()
    assert (kept.verdict, kept.note) == ("refused", code)
    payment.refresh_from_db()
    assert (payment.status, heard) == ("initiated", [])
    shown = [code.replace("payment-unknown", "unknown-payment")]
    assert kinds_of_cases() == ([] if code == "amount-not-positive" else shown)


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
    payment = provider.begin()
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
    payment = provider.begin()
    then = NOW + timedelta(minutes=minutes)
    assert deliver(provider, provider.callback(payment, COMPLETED, now=then))


def test_callback_signed_with_another_key_is_refused_and_forgotten(
    provider: Provider, heard: Heard
):
    forged = provider.forge(provider.begin(), COMPLETED)
    with pytest.raises(services.CallbackRefused) as refusal:
        deliver(provider, forged)
    assert refusal.value.code == "signature-invalid"
    assert (heard, ProviderCallback.objects.count()) == ([], 0)


def test_signature_covers_body_and_time(provider: Provider, heard: Heard):
    payment = provider.begin()
    body, headers = provider.callback(payment, REJECTED)
    (header, value) = next(iter(headers.items()))
    shifted = "t=" + str(int(NOW.timestamp()) + 1) + value[value.index(",") :]
    for tampered in [(body + b" ", headers), (body, {header: shifted}), (body, {})]:
        with pytest.raises(services.CallbackRefused) as refusal:
            deliver(provider, tampered)
        assert refusal.value.code == "signature-invalid"
    assert heard == []


def test_signed_nonsense_is_refused_and_kept(provider: Provider):
    for body in provider.nonsense:
        with pytest.raises(services.CallbackRefused) as refusal:
            deliver(provider, provider.sign(body))
        assert refusal.value.code == "callback-malformed"
    assert ProviderCallback.objects.filter(verdict="refused").count() == 4


def test_lost_callback_is_found_by_asking(provider: Provider, heard: Heard):
    payment = provider.begin()
    assert services.reconcile_payment(payment.pk, now=NOW) == payment
    assert heard == []
    provider.decide(payment, COMPLETED)
    healed = services.reconcile_payment(payment.pk, now=NOW)
    assert healed is not None
    assert healed.status == "completed"
    # The callback arrives after all.
    assert deliver(provider, provider.callback(payment, COMPLETED)) == "duplicate"
    assert heard.but("fee_charged") == ["payment_completed"]
