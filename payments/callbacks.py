"""What providers tell us: authenticated by the gateway, checked and applied here.

A statement is stored with its effect in one transaction. The same one again has no
effect and is answered as before; one that contradicts what is known has no effect
and is kept for the organizer; one that does not fit the payment is refused.
"""

import hashlib
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from payments import refunds, transitions
from payments.gateways import registry
from payments.gateways.base import (
    CallbackFact,
    CallbackMalformed,
    CallbackRefused,
    Outcome,
)
from payments.models import Payment, ProviderCallback

logger = logging.getLogger(__name__)

TOLERANCE = timedelta(minutes=5)
Verdict = ProviderCallback.Verdict


class PaymentUnknown(CallbackRefused):
    """The provider speaks of a payment that it does not have from us."""

    code = "payment-unknown"


class OrderMismatch(CallbackRefused):
    """The provider names another order."""

    code = "order-mismatch"


class AmountMismatch(CallbackRefused):
    """The provider names another amount."""

    code = "amount-mismatch"


class CurrencyMismatch(CallbackRefused):
    """The provider names another currency."""

    code = "currency-mismatch"


class SignatureTooOld(CallbackRefused):
    """Signed too long ago, or in the future: perhaps a replay."""

    code = "signature-too-old"


def receive_callback(
    provider: str, *, body: bytes, headers: Mapping[str, str], now: datetime
) -> Verdict:
    """Apply a provider's callback and say what became of it.

    Raises UnknownProvider, and CallbackRefused for what must not have an effect.
    """
    gateway = registry.offered(provider)
    try:
        fact = gateway.read_callback(body, headers)
    except CallbackMalformed as malformed:
        _keep_unreadable(provider, body, note=malformed.code, now=now)
        raise
    return apply_fact(provider, fact, body=body.decode(), now=now)


def apply_fact(
    provider: str, fact: CallbackFact, *, body: str, now: datetime
) -> Verdict:
    """Store a statement and apply it, once per event; raises CallbackRefused."""
    with transaction.atomic():
        payment = Payment.objects.filter(pk=fact.payment_id, provider=provider).first()
        record, _created = ProviderCallback.objects.get_or_create(
            provider=provider,
            event_id=fact.event_id,
            defaults={
                "payment": payment,
                "outcome": fact.outcome,
                "verdict": Verdict.REFUSED,
                "received_at": now,
                "body": body,
            },
        )
        # Refused ones may come again and be right then (signed in time, say).
        record = ProviderCallback.objects.select_for_update().get(pk=record.pk)
        if record.verdict != Verdict.REFUSED:
            return Verdict.DUPLICATE
        refusal = _refusal(payment, fact, now=now)
        if refusal is None:
            record.verdict = _apply(fact, now=now)
        record.note = refusal.code if refusal else ""
        record.save(update_fields=["verdict", "note"])
    if refusal is not None:
        logger.warning("Callback %s refused: %s", record, refusal.code)
        raise refusal
    return Verdict(record.verdict)


def _refusal(
    payment: Payment | None, fact: CallbackFact, *, now: datetime
) -> CallbackRefused | None:
    if payment is None:
        return PaymentUnknown("There is no such payment.")
    if fact.order_id != payment.order_id:
        return OrderMismatch("The callback names another order.")
    if fact.amount != payment.amount:
        return AmountMismatch("The callback names another amount.")
    if fact.currency != payment.currency:
        return CurrencyMismatch("The callback names another currency.")
    if fact.signed_at is not None and abs(now - fact.signed_at) > TOLERANCE:
        return SignatureTooOld("The callback was not signed just now.")
    return None


def _apply(fact: CallbackFact, *, now: datetime) -> Verdict:
    step = (
        transitions.complete
        if fact.outcome is Outcome.COMPLETED
        else transitions.reject
    )
    if step(fact.payment_id, now=now, provider_reference=fact.provider_reference):
        return Verdict.APPLIED
    status = Payment.objects.values_list("status", flat=True).get(pk=fact.payment_id)
    is_taken = status in Payment.TAKEN
    if is_taken == (fact.outcome is Outcome.COMPLETED):
        return Verdict.DUPLICATE
    _note_contradiction(fact, now=now)
    return Verdict.CONTRADICTING


def _note_contradiction(fact: CallbackFact, *, now: datetime) -> None:
    """Show it to the organizer; money that came after a rejection goes back."""
    if fact.outcome is Outcome.COMPLETED:
        attention = Payment.Attention.PAID_AFTER_REJECTION
        refunds.return_unexpected_money(fact.payment_id, now=now)
    else:
        attention = Payment.Attention.REJECTED_AFTER_PAYMENT
    Payment.objects.filter(pk=fact.payment_id).update(attention=attention)
    logger.error("Payment %s: the provider says %s", fact.payment_id, attention)


def _keep_unreadable(provider: str, body: bytes, *, note: str, now: datetime) -> None:
    """Signed with our key and yet unreadable: somebody will want to see it."""
    text = body.decode(errors="backslashreplace").replace("\0", "\\x00")
    ProviderCallback.objects.get_or_create(
        provider=provider,
        event_id=f"sha256:{hashlib.sha256(body).hexdigest()}",
        defaults={
            "outcome": "",
            "verdict": Verdict.REFUSED,
            "note": note,
            "received_at": now,
            "body": text,
        },
    )
