"""The outbox: every mail we owe somebody, sent at most once each."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Notification(models.Model):
    class Kind(models.TextChoices):
        CONFIRMATION = "confirmation", _("Order confirmed")
        INVOICE = "invoice", _("Invoice to be paid")
        CANCELLATION = "cancellation", _("Order cancelled")
        EXPIRY = "expiry", _("Seats released")
        REFUND = "refund", _("Payment refunded")
        SEAT_ASSIGNED = "seat_assigned", _("Seat assigned")
        SEATS_CANCELLED = "seats_cancelled", _("Seats given back")
        SEAT_CANCELLED = "seat_cancelled", _("Attendee's seat cancelled")

    class Status(models.TextChoices):
        CLAIMED = "claimed", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    key = models.CharField(max_length=120)
    order_id = models.UUIDField()
    organization_id = models.UUIDField()
    recipient = models.CharField(max_length=254)
    subject = models.CharField(max_length=250)
    text = models.TextField()
    html = models.TextField()
    status = models.CharField(
        max_length=10, choices=Status.choices, default=Status.CLAIMED
    )
    error = models.TextField(blank=True, default="")
    claimed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="notification_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} to {self.recipient}"
