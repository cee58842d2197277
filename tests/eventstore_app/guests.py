"""Events about people, and read models that name them."""

from typing import Any, ClassVar
from uuid import UUID

from django.db import models

from eventstore import events
from eventstore.aggregates import Aggregate
from eventstore.events import Personal, RecordedEvent, event
from eventstore.projections import Projector, on, projectors


@event
class Arrived:
    guest: dict[str, str]
    room: int


@event
class Remarked:
    remark: str | None


@event
class Left:
    pass


GUEST = Personal(subject=lambda guest: guest["email"], erased={"name": "", "email": ""})
events.register("test-arrived", 1, Arrived, personal={"guest": GUEST})
events.register(
    "test-remarked",
    1,
    Remarked,
    personal={"remark": Personal(subject=None, erased="")},
)
events.register("test-left", 1, Left)


class Stay(Aggregate):
    category = "stay"
    snapshot_every = 2
    snapshot_schema = 1

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.names: list[str] = []

    def arrive(self, name: str, email: str) -> None:
        self.record(Arrived(guest={"name": name, "email": email}, room=1))

    def apply(self, event: object) -> None:
        if isinstance(event, Arrived):
            self.names.append(event.guest["name"])

    def to_snapshot(self) -> dict[str, Any]:
        return {"names": self.names}

    def from_snapshot(self, state: dict[str, Any]) -> None:
        self.names = state["names"]


class Guest(models.Model):
    stream = models.CharField(max_length=120, primary_key=True)
    name = models.CharField(max_length=40)
    room = models.IntegerField()
    remark = models.CharField(max_length=200, default="")
    has_left = models.BooleanField(default=False)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class InlineGuest(Guest):
    class Meta:
        app_label = "eventstore_app"


class LaggingGuest(Guest):
    class Meta:
        app_label = "eventstore_app"


# Rooms that the lagging one cannot take in, as if it had a bug.
unlucky: set[int] = set()


class _Keep(Projector, abstract=True):
    def arrived(self, event: Arrived, recorded: RecordedEvent) -> None:
        if event.room in unlucky and not self.inline:
            raise ValueError(f"{event.guest} brings bad luck")
        values = {"name": event.guest["name"], "room": event.room}
        self.models[0]._default_manager.update_or_create(
            stream=recorded.stream, defaults=values
        )

    def change(self, recorded: RecordedEvent, **values: Any) -> None:
        self.models[0]._default_manager.filter(pk=recorded.stream).update(**values)


class KeepGuests(_Keep):
    models = [InlineGuest]

    @on(Arrived)
    def when_arrived(self, event: Arrived, recorded: RecordedEvent) -> None:
        self.arrived(event, recorded)

    @on(Remarked)
    def when_remarked(self, event: Remarked, recorded: RecordedEvent) -> None:
        self.change(recorded, remark=event.remark or "")

    @on(Left)
    def when_left(self, _: Left, recorded: RecordedEvent) -> None:
        self.change(recorded, has_left=True)


class KeepGuestsLater(_Keep):
    models = [LaggingGuest]
    inline = False

    @on(Arrived)
    def when_arrived(self, event: Arrived, recorded: RecordedEvent) -> None:
        self.arrived(event, recorded)

    @on(Left)
    def when_left(self, _: Left, recorded: RecordedEvent) -> None:
        self.change(recorded, has_left=True)


MODELS = [InlineGuest, LaggingGuest]
OWN = {
    projector.__name__: projectors.pop(projector.__name__)
    for projector in (KeepGuests, KeepGuestsLater)
}
inline, lagging = OWN.values()
