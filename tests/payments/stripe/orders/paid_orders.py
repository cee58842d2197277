"""An order that is paid through Stripe, and all that is to be seen of it in the end."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from payments import services
from payments.models import Case, Payment
from registrations.models import OrderView
from registrations.models.ledger_entry import LedgerEntry
from tests.payments.stripe_provider import StripeProvider
from tests.registrations.conftest import Summit, start_payment

# What the ledger is made of
MOVEMENTS = {
    "payment_completed",
    "payment_refunded",
    "dispute_opened",
    "dispute_closed",
}


@dataclass(frozen=True)
class PaidOrder:
    stripe: StripeProvider
    order_id: UUID
    payment: Payment

    @property
    def session(self) -> str:
        return self.stripe.session(self.payment)

    def end(self) -> dict[str, Any]:
        """What there is to see once everything was told, times and versions apart."""
        payment = Payment.objects.get(pk=self.payment.pk)
        order = OrderView.objects.get(pk=self.order_id)
        return {
            "payment": (payment.status, payment.amount, payment.provider_reference),
            "counted": (payment.refunded_amount, payment.disputed_amount),
            "refunds": sorted(
                payment.refunds.values_list("reason", "status", "amount")
            ),
            "disputes": sorted(
                payment.disputes.values_list("status", "amount", "reason")
            ),
            "order": (order.status, order.attention, order.payment_returned),
            "seats": sorted(order.line_rows.values_list("name", "reserved")),
            "cases": sorted(
                Case.objects.filter(order_id=self.order_id, closed_at=None).values_list(
                    "kind", flat=True
                )
            ),
            "ledger": sorted(
                LedgerEntry.objects.filter(order_id=self.order_id)
                .exclude(kind=LedgerEntry.Kind.FEE)
                .values_list("kind", "gross", "net", "tax")
            ),
        }


def order_to_pay(
    stripe: StripeProvider, summit: Summit, now: datetime | None = None
) -> PaidOrder:
    """Two seats reserved, and Stripe's page for them open."""
    moment = now or timezone.now()
    order = summit.ready((summit.general, 2), now=moment)
    payment = start_payment(order.pk, provider="stripe", now=moment)
    begun = services.begin_payment(payment.pk)
    return PaidOrder(stripe, order.pk, begun)
