"""One attempt to pay an order."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from payments import money

ZERO = Decimal(0)


class Payment(models.Model):
    """One attempt to pay an order through a provider."""

    class Status(models.TextChoices):
        INITIATED = "initiated", _("Initiated")
        COMPLETED = "completed", _("Completed")
        REJECTED = "rejected", _("Rejected")
        PARTIALLY_REFUNDED = "partially_refunded", _("Partially refunded")
        REFUNDED = "refunded", _("Refunded")

    # Money was taken and the order knows it.
    TAKEN = (Status.COMPLETED, Status.PARTIALLY_REFUNDED, Status.REFUNDED)
    REFUNDABLE = (Status.COMPLETED, Status.PARTIALLY_REFUNDED)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order_id = models.UUIDField(_("order"))
    conference_id = models.UUIDField(_("conference"))
    organization_id = models.UUIDField(_("organization"))
    provider = models.CharField(_("provider"), max_length=30)
    status = models.CharField(
        _("status"), max_length=20, choices=Status, default=Status.INITIATED
    )
    amount = models.DecimalField(
        _("amount"),
        max_digits=12,
        decimal_places=3,
        help_text=_("What was taken; until then what is asked for."),
    )
    requested_amount = models.DecimalField(
        _("asked for"), max_digits=12, decimal_places=3
    )
    currency = models.CharField(_("currency"), max_length=3)
    refunded_amount = models.DecimalField(
        _("refunded"),
        max_digits=12,
        decimal_places=3,
        default=ZERO,
        help_text=_("Given back or on its way back, failed attempts included."),
    )
    disputed_amount = models.DecimalField(
        _("disputed"),
        max_digits=12,
        decimal_places=3,
        default=ZERO,
        help_text=_("Taken back by the payer's bank: disputes open or lost."),
    )
    description = models.TextField(_("description"))
    reference = models.CharField(_("order code"), max_length=50)
    due_at = models.DateTimeField(_("due"), null=True)
    redirect_url = models.CharField(_("payment page"), max_length=2_000)
    provider_reference = models.CharField(
        _("provider's reference"), max_length=200, default=""
    )
    paid_marked_by = models.CharField(_("marked paid by"), max_length=150, default="")
    started_at = models.DateTimeField(_("started"))
    completed_at = models.DateTimeField(_("completed"), null=True)
    occurred_at = models.DateTimeField(_("paid at the provider"), null=True)
    rejected_at = models.DateTimeField(_("rejected"), null=True)
    looked_up_at = models.DateTimeField(_("provider last asked"), null=True)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        indexes = [
            models.Index("order_id", name="payment_order"),
            models.Index("organization_id", "started_at", name="payment_organization"),
            models.Index(
                F("looked_up_at").asc(nulls_first=True),
                condition=Q(status="initiated"),
                name="payment_open",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="payment_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(refunded_amount__gte=0, refunded_amount__lte=F("amount")),
                name="payment_refunds_never_exceed_amount",
            ),
            models.CheckConstraint(
                condition=Q(requested_amount__gt=0),
                name="payment_requested_amount_positive",
            ),
            models.CheckConstraint(
                condition=Q(disputed_amount__gte=0),
                name="payment_disputed_amount_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"),
                name="payment_currency_is_iso_code",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["completed", "partially_refunded", "refunded"],
                    completed_at__isnull=False,
                    rejected_at__isnull=True,
                )
                | Q(
                    status="rejected",
                    completed_at__isnull=True,
                    rejected_at__isnull=False,
                )
                | Q(
                    status="initiated",
                    completed_at__isnull=True,
                    rejected_at__isnull=True,
                ),
                name="payment_status_matches_times",
            ),
            models.UniqueConstraint(
                fields=["order_id", "provider", "amount"],
                condition=Q(status="initiated"),
                name="payment_one_open_per_order_provider_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {money.formatted(self.amount, self.currency)}"

    @property
    def return_url(self) -> str:
        """Where the browser goes when the provider is done with it."""
        return f"/orders/{self.order_id}/payments/{self.pk}/"

    @property
    def refundable_amount(self) -> Decimal:
        """What is neither given back, nor on its way back, nor disputed."""
        return max(self.amount - self.refunded_amount - self.disputed_amount, ZERO)
