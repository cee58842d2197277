"""The tables that say how far projectors have come."""

from django.db import models
from django.db.models.functions import Now


class Checkpoint(models.Model):
    """How far an asynchronous projector has come; whoever locks the row runs it."""

    projector = models.CharField(max_length=80, primary_key=True)
    position = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = "projector"

    def __str__(self) -> str:
        return f"{self.projector} at {self.position}"


class Parked(models.Model):
    """A stream that one projector cannot follow; for all others it goes on."""

    id = models.BigAutoField(primary_key=True)
    projector = models.CharField(max_length=80)
    stream = models.CharField(max_length=120)
    # Of the first event that was not taken in: from here a retry replays, in order.
    position = models.BigIntegerField()
    error = models.TextField()
    attempts = models.PositiveIntegerField(default=1)
    parked_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "parked streams"
        constraints = [
            models.UniqueConstraint(
                fields=["projector", "stream"], name="parked_once_per_projector"
            )
        ]

    def __str__(self) -> str:
        return f"{self.stream} for {self.projector}"


class Rebuild(models.Model):
    """How far the shadow tables of a projector are; kept until somebody confirms."""

    projector = models.CharField(max_length=80, primary_key=True)
    position = models.BigIntegerField(default=0)
    replayed = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    started_at = models.DateTimeField(db_default=Now())
    touched_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)
    # What stopped it: nobody goes on until it is asked for again.
    error = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return f"{self.projector}: {self.replayed} of {self.total}"

    @property
    def seconds_left(self) -> float:
        """At the rate since it was started."""
        if not self.replayed:
            return 0.0
        spent = (self.touched_at - self.started_at).total_seconds()
        return max(self.total - self.replayed, 0) * spent / self.replayed
