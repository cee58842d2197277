"""What a provider keeps for itself."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from payments.models.payment import Payment


class ProviderFee(models.Model):
    """The provider's fee for one payment, in the payment's currency."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    payment = models.OneToOneField(
        Payment, on_delete=models.PROTECT, related_name="fee"
    )
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=3)
    charged_at = models.DateTimeField(_("charged"))

    class Meta:
        verbose_name = _("provider's fee")
        verbose_name_plural = _("providers' fees")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="provider_fee_amount_positive"
            )
        ]

    def __str__(self) -> str:
        return f"{self.payment} {self.amount}"
