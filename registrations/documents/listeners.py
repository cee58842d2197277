"""Hears the facts that call for a document, in their transactions.

It hears them after `registrations.listeners`: the process has done all it does by
then, and the lock of the series is the last one taken. The day of issue is the day on
which we record the fact, so that dates and numbers ascend together.
"""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from eventstore import store
from eventstore.events import RecordedEvent
from eventstore.signals import appended
from payments import services as payments
from payments import signals
from payments.reasons import in_words
from registrations.documents import issuing
from registrations.domain import order_events as facts
from registrations.domain.order import Order


def hear(sender: object, *, events: list[RecordedEvent], **_: object) -> None:
    paid_by = [
        recorded.event.payment_id
        for recorded in events
        if isinstance(recorded.event, facts.OrderPaid)
    ]
    with translation.override(settings.LANGUAGE_CODE):
        for recorded in events:
            issue_for(recorded, paid_by=paid_by[0] if paid_by else None)


def issue_for(recorded: RecordedEvent, *, paid_by: UUID | None) -> None:
    """An order is paid and confirmed with one append, or confirmed free of charge."""
    event, now = recorded.event, recorded.recorded_at
    match event:
        case facts.OrderPaymentStarted(provider=provider):
            if payments.is_paid_by_hand(provider):
                issuing.invoice(
                    order_id=event.order_id,
                    payment_id=event.payment_id,
                    due_at=event.hold_expires_at,
                    now=now,
                )
        case facts.OrderPaid(payment_id=payment_id):
            paid = payments.payment(payment_id)
            issuing.receipt(
                order_id=event.order_id,
                payment_id=payment_id,
                provider=paid.provider if paid else "",
                now=now,
            )
        case facts.OrderConfirmed(order_id=order_id):
            reason = _("The order was completed without it.")
            issuing.take_back_invoices(
                order_id=order_id, unless_paid_by=paid_by, reason=reason, now=now
            )
        case facts.OrderPaymentRejected() | facts.OrderPaymentReturned():
            issuing.take_back_invoices(
                order_id=event.order_id,
                payment_id=event.payment_id,
                reason=_("It was not paid as invoiced."),
                now=now,
            )
        case facts.OrderExpired(order_id=order_id):
            reason = _("It was not paid in time and the seats were released.")
            issuing.take_back_invoices(order_id=order_id, reason=reason, now=now)


def credit_refund(
    sender: object,
    *,
    payment_id: UUID,
    order_id: UUID,
    refund_id: UUID,
    amount: Decimal,
    **told: Any,
) -> None:
    """Only of the payment that paid the order: nothing was sold for any other."""
    if store.load(Order, order_id).paid_by != payment_id:
        return
    with translation.override(settings.LANGUAGE_CODE):
        issuing.credit_refund(
            order_id=order_id,
            payment_id=payment_id,
            refund_id=refund_id,
            amount=amount,
            reason=in_words(str(told.get("reason", ""))),
            now=timezone.now(),
        )


def connect() -> None:
    appended.connect(hear, dispatch_uid="registrations.documents.hear")
    signals.payment_refunded.connect(
        credit_refund, dispatch_uid="registrations.documents.credit_refund"
    )
