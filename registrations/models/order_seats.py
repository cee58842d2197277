"""Read model: the seats of confirmed orders and who sits on them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrderSeat(models.Model):
    id = models.UUIDField(primary_key=True)
    order_id = models.UUIDField()
    order_code = models.CharField(max_length=6)
    conference_id = models.UUIDField()
    organization_id = models.UUIDField()
    position = models.PositiveIntegerField()
    seat_type_id = models.UUIDField()
    seat_type_name = models.CharField(max_length=70)
    first_name = models.CharField(max_length=100, default="")
    last_name = models.CharField(max_length=100, default="")
    email = models.CharField(max_length=254, default="")
    version = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("attendee")
        verbose_name_plural = _("attendees")
        constraints = [
            models.UniqueConstraint(
                fields=["order_id", "position"], name="order_seat_position_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["organization_id", "last_name"], name="attendee_by_name"
            ),
            models.Index(fields=["conference_id"], name="attendee_by_conference"),
        ]

    def __str__(self) -> str:
        return f"{self.seat_type_name} {self.position + 1}"

    @property
    def is_assigned(self) -> bool:
        return bool(self.email)

    @property
    def attendee_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()
