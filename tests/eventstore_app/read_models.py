"""What is counted, and projectors that keep the counts in three ways.

The projectors are registered only while a test asks for them: see `conftest`.
"""

from collections.abc import Sequence
from typing import ClassVar, Self

from django.db import connection, models
from django_q.tasks import async_task

from eventstore import events
from eventstore.events import RecordedEvent, event
from eventstore.projections import Projector, Reactor, on, projectors


@event
class Counted:
    amount: int


@event
class Cleared:
    pass


events.register("test-counted", 1, Counted)
events.register("test-cleared", 1, Cleared)
# Retired: two events are made of each that is stored.
events.register(
    "test-counted-twice",
    2,
    None,
    upcasters={1: lambda stored: [("test-counted", stored)] * 2},
)

# Amounts that projectors cannot take in, as if they had a bug.
unlucky: set[int] = set()


class Tally(models.Model):
    name = models.CharField(max_length=40, primary_key=True)
    total = models.IntegerField(default=0)
    # Every version in the order in which it was taken in.
    seen = models.TextField(db_default="")

    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.name}: {self.total}"


class InlineTally(Tally):
    """Kept inline."""

    class Meta:
        app_label = "eventstore_app"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(total__gte=0), name="inline_tally_not_negative"
            )
        ]
        indexes = [models.Index(fields=["total"], name="inline_tally_total")]


class LaggingTally(Tally):
    class Meta:
        app_label = "eventstore_app"


class SqlTally(models.Model):
    name = models.CharField(max_length=40, primary_key=True)
    total = models.IntegerField(default=0)

    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "eventstore_app"

    def __str__(self) -> str:
        return f"{self.name}: {self.total}"


COUNT = """
INSERT INTO {table} AS tally (name, total, seen) VALUES (%s, %s, %s)
ON CONFLICT (name) DO UPDATE
SET total = tally.total + excluded.total, seen = tally.seen || excluded.seen
"""


def count(model: type[Tally], amount: int, recorded: RecordedEvent) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            COUNT.format(table=model._meta.db_table),
            [recorded.stream, amount, f"{recorded.version} "],
        )
    if amount in unlucky:
        raise ValueError(f"{amount} brings bad luck")


class KeepInline(Projector):
    models = [InlineTally]
    batch = 20

    @on(Counted)
    def when_counted(self, event: Counted, recorded: RecordedEvent) -> None:
        count(InlineTally, event.amount, recorded)

    @on(Cleared)
    def when_cleared(self, _: Cleared, recorded: RecordedEvent) -> None:
        InlineTally.objects.filter(pk=recorded.stream).delete()


class KeepLagging(Projector):
    models = [LaggingTally]
    inline = False
    batch = 20

    @on(Counted)
    def when_counted(self, event: Counted, recorded: RecordedEvent) -> None:
        count(LaggingTally, event.amount, recorded)


class KeepBySql(Projector):
    models = [SqlTally]
    inline = False
    batch = 10_000

    @on(Counted)
    def when_counted(self, event: Counted, recorded: RecordedEvent) -> None:
        self.project_many([recorded])

    def project_many(self, events: Sequence[RecordedEvent]) -> None:
        for recorded in events:
            row, _ = SqlTally.objects.get_or_create(name=recorded.stream)
            row.total += recorded.event.amount
            row.save()

    def project_range(self, after: int, upto: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO eventstore_app_sqltally AS tally (name, total)"
                " SELECT stream, sum((data->>'amount')::int) FROM eventstore_event"
                " WHERE type = 'test-counted' AND position > %s AND position <= %s"
                " GROUP BY stream ON CONFLICT (name) DO UPDATE"
                " SET total = tally.total + excluded.total",
                [after, upto],
            )


class Tell(Reactor):
    @on(Counted)
    def when_counted(self, event: Counted, recorded: RecordedEvent) -> None:
        async_task("tests.eventstore_app.told", stream=recorded.stream)
        if event.amount in unlucky:
            raise ValueError(f"{event.amount} brings bad luck")


MODELS = [InlineTally, LaggingTally, SqlTally]
OWN = {
    projector.__name__: projectors.pop(projector.__name__)
    for projector in (KeepInline, KeepLagging, KeepBySql, Tell)
}
inline, lagging, by_sql, tell = OWN.values()
