"""Read model: every movement of money, one row for each tax it is about."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registrations.domain.values import Money
from registrations.models.append_only import AppendOnly


class LedgerEntry(models.Model):
    """Signed as the organizer sees it: what comes in is positive, what goes negative.

    Never changed: what was wrong is put right by another movement.
    """

    class Kind(models.TextChoices):
        CHARGE = "charge", _("Charged")
        REFUND = "refund", _("Given back")
        FEE = "fee", _("Provider's fee")
        DISPUTE = "dispute", _("Disputed")
        DISPUTE_WON = "dispute_won", _("Dispute won")

    id = models.UUIDField(primary_key=True)
    position = models.BigIntegerField()
    organization_id = models.UUIDField()
    conference_id = models.UUIDField()
    order_id = models.UUIDField()
    order_code = models.CharField(max_length=50)
    payment_id = models.UUIDField()
    kind = models.CharField(_("movement"), max_length=20, choices=Kind.choices)
    method = models.CharField(_("method"), max_length=30)
    currency = models.CharField(_("currency"), max_length=3)
    tax_name = models.CharField(_("tax"), max_length=40, default="")
    tax_rate = models.DecimalField(
        _("tax rate"), max_digits=7, decimal_places=4, null=True
    )
    gross = models.DecimalField(_("gross"), max_digits=14, decimal_places=3)
    net = models.DecimalField(_("net"), max_digits=14, decimal_places=3)
    tax = models.DecimalField(_("tax amount"), max_digits=14, decimal_places=3)
    # The refund, fee or dispute; of a charge the payment itself.
    reference_id = models.UUIDField()
    occurred_at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger")
        indexes = [
            models.Index(
                fields=["conference_id", "occurred_at", "position", "id"],
                name="ledger_by_time",
            ),
            models.Index(fields=["payment_id"], name="ledger_by_payment"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(gross=F("net") + F("tax")),
                name="ledger_gross_is_net_and_tax",
            ),
            AppendOnly(name="ledger_is_never_changed"),
        ]

    def __str__(self) -> str:
        return f"{self.order_code} {self.get_kind_display()} {self.gross_money}"

    @property
    def gross_money(self) -> Money:
        return Money.of(Decimal(self.gross), self.currency)

    @property
    def net_money(self) -> Money:
        return Money.of(Decimal(self.net), self.currency)

    @property
    def tax_money(self) -> Money:
        return Money.of(Decimal(self.tax), self.currency)
