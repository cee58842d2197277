"""Money of a payment on its way back."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from payments import money, reasons
from payments.models.payment import Payment

ORGANIZER_REASON = "organizer"
CANCELLATION_REASON = "seats-cancelled"
PROVIDER_REASON = "provider"
# What people or the provider decide may happen several times to one payment.
REPEATABLE_REASONS = (ORGANIZER_REASON, CANCELLATION_REASON, PROVIDER_REASON)


class Refund(models.Model):
    """Money of a payment on its way back; its id is the provider's idempotency key."""

    class Status(models.TextChoices):
        REQUESTED = "requested", _("Requested")
        UNDER_WAY = "under_way", _("Under way at the provider")
        BY_HAND = "by_hand", _("To be settled by hand")
        FAILED = "failed", _("Failed")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        DONE = "done", _("Done")

    IN_FLIGHT = (Status.REQUESTED, Status.UNDER_WAY)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="refunds"
    )
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=3)
    reason = models.CharField(_("reason"), max_length=100)
    status = models.CharField(
        _("status"), max_length=20, choices=Status, default=Status.REQUESTED
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.TextField(_("error"), default="", blank=True)
    provider_reference = models.CharField(
        _("provider's reference"), max_length=200, default="", blank=True
    )
    settled_by = models.CharField(
        _("settled by"), max_length=150, default="", blank=True
    )
    note = models.TextField(_("note"), default="", blank=True)
    requested_at = models.DateTimeField(_("requested"))
    attempted_at = models.DateTimeField(_("last attempt"), null=True)
    done_at = models.DateTimeField(_("done"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        indexes = [
            models.Index(
                "requested_at",
                condition=Q(status__in=["requested", "under_way"]),
                name="refund_in_flight",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="refund_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(status="done", done_at__isnull=False)
                | (~Q(status="done") & Q(done_at__isnull=True)),
                name="refund_done_has_time",
            ),
            models.CheckConstraint(
                condition=Q(status="withdrawn", withdrawn_at__isnull=False)
                | (~Q(status="withdrawn") & Q(withdrawn_at__isnull=True)),
                name="refund_withdrawn_has_time",
            ),
            # People may refund one payment in several parts; what the site does by
            # itself happens once per payment and reason.
            models.UniqueConstraint(
                fields=["payment", "reason"],
                condition=~Q(reason__in=REPEATABLE_REASONS),
                name="refund_once_per_payment_and_reason",
            ),
            models.UniqueConstraint(
                fields=["payment", "provider_reference"],
                condition=Q(reason=PROVIDER_REASON),
                name="refund_of_provider_once",
            ),
        ]

    def __str__(self) -> str:
        amount = money.formatted(self.amount, self.payment.currency)
        return f"{self.payment.reference} {amount} ({self.get_status_display()})"

    @property
    def reason_in_words(self) -> str:
        return reasons.in_words(self.reason)
