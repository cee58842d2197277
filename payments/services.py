"""The door to payments: what the rest of the site may call.

Rows are returned for reading; nobody else writes them. `now` comes from the caller.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from payments import transitions
from payments.callbacks import receive_callback
from payments.cases import (
    CaseNotOpen,
    close_case,
    is_unsettled,
    order_settled,
    show_unsettled,
)
from payments.closing import close_unwanted_pages
from payments.errors import NotWanted, PaymentError, PaymentNotFound
from payments.gateways import registry
from payments.gateways.base import (
    CallbackDisagrees,
    CallbackRefused,
    ProviderUnavailable,
    StartRefused,
)
from payments.gateways.registry import UnknownProvider
from payments.models import (
    CANCELLATION_REASON,
    ORGANIZER_REASON,
    Case,
    Dispute,
    Payment,
    ProviderFee,
    Refund,
)
from payments.reconciliation import ask_again, ask_soon, reconcile_payment
from payments.refunds import (
    InvalidAmount,
    MoneyNotKept,
    PaymentNotRefundable,
    RefundNotFailed,
    RefundNotFound,
    RefundNotSettleable,
    RefundTooLarge,
    keep_money_of_failed_refund,
    refund_for_case,
    request_refund,
    retry_refund,
    settle_refund_by_hand,
)
from payments.sandbox_decisions import (
    AlreadyDecided,
    SandboxDisabled,
    decide_in_sandbox,
)
from payments.starting import PaymentRequest, begin_payment, start_payment
from payments.transactions import ProviderCallInsideTransaction

__all__ = [
    "CANCELLATION_REASON",
    "ORGANIZER_REASON",
    "AlreadyDecided",
    "CallbackDisagrees",
    "CallbackRefused",
    "Case",
    "CaseNotOpen",
    "Dispute",
    "InvalidAmount",
    "MoneyNotKept",
    "NotPaidByHand",
    "NotWanted",
    "Payment",
    "PaymentError",
    "PaymentNotFound",
    "PaymentNotOpen",
    "PaymentNotRefundable",
    "PaymentRequest",
    "ProviderCallInsideTransaction",
    "ProviderFee",
    "ProviderInfo",
    "ProviderUnavailable",
    "Refund",
    "RefundNotFailed",
    "RefundNotFound",
    "RefundNotSettleable",
    "RefundTooLarge",
    "SandboxDisabled",
    "StartRefused",
    "UnknownProvider",
    "ask_again",
    "ask_soon",
    "begin_payment",
    "close_case",
    "close_unwanted_pages",
    "decide_in_sandbox",
    "disputes_of",
    "fees_of",
    "hold_until",
    "is_begun",
    "is_paid_by_hand",
    "is_unsettled",
    "keep_money_of_failed_refund",
    "label_of",
    "lock_payments_of",
    "mark_paid",
    "open_payment",
    "order_settled",
    "payment",
    "payments_of",
    "providers",
    "receive_callback",
    "reconcile_payment",
    "refund_for_case",
    "refunds_of",
    "request_refund",
    "retry_refund",
    "settle_refund_by_hand",
    "show_unsettled",
    "start_payment",
    "with_movements",
]

logger = logging.getLogger(__name__)


class PaymentNotOpen(PaymentError):
    """The payment was rejected: it can no longer be paid."""

    code = "payment-not-open"


class NotPaidByHand(PaymentError):
    """The provider itself tells when such a payment is paid."""

    code = "not-paid-by-hand"


@dataclass(frozen=True, kw_only=True)
class ProviderInfo:
    """A way to pay, in words for the registrant."""

    code: str
    label: str
    description: str


def providers() -> list[ProviderInfo]:
    """The ways to pay that this site offers, in its order."""
    return [
        ProviderInfo(
            code=gateway.code,
            label=str(gateway.label),
            description=str(gateway.description),
        )
        for gateway in registry.enabled()
    ]


def is_begun(payment: Payment) -> bool:
    """Whether the provider has a page for it, on which it can be paid."""
    at_once = registry.known(payment.provider).capabilities.answers_at_once
    return at_once or bool(payment.provider_reference)


def label_of(provider: str) -> str:
    """What people call this way to pay; raises UnknownProvider."""
    return str(registry.known(provider).label)


def hold_until(
    provider: str,
    *,
    now: datetime,
    hold_expires_at: datetime,
    conference_starts_at: datetime,
) -> datetime:
    """Until when seats stay held for a payment started now; never before the hold ends.

    Raises UnknownProvider.
    """
    return registry.offered(provider).hold_until(
        now=now,
        hold_expires_at=hold_expires_at,
        conference_starts_at=conference_starts_at,
    )


def is_paid_by_hand(provider: str) -> bool:
    """Whether the organizer says when such a payment came; raises UnknownProvider."""
    return registry.known(provider).capabilities.paid_by_hand


def payment(payment_id: UUID) -> Payment | None:
    return Payment.objects.filter(pk=payment_id).first()


def payments_of(order_id: UUID) -> list[Payment]:
    """The payments of an order, oldest first."""
    return list(Payment.objects.filter(order_id=order_id).order_by("started_at", "pk"))


def lock_payments_of(order_id: UUID) -> list[Payment]:
    """The same, and nobody gives money of them back until the transaction ends."""
    rows = Payment.objects.select_for_update(no_key=True).filter(order_id=order_id)
    return sorted(rows.order_by("pk"), key=lambda one: (one.started_at, one.pk))


def open_payment(order_id: UUID, provider: str, amount: Decimal) -> Payment | None:
    """The payment that can still be paid for this order, provider and amount."""
    return Payment.objects.filter(
        order_id=order_id,
        provider=provider,
        amount=amount,
        status=Payment.Status.INITIATED,
    ).first()


def refunds_of(payment_id: UUID) -> list[Refund]:
    """The refunds of a payment, oldest first."""
    return list(
        Refund.objects.filter(payment_id=payment_id).order_by("requested_at", "pk")
    )


def disputes_of(payment_id: UUID) -> list[Dispute]:
    """The disputes of a payment, oldest first."""
    return list(Dispute.objects.filter(payment_id=payment_id).order_by("opened_at"))


def fees_of(payment_id: UUID) -> list[ProviderFee]:
    """What the provider charged for a payment and its disputes, oldest first."""
    return list(ProviderFee.objects.filter(payment_id=payment_id).order_by("pk"))


def with_movements() -> QuerySet[Payment]:
    """All payments with their refunds, disputes and fees at hand."""
    return Payment.objects.prefetch_related("refunds", "disputes", "fees")


@transaction.atomic
def mark_paid(payment_id: UUID, *, by: str, now: datetime) -> Payment:
    """Take note that the organizer saw the money of an invoice; repeatable.

    Raises PaymentNotFound, NotPaidByHand, PaymentNotOpen.
    """
    invoice = payment(payment_id)
    if invoice is None:
        raise PaymentNotFound(_("There is no such payment."))
    if not registry.known(invoice.provider).capabilities.paid_by_hand:
        raise NotPaidByHand(_("Only invoices can be marked paid."))
    if invoice.status == Payment.Status.REJECTED:
        raise PaymentNotOpen(_("This payment was rejected."))
    if transitions.complete(payment_id, now=now, marked_by=by):
        logger.info("Payment %s marked paid by %s", payment_id, by)
    invoice.refresh_from_db()
    return invoice
