"""What a provider keeps for itself."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from payments.models.payment import Payment


class ProviderFee(models.Model):
    """What a provider charges for a payment, or for a dispute of it, in the payment's
    currency. Below zero: it gave a fee back."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="fees")
    provider_reference = models.CharField(
        _("provider's reference"),
        max_length=200,
        default="",
        blank=True,
        help_text=_("Of the fee for the payment itself there is none."),
    )
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=3)
    charged_at = models.DateTimeField(_("charged"))

    class Meta:
        verbose_name = _("provider's fee")
        verbose_name_plural = _("providers' fees")
        constraints = [
            models.CheckConstraint(
                condition=~Q(amount=0), name="provider_fee_amount_not_zero"
            ),
            models.UniqueConstraint(
                fields=["payment", "provider_reference"],
                name="provider_fee_once_per_payment_and_reference",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payment} {self.amount}"
