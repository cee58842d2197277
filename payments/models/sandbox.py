"""The books of the sandbox, which stands in for an outside processor."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7


class SandboxTransaction(models.Model):
    """What the sandbox remembers, as an outside processor would: no key to Payment."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        REJECTED = "rejected", _("Rejected")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    payment_id = models.UUIDField()
    order_id = models.UUIDField()
    amount = models.DecimalField(max_digits=12, decimal_places=3)
    currency = models.CharField(max_length=3)
    outcome = models.CharField(max_length=10, choices=Outcome)
    refunded_amount = models.DecimalField(
        max_digits=12, decimal_places=3, default=Decimal(0)
    )
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["payment_id"], name="sandbox_transaction_once_per_payment"
            ),
            models.CheckConstraint(
                condition=Q(refunded_amount__gte=0, refunded_amount__lte=F("amount")),
                name="sandbox_transaction_refunds_never_exceed_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payment_id} {self.outcome}"


class SandboxRefund(models.Model):
    """A refund the sandbox has carried out, once per idempotency key."""

    key = models.CharField(primary_key=True, max_length=100)
    transaction = models.ForeignKey(
        SandboxTransaction, on_delete=models.PROTECT, related_name="refunds"
    )
    amount = models.DecimalField(max_digits=12, decimal_places=3)

    def __str__(self) -> str:
        return self.key
