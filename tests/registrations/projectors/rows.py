"""Read models as plain values, and how they come out of events."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from django.db import transaction

from eventstore.events import RecordedEvent
from eventstore.models import Event
from eventstore.projections import Projector, projectors
from eventstore.sql import execute
from eventstore.store import recorded_events

# Ours, without those that other tests made up.
NAMES = sorted(
    name
    for name, projector in projectors.items()
    if type(projector).__module__.startswith("registrations.") and projector.models
)


def rows_of(projector: Projector) -> dict[str, list[tuple[Any, ...]]]:
    return {
        model.__name__: sorted(model._default_manager.values_list(), key=str)
        for model in projector.models
    }


def history() -> list[RecordedEvent]:
    return list(recorded_events(Event.objects.after(0)))


def empty(projector: Projector) -> None:
    for model in projector.models:
        # Not DELETE, which the ledger refuses.
        execute(f'TRUNCATE "{model._meta.db_table}"')


def projected(
    projector: Projector, events: Sequence[RecordedEvent], cuts: Sequence[int]
) -> dict[str, list[tuple[Any, ...]]]:
    """The rows after these events, cut into batches; nothing of it stays."""
    own = projector.own(events)
    edges = sorted({0, len(own), *(cut % (len(own) + 1) for cut in cuts)})
    with transaction.atomic():
        empty(projector)
        for begin, end in pairwise(edges):
            projector.project_many(own[begin:end])
        rows = rows_of(projector)
        transaction.set_rollback(True)
    return rows
