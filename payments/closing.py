"""Closing a provider's page that should not be paid any more.

Whoever pays there all the same gets the money back by itself; better is that nobody
can. The task may run twice, late, or be killed anywhere: it looks at what is wanted
then, and a page that is closed stays closed.
"""

import logging
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef
from django_q.tasks import async_task

from payments import signals
from payments.errors import NotWanted
from payments.gateways import registry
from payments.gateways.base import ProviderUnavailable
from payments.models import Payment, ProviderCall
from payments.provider_calls import MAX_ATTEMPTS, asked_again_at, recorded

logger = logging.getLogger(__name__)

_CLOSE = ProviderCall.Operation.CLOSE
_ANSWERED = ProviderCall.Outcome.ANSWERED


def check_wanted(payment: Payment) -> None:
    """Raises NotWanted, if anybody who asked for the money says so."""
    signals.payment_begins.send(
        sender=Payment,
        payment_id=payment.pk,
        order_id=payment.order_id,
        amount=payment.amount,
        currency=payment.currency,
    )


def close_unwanted_pages(order_id: UUID) -> None:
    """An order has changed: its pages that can still be paid are looked at once that
    is committed. Those of attempts that failed can be paid, too: with another card."""
    closing = [
        gateway.code
        for gateway in registry.GATEWAYS.values()
        if gateway.capabilities.closes_pages
    ]
    not_paid = Payment.objects.exclude(status__in=Payment.TAKEN).filter(
        order_id=order_id, provider__in=closing
    )
    # Also without a page so far: one may be asked for at this moment, and what is
    # known of it only when the task runs.
    for payment_id in not_paid.values_list("pk", flat=True):
        queue(payment_id)


def queue(payment_id: UUID) -> None:
    """The task's row commits or rolls back with what the page is closed for."""
    async_task("payments.tasks.close_page", payment_id=str(payment_id))


def close_page(payment_id: UUID) -> bool:
    """Ask the provider to close the page of a payment that nobody wants any more.

    False where it did not answer. A page that is paid or closed already is no trouble:
    its callback tells which, as always. Raises ProviderCallInsideTransaction.
    """
    payment = Payment.objects.filter(pk=payment_id).first()
    if payment is None or not _is_to_close(payment):
        return True
    try:
        with recorded(_CLOSE, payment):
            registry.known(payment.provider).close(payment)
    except ProviderUnavailable as unavailable:
        logger.warning("Payment %s: page not closed: %s", payment.pk, unavailable)
        return False
    return True


def _is_to_close(payment: Payment) -> bool:
    if payment.status in Payment.TAKEN or not payment.provider_reference:
        return False
    if not registry.known(payment.provider).capabilities.closes_pages:
        return False
    if payment.provider_calls.filter(operation=_CLOSE, outcome=_ANSWERED).exists():
        return False
    try:
        check_wanted(payment)
    except NotWanted:
        return True
    return False


def close_again(*, now: datetime) -> None:
    """Go on with what was asked in vain, or by a process that was killed."""
    silent: set[str] = set()
    for payment_id, provider in _asked_in_vain(now):
        if provider not in silent and not _closed(payment_id):
            silent.add(provider)


def _closed(payment_id: UUID) -> bool:
    try:
        return close_page(payment_id)
    except Exception:
        # One odd page must not keep the others open.
        logger.exception("The page of payment %s could not be closed", payment_id)
        return True


def _asked_in_vain(now: datetime) -> Iterator[tuple[UUID, str]]:
    calls = ProviderCall.objects.filter(operation=_CLOSE)
    answered = calls.filter(payment=OuterRef("payment"), outcome=_ANSWERED)
    asked = (
        calls.exclude(outcome=_ANSWERED)
        .exclude(payment__status__in=Payment.TAKEN)
        .exclude(Exists(answered))
        .values("payment_id", "provider")
        .annotate(times=Count("pk"), last=Max("started_at"))
        .filter(times__lt=MAX_ATTEMPTS)
        .order_by("last")
    )
    for row in asked:
        if asked_again_at(row["last"], attempts=row["times"]) <= now:
            yield row["payment_id"], row["provider"]
