"""What the front door itself keeps: how often it was knocked at."""

from django.db import models
from django.db.models import Q


class ThrottleCounter(models.Model):
    """Requests counted together in one window; the key is a hash, never an address."""

    key = models.CharField(max_length=64, primary_key=True)
    used = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(used__gte=1), name="throttle_counter_used_at_least_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.key[:8]}: {self.used}"
