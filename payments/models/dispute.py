"""Money that the payer's bank took back, for now or for good."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from payments import money
from payments.models.payment import Payment


class Dispute(models.Model):
    """A payer's objection to a payment; while it is open the provider has the money."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        WON = "won", _("Won")
        LOST = "lost", _("Lost")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="disputes"
    )
    provider_reference = models.CharField(_("provider's reference"), max_length=200)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=3)
    reason = models.CharField(_("reason"), max_length=100, default="", blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.OPEN
    )
    opened_at = models.DateTimeField(_("opened"))
    closed_at = models.DateTimeField(_("closed"), null=True)

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        constraints = [
            models.UniqueConstraint(
                fields=["payment", "provider_reference"],
                name="dispute_once_per_payment_and_reference",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="dispute_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(status="open", closed_at__isnull=True)
                | (~Q(status="open") & Q(closed_at__isnull=False)),
                name="dispute_closed_has_time",
            ),
        ]

    def __str__(self) -> str:
        amount = money.formatted(self.amount, self.payment.currency)
        return f"{self.payment.reference} {amount} ({self.get_status_display()})"
