"""The tables of the event store."""

from typing import Self

from django.db import connection, models
from django.db.models.expressions import Func
from django.db.models.functions import Now
from uuid_utils.compat import uuid7

from eventstore.projection_models import Checkpoint, Parked, Rebuild  # noqa: F401


class NextPosition(Func):
    """The column default that announces a position before it takes it."""

    function = "eventstore_position"
    template = "%(function)s()"
    output_field = models.BigIntegerField()


class EventQuerySet(models.QuerySet["Event"]):
    def stream(self, name: str) -> Self:
        return self.filter(stream=name).order_by("version")

    def after(self, position: int) -> Self:
        return self.filter(position__gt=position).order_by("position")

    def settled(self, horizon: int) -> Self:
        """Only what no writer still under way can precede; ask `horizon()` first."""
        return self.filter(position__lte=horizon)


class Event(models.Model):
    """One fact, for ever: triggers refuse UPDATE and DELETE and keep streams
    gapless."""

    id = models.UUIDField(primary_key=True)
    position = models.BigIntegerField(db_default=NextPosition(), editable=False)
    stream = models.CharField(max_length=120)
    version = models.PositiveIntegerField()
    type = models.CharField(max_length=80)
    schema_version = models.PositiveSmallIntegerField()
    data = models.JSONField()
    metadata = models.JSONField()
    recorded_at = models.DateTimeField(db_default=Now())
    # Given as the keyed hash of the content; the database chains it over the stream.
    digest = models.BinaryField(editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["position"], name="event_position_is_unique"
            ),
            models.UniqueConstraint(
                fields=["stream", "version"], name="event_one_per_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.version}: {self.type}"


class Snapshot(models.Model):
    """The state of one stream at one version: droppable, never trusted alone."""

    stream = models.CharField(max_length=120, primary_key=True)
    version = models.PositiveIntegerField()
    schema_version = models.PositiveSmallIntegerField()
    state = models.JSONField()

    def __str__(self) -> str:
        return f"{self.stream} at {self.version}"


class PersonKey(models.Model):
    """What opens the sealed fields about one person; without it nothing does."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # A keyed hash of the identity: to be found by it, not to be read from it.
    subject = models.BinaryField(unique=True)
    wrapped = models.BinaryField()
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return str(self.id)


class Erasure(models.Model):
    """That a person was erased, when, by whom and where: without saying who it was."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    erased_at = models.DateTimeField(db_default=Now())
    actor = models.CharField(max_length=200)
    certificate = models.JSONField()

    def __str__(self) -> str:
        return f"{self.erased_at:%Y-%m-%d %H:%M} {self.id}"


class Deadline(models.Model):
    """Something that is due: written and deleted with the events it belongs to."""

    id = models.BigAutoField(primary_key=True)
    process = models.CharField(max_length=80)
    stream = models.CharField(max_length=120)
    key = models.CharField(max_length=120)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["process", "stream", "key"], name="deadline_one_per_key"
            )
        ]
        indexes = [models.Index(fields=["due_at"], name="deadline_due_at")]

    def __str__(self) -> str:
        return f"{self.process} {self.key} at {self.due_at:%Y-%m-%d %H:%M:%S}"


class HandledMessage(models.Model):
    """A message a process has acted upon: the same one again has no effect."""

    id = models.BigAutoField(primary_key=True)
    process = models.CharField(max_length=80)
    key = models.CharField(max_length=120)
    message = models.CharField(max_length=120)
    handled_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["process", "key", "message"], name="handled_message_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.process} {self.key}: {self.message}"


def horizon() -> int:
    """The highest position below which nothing can appear any more.

    Ask this first, then read `position <= horizon` as a separate statement under READ
    COMMITTED: a lock that has gone means rows visible to the *next* statement.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT eventstore_horizon()")
        row = cursor.fetchone()
    return int(row[0])
