"""What providers tell us: authenticated by the gateway, checked and applied here.

A statement is stored with its effect in one transaction. The same one again has no
effect and is answered as before. What comes too early waits for the payment; what
contradicts it, or does not fit it, has no effect and is kept and shown.
"""

import hashlib
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from payments import cases, fact_effects, recorded_facts, transitions
from payments.gateways import registry
from payments.gateways.base import (
    CallbackDisagrees,
    CallbackFact,
    CallbackMalformed,
    CallbackRefused,
)
from payments.models import Case, Payment, ProviderCallback

logger = logging.getLogger(__name__)

TOLERANCE = timedelta(minutes=5)
Verdict = ProviderCallback.Verdict


class PaymentUnknown(CallbackDisagrees):
    """The provider speaks of a payment that it does not have from us."""

    code = "payment-unknown"


class OrderMismatch(CallbackDisagrees):
    """The provider names another order."""

    code = "order-mismatch"


class CurrencyMismatch(CallbackDisagrees):
    """The provider names another currency."""

    code = "currency-mismatch"


class AmountNotPositive(CallbackRefused):
    """The provider names an amount that cannot have been paid."""

    code = "amount-not-positive"


class SignatureTooOld(CallbackRefused):
    """Signed too long ago, or in the future: perhaps a replay."""

    code = "signature-too-old"


_CASES = {
    PaymentUnknown.code: Case.Kind.UNKNOWN_PAYMENT,
    OrderMismatch.code: Case.Kind.ORDER_MISMATCH,
    CurrencyMismatch.code: Case.Kind.CURRENCY_MISMATCH,
}


def receive_callback(
    provider: str, *, body: bytes, headers: Mapping[str, str], now: datetime
) -> Verdict:
    """Apply a provider's callback and say what became of it.

    Raises UnknownProvider, CallbackDisagrees for what was kept for people to look at,
    and another CallbackRefused for what cannot be right.
    """
    gateway = registry.offered(provider)
    try:
        fact = gateway.read_callback(body, headers)
    except CallbackMalformed as malformed:
        _keep_unreadable(provider, body, note=malformed.code, now=now)
        raise
    if fact is None:
        return Verdict.NOTED
    return apply_fact(provider, fact, body=body.decode(), now=now)


def apply_fact(
    provider: str, fact: CallbackFact, *, body: str, now: datetime
) -> Verdict:
    """Store a statement and apply it, once per event; raises CallbackRefused."""
    if _is_settled(provider, fact):
        return Verdict.DUPLICATE
    with transaction.atomic():
        payment = _locked(provider, fact)
        record, _created = ProviderCallback.objects.get_or_create(
            provider=provider,
            event_id=fact.event_id,
            defaults={
                "payment": payment,
                "outcome": fact.outcome,
                "verdict": Verdict.REFUSED,
                "received_at": now,
                "occurred_at": fact.occurred_at,
                "body": body,
                "fact": recorded_facts.stored(fact),
            },
        )
        # Refused ones may come again and be right then (signed in time, say).
        record = ProviderCallback.objects.select_for_update().get(pk=record.pk)
        if record.verdict != Verdict.REFUSED:
            return Verdict.DUPLICATE
        refusal = _refusal(payment, fact, now=now)
        told_before = record.note
        record.payment = payment
        record.note = refusal.code if refusal else ""
        if refusal is None:
            record.verdict = fact_effects.apply(fact, now=now)
            # Refused before, perhaps: there is nothing left to look at.
            cases.settled(*_CASES.values(), subject=record.event_id, now=now)
        elif isinstance(refusal, CallbackDisagrees) and record.note != told_before:
            # Refused again for the same reason, it was shown, and perhaps dealt with.
            _show(record, refusal, now=now)
        record.save(update_fields=["payment", "verdict", "note"])
        if record.verdict == Verdict.APPLIED:
            apply_waiting(fact, now=now)
    if refusal is not None:
        logger.warning("Callback %s refused: %s", record, refusal.code)
        raise refusal
    return Verdict(record.verdict)


def _is_settled(provider: str, fact: CallbackFact) -> bool:
    """Before any lock: providers repeat themselves, and should have their answer."""
    told = ProviderCallback.objects.filter(provider=provider, event_id=fact.event_id)
    return told.exclude(verdict=Verdict.REFUSED).exists()


def _locked(provider: str, fact: CallbackFact) -> Payment | None:
    """The payment, locked: of two facts at once the second one sees the first."""
    transitions.announce(fact.payment_id)
    return (
        Payment.objects.select_for_update(no_key=True)
        .filter(pk=fact.payment_id, provider=provider)
        .first()
    )


def apply_waiting(fact: CallbackFact, *, now: datetime) -> None:
    """What came before the payment did, now that it may be there."""
    waiting = ProviderCallback.objects.select_for_update().filter(
        payment_id=fact.payment_id, verdict=Verdict.WAITING
    )
    for record in waiting.order_by("pk"):
        record.verdict = fact_effects.apply(
            recorded_facts.restored(record.fact), now=now
        )
        record.save(update_fields=["verdict"])


def apply_unknown(*, now: datetime) -> None:
    """Statements of payments that were not known when they came, and may be now."""
    told = ProviderCallback.objects.filter(
        verdict=Verdict.REFUSED, note=PaymentUnknown.code
    )
    named = {pk: fact["payment_id"] for pk, fact in told.values_list("pk", "fact")}
    known = Payment.objects.filter(pk__in=set(named.values())).values_list("pk")
    ids = {str(payment_id) for (payment_id,) in known}
    for record in told.filter(pk__in=[pk for pk in named if named[pk] in ids]):
        try:
            fact = recorded_facts.restored(record.fact)
            apply_fact(record.provider, fact, body=record.body, now=now)
        except CallbackRefused as refused:
            logger.warning("Callback %s refused: %s", record, refused.code)
        except Exception:
            # It must not keep the others waiting.
            logger.exception("Callback %s could not be applied", record)


def _refusal(
    payment: Payment | None, fact: CallbackFact, *, now: datetime
) -> CallbackRefused | None:
    if fact.signed_at is not None and abs(now - fact.signed_at) > TOLERANCE:
        return SignatureTooOld("The callback was not signed just now.")
    if payment is None:
        return PaymentUnknown("There is no such payment.")
    if fact.order_id != payment.order_id:
        return OrderMismatch("The callback names another order.")
    if fact.currency != payment.currency:
        return CurrencyMismatch("The callback names another currency.")
    if fact.amount <= 0:
        return AmountNotPositive("The callback's amount is not positive.")
    return None


def _show(
    record: ProviderCallback, refusal: CallbackDisagrees, *, now: datetime
) -> None:
    about = record.payment
    cases.open_case(
        _CASES[refusal.code],
        subject=record.event_id,
        now=now,
        note=str(record),
        organization_id=about.organization_id if about else None,
        conference_id=about.conference_id if about else None,
        order_id=about.order_id if about else None,
        payment=about,
    )


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
