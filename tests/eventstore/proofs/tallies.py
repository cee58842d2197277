"""Asynchronous projections of the proofs, and whether they are right in the end."""

import time
from collections import Counter
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError, connection
from django.db.models import Max, Sum
from django.db.models.fields import IntegerField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django_q.models import OrmQ

from eventstore import catch_up
from eventstore.models import Event, horizon
from eventstore.projection_models import Checkpoint, Parked
from eventstore.projections import Projector
from tests.eventstore_app import read_models
from tests.eventstore_app.read_models import LaggingTally, SqlTally

PROJECTORS: dict[str, Projector] = {
    one.name: one for one in (read_models.lagging, read_models.by_sql, read_models.tell)
}


def create_tables() -> None:
    with connection.schema_editor() as editor:
        for model in (LaggingTally, SqlTally):
            editor.create_model(model)


def begin_anew() -> None:
    """As if no projector had ever run; the reactor takes in the history as well."""
    Parked.objects.all().delete()
    Checkpoint.objects.all().delete()
    Checkpoint.objects.create(projector=read_models.tell.name, position=0)
    for model in (LaggingTally, SqlTally, OrmQ):
        model._default_manager.all().delete()


def follow_up(names: list[str], limit: int = 20, seconds: float = 60) -> None:
    """Take in everything there is; waits for the claim of a runner just killed."""
    end, top = time.monotonic() + seconds, horizon()
    for name in names:
        reached = Checkpoint.objects.filter(pk=name, position__gte=top)
        while not reached.exists():
            assert time.monotonic() < end, f"{name} did not come to {top}"
            if not catch_up.run(PROJECTORS[name], limit=limit):
                time.sleep(0.005)


def keep_following(names: list[str], *, limit: int = 20) -> None:
    """Until killed, through whatever happens to the database."""
    while True:
        try:
            done = [catch_up.run(PROJECTORS[name], limit=limit) for name in names]
        except (OperationalError, InterfaceError):
            connection.close()
            done = []
        if not any(done):
            time.sleep(0.01)


@dataclass
class Followed:
    """Over all streams: what projections lost, took in twice, or in a wrong order."""

    events: int = 0
    lost: int = 0
    doubled: int = 0
    out_of_order: int = 0

    @property
    def is_right(self) -> bool:
        return not (self.lost or self.doubled or self.out_of_order)


def judge_tallies() -> Followed:
    """Compare what was counted with the events themselves."""
    followed = Followed()
    counted = Event.objects.filter(type="test-counted")
    seen = dict(LaggingTally._default_manager.values_list("name", "seen"))
    for stream, last in (
        counted.values("stream")
        .annotate(last=Max("version"))
        .values_list("stream", "last")
    ):
        versions = [int(version) for version in seen.pop(stream, "").split()]
        times = Counter(versions)
        followed.events += last
        followed.lost += sum(times[n] == 0 for n in range(1, last + 1))
        followed.doubled += sum(n - 1 for n in times.values())
        followed.out_of_order += versions != sorted(versions)
    # What is left was counted without an event.
    followed.doubled += len(seen)
    amount = Cast(KT("data__amount"), IntegerField())
    wanted = counted.aggregate(total=Sum(amount))["total"] or 0
    summed = SqlTally._default_manager.aggregate(total=Sum("total"))["total"] or 0
    told = OrmQ.objects.count()
    for there in (summed - wanted, told - counted.count()):
        followed.lost += max(-there, 0)
        followed.doubled += max(there, 0)
    return followed
