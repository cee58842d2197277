"""What a human should look at: money that did not go its usual way."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from payments.models.dispute import Dispute
from payments.models.payment import Payment
from payments.models.refund import Refund


class Case(models.Model):
    """One thing to look at; open until it has settled itself or somebody closes it."""

    class Kind(models.TextChoices):
        LATE = "late", _("Paid after the seats were gone")
        PAID_TWICE = "paid-twice", _("Paid twice")
        AMOUNT_MISMATCH = "amount-mismatch", _("Another amount than asked for")
        CURRENCY_MISMATCH = "currency-mismatch", _("Another currency than asked for")
        ORDER_MISMATCH = "order-mismatch", _("The provider names another order")
        UNKNOWN_PAYMENT = "unknown-payment", _("A payment we do not know")
        NOT_NEEDED = "not-needed", _("Paid for an order that was cancelled")
        REJECTED_AFTER_PAYMENT = (
            "rejected-after-payment",
            _("Rejected by the provider after it was paid"),
        )
        DISPUTED = "disputed", _("Disputed by the payer")
        REFUND_FAILED = "refund-failed", _("A refund failed")
        REFUND_BY_HAND = "refund-by-hand", _("A refund to be made by hand")
        REFUND_DISPUTED = "refund-disputed", _("A refund waits for a dispute")
        REFUND_TWICE = "refund-twice", _("Given back twice, perhaps")
        UNMATCHED_TRANSFER = "unmatched-transfer", _("A bank transfer without a home")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    # Of one kind there is one case per subject: the id of what it is about.
    subject = models.CharField(_("subject"), max_length=200)
    organization_id = models.UUIDField(_("organization"), null=True)
    conference_id = models.UUIDField(_("conference"), null=True)
    order_id = models.UUIDField(_("order"), null=True)
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="cases", null=True
    )
    refund = models.ForeignKey(
        Refund, on_delete=models.PROTECT, related_name="cases", null=True
    )
    dispute = models.ForeignKey(
        Dispute, on_delete=models.PROTECT, related_name="cases", null=True
    )
    note = models.TextField(_("what happened"), default="", blank=True)
    opened_at = models.DateTimeField(_("since"))
    closed_at = models.DateTimeField(_("closed"), null=True)
    closed_by = models.CharField(_("closed by"), max_length=150, default="", blank=True)
    closing_note = models.TextField(_("how it ended"), default="", blank=True)

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("needs attention")
        indexes = [
            models.Index(
                "organization_id",
                "opened_at",
                condition=Q(closed_at__isnull=True),
                name="case_open",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"], name="case_once_per_kind_and_subject"
            )
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def is_open(self) -> bool:
        return self.closed_at is None
