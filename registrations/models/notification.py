"""The outbox: every mail we owe somebody, sent at most once each."""

from django.db import models


class Notification(models.Model):
    class Kind(models.TextChoices):
        CONFIRMATION = "confirmation", "Order confirmed"
        EXPIRY = "expiry", "Seats released"
        REFUND = "refund", "Payment refunded"
        SEAT_ASSIGNED = "seat_assigned", "Seat assigned"

    class Status(models.TextChoices):
        CLAIMED = "claimed", "Being sent"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"

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
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="notification_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} to {self.recipient}"
