"""The processor behind the sandbox page: its own ledger, written as if it were outside.

It knows a payment only by the facts it was told and never looks at our tables.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from payments.models import SandboxRefund, SandboxTransaction


class NotRefundable(Exception):
    """The sandbox took no money for this payment, or has already given it back."""


@dataclass(frozen=True, kw_only=True)
class Charge:
    """What the sandbox is asked to take."""

    payment_id: UUID
    order_id: UUID
    amount: Decimal
    currency: str


def decide(
    charge: Charge, *, outcome: SandboxTransaction.Outcome, now: datetime
) -> SandboxTransaction:
    """Commit the decision; the first one stands and is what is returned."""
    with transaction.atomic(durable=True):
        decided, _ = SandboxTransaction.objects.get_or_create(
            payment_id=charge.payment_id,
            defaults={
                "order_id": charge.order_id,
                "amount": charge.amount,
                "currency": charge.currency,
                "outcome": outcome,
                "decided_at": now,
            },
        )
    return decided


def decision(payment_id: UUID) -> SandboxTransaction | None:
    """What was decided; None while nobody has."""
    return SandboxTransaction.objects.filter(payment_id=payment_id).first()


def callback_body(decided: SandboxTransaction) -> bytes:
    """What the sandbox tells of its decision."""
    return json.dumps(
        {
            "event": f"sandbox-{decided.pk}",
            "payment": str(decided.payment_id),
            "order": str(decided.order_id),
            "outcome": decided.outcome,
            "amount": str(decided.amount),
            "currency": decided.currency,
        }
    ).encode()


def refund(payment_id: UUID, *, key: str, amount: Decimal) -> str:
    """Give money back once per key and return the key; raises NotRefundable."""
    try:
        with transaction.atomic():
            return _refund(payment_id, key=key, amount=amount)
    except IntegrityError:
        # Somebody with the same key was faster: his refund is this one.
        return SandboxRefund.objects.get(key=key).key


def _refund(payment_id: UUID, *, key: str, amount: Decimal) -> str:
    if SandboxRefund.objects.filter(key=key).exists():
        return key
    charged = SandboxTransaction.objects.filter(
        payment_id=payment_id,
        outcome=SandboxTransaction.Outcome.ACCEPTED,
    ).first()
    if charged is None:
        raise NotRefundable("The sandbox has taken no money for this payment.")
    SandboxRefund.objects.create(key=key, transaction=charged, amount=amount)
    paid_back = SandboxTransaction.objects.filter(
        pk=charged.pk, refunded_amount__lte=F("amount") - amount
    ).update(refunded_amount=F("refunded_amount") + amount)
    if not paid_back:
        raise NotRefundable("The sandbox has nothing left to give back.")
    return key
