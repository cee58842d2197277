"""Asking providers about what we may have missed: lost callbacks, lost tasks."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import gettext as _
from django_q.tasks import async_task

from payments import callbacks, closing, refund_results, refunds
from payments.errors import PaymentNotFound
from payments.gateways import registry
from payments.gateways.base import (
    CallbackFact,
    CallbackRefused,
    Gateway,
    ProviderUnavailable,
)
from payments.models import (
    Payment,
    ProviderCall,
    ProviderCallback,
    ProviderCursor,
    Refund,
)
from payments.provider_calls import count_look_up
from payments.transactions import assert_outside_transaction

logger = logging.getLogger(__name__)

PATIENCE = timedelta(minutes=1)
# Who waits in front of a page need not wait for the next minute.
PATIENCE_OF_A_PAGE = timedelta(seconds=5)
# An abandoned payment is asked about for so long, then nobody will finish it.
ASKED_FOR = timedelta(days=30)
BATCH = 200
# Read again each time: what a provider lists late is not missed.
OVERLAP = timedelta(minutes=15)
FIRST_READ = timedelta(days=1)

Outcome = ProviderCall.Outcome


def reconcile_payment(payment_id: UUID, *, now: datetime) -> Payment | None:
    """Ask the provider about one open payment and apply its answer.

    Returns the payment as it is then; None when there is no such payment.
    """
    assert_outside_transaction()
    payment = Payment.objects.filter(pk=payment_id).first()
    if payment is None or payment.status != Payment.Status.INITIATED:
        return payment
    look_up(payment, now=now)
    return Payment.objects.get(pk=payment_id)


def ask_again(payment_id: UUID, *, now: datetime) -> Payment:
    """Ask the provider whatever the payment's state: somebody wants to be sure.

    Raises PaymentNotFound.
    """
    assert_outside_transaction()
    payment = Payment.objects.filter(pk=payment_id).first()
    if payment is None:
        raise PaymentNotFound(_("There is no such payment."))
    Payment.objects.filter(pk=payment_id).update(looked_up_at=now)
    look_up(payment, now=now)
    return Payment.objects.get(pk=payment_id)


def ask_soon(payment_id: UUID, *, now: datetime) -> Payment | None:
    """For pages that wait: the provider is asked at once where that costs nothing,
    else by a worker, at most every few seconds. Returns the payment as it is now."""
    payment = Payment.objects.filter(pk=payment_id).first()
    if payment is None or payment.status != Payment.Status.INITIATED:
        return payment
    if registry.known(payment.provider).capabilities.answers_at_once:
        return reconcile_payment(payment_id, now=now)
    claimed = Payment.objects.filter(
        Q(looked_up_at__isnull=True) | Q(looked_up_at__lt=now - PATIENCE_OF_A_PAGE),
        pk=payment_id,
    ).update(looked_up_at=now)
    if claimed:
        async_task("payments.tasks.look_up", payment_id=str(payment_id))
    return payment


def reconcile(*, now: datetime) -> None:
    """Look after every open payment and refund, the longest neglected first."""
    assert_outside_transaction()
    for gateway in registry.GATEWAYS.values():
        if gateway.capabilities.lists_changes and registry.is_offered(gateway.code):
            read_changes(gateway, now=now)
    callbacks.apply_unknown(now=now)
    silent: set[str] = set()
    for payment in _to_ask_about(now):
        # Who waits in vain for a provider does nothing else: the next round asks again.
        if payment.provider not in silent and not _looked_up(payment, now=now):
            silent.add(payment.provider)
    closing.close_again(now=now)
    for refund in Refund.objects.filter(status=Refund.Status.REQUESTED):
        if refund_results.is_due(refund, now=now):
            refunds.queue(refund)


def _looked_up(payment: Payment, *, now: datetime) -> bool:
    """Whether the provider has answered."""
    Payment.objects.filter(pk=payment.pk).update(looked_up_at=now)
    try:
        return look_up(payment, now=now)
    except Exception:
        # One payment that cannot be applied must not keep the others waiting.
        logger.exception("Payment %s could not be reconciled", payment.pk)
        return True


def _to_ask_about(now: datetime) -> list[Payment]:
    """Payments that are open too long, whose refund is under way at the provider, or
    of which something was told that waits for the payment itself."""
    is_open = Q(
        status=Payment.Status.INITIATED,
        started_at__lte=now - PATIENCE,
        started_at__gt=now - ASKED_FOR,
    )
    under_way = Refund.objects.filter(status=Refund.Status.UNDER_WAY)
    waiting = ProviderCallback.objects.filter(
        verdict=ProviderCallback.Verdict.WAITING, received_at__gt=now - ASKED_FOR
    )
    # Nobody can be asked about these; they would only be in the way of the others.
    by_hand = [
        gateway.code
        for gateway in registry.GATEWAYS.values()
        if gateway.capabilities.paid_by_hand
    ]
    neglected = Payment.objects.exclude(provider__in=by_hand).filter(
        is_open
        | Q(pk__in=under_way.values("payment_id"))
        | Q(pk__in=waiting.values("payment_id"))
    )
    return list(neglected.order_by(F("looked_up_at").asc(nulls_first=True))[:BATCH])


def look_up(payment: Payment, *, now: datetime) -> bool:
    """Ask what became of a payment and apply all that is answered, if anything is."""
    gateway = registry.known(payment.provider)
    is_remote = not gateway.capabilities.answers_at_once
    try:
        facts = gateway.look_up(payment)
    except ProviderUnavailable as unavailable:
        logger.warning("Payment %s: no answer: %s", payment.pk, unavailable)
        count_look_up(payment, Outcome.UNAVAILABLE, str(unavailable), now=now)
        return False
    if is_remote:
        said = ", ".join(fact.outcome for fact in facts)
        count_look_up(payment, Outcome.ANSWERED, said, now=now)
    for fact in facts:
        _apply(payment.provider, fact, body="(looked up)", now=now)
    return True


def read_changes(gateway: Gateway, *, now: datetime) -> None:
    """Apply what the provider says has happened since we last read, callback or not."""
    cursor, _ = ProviderCursor.objects.get_or_create(
        provider=gateway.code, defaults={"read_until": now - FIRST_READ}
    )
    try:
        applied = [
            _apply_listed(gateway.code, fact, now=now)
            for fact in gateway.changes(cursor.read_until - OVERLAP)
        ]
    except ProviderUnavailable as unavailable:
        logger.warning("Changes of %s: no answer: %s", gateway.code, unavailable)
        return
    if not all(applied):
        # Read again from the same place: what could not be applied is not skipped.
        return
    ProviderCursor.objects.filter(pk=gateway.code).update(read_until=now)


def _apply_listed(provider: str, fact: CallbackFact, *, now: datetime) -> bool:
    """Whether it has had its effect; one that has not must not hide the others."""
    try:
        _apply(provider, fact, body="(listed)", now=now)
    except Exception:
        logger.exception("%s of %s could not be applied", fact.event_id, provider)
        return False
    return True


def _apply(provider: str, fact: CallbackFact, *, body: str, now: datetime) -> None:
    try:
        callbacks.apply_fact(provider, fact, body=body, now=now)
    except CallbackRefused as refused:
        # Stored by apply_fact, with the reason.
        logger.warning("Payment %s: %s", fact.payment_id, refused.code)
