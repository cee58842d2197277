"""Running asynchronous projectors: batch by batch, each event exactly once.

Whoever locks a checkpoint is its only runner; rows and checkpoint commit together,
and the claim of a runner that dies ends with its connection.
"""

import logging
from time import monotonic, sleep

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet

from eventstore.models import Event, horizon
from eventstore.projection_models import Checkpoint, Parked
from eventstore.projections import Projector, Reactor, asynchronous

logger = logging.getLogger(__name__)

# The database's trouble, not the event's: the batch is tried again, nothing is parked.
TROUBLE = (OperationalError, InterfaceError)


class NotThereYet(TimeoutError):
    """The projector has not come to this position in time."""


def run(projector: Projector, *, limit: int = 1_000) -> int:
    """Take in one batch; how many events it had.

    0 also where another runner is at work, and of an inline one, which is never behind.
    """
    if projector.inline:
        return 0
    with transaction.atomic():
        checkpoint = _claim(projector)
        if checkpoint is None:
            return 0
        # A statement of its own, before the events are read: see `horizon`.
        top = horizon()
        if top <= checkpoint.position:
            return 0
        upto, count = projector.bound(checkpoint.position, top, limit)
        if count:
            _take_in(projector, checkpoint.position, upto)
        checkpoint.position = upto
        checkpoint.save(update_fields=["position"])
    return count


def run_all(*, for_seconds: float) -> int:
    """Bring every asynchronous projector up to date; how many events were taken in."""
    done, stop = 0, monotonic() + for_seconds
    for projector in asynchronous():
        try:
            while (more := run(projector)) and monotonic() < stop:
                done += more
            done += more
        except TROUBLE as trouble:
            logger.warning("%s has to wait: %s", projector.name, trouble)
    return done


def is_needed() -> bool:
    """Whether anything is behind the horizon; cheap enough to be asked several times a
    second."""
    names = [projector.name for projector in asynchronous()]
    there = Checkpoint.objects.filter(pk__in=names, position__gte=horizon())
    return there.count() < len(names)


def retry(projector: Projector, stream: str | None = None) -> int:
    """Replay a parked stream, or all of them, in order; how many still cannot go on."""
    parked = Parked.objects.filter(projector=projector.name)
    if stream:
        parked = parked.filter(stream=stream)
    for row in parked.order_by("position"):
        _retry(projector, row.pk)
    return parked.count()


def wait_for(projector: Projector, position: int, *, timeout: float = 5.0) -> None:
    """Return once the projector has taken in what stands at this position.

    For reading one's own writes after they were committed: inside their transaction
    nobody else sees them. Raises NotThereYet.
    """
    stop, pause = monotonic() + timeout, 0.01
    there = Checkpoint.objects.filter(pk=projector.name, position__gte=position)
    while not projector.inline and not there.exists():
        if monotonic() > stop:
            raise NotThereYet(f"{projector.name} is not at {position} yet.")
        sleep(pause)
        pause = min(pause * 1.5, 0.1)


def first_position(projector: Projector, top: int) -> int:
    """Read models begin with the history, reactors with what comes from now on."""
    return top if isinstance(projector, Reactor) else 0


def _claim(projector: Projector) -> Checkpoint | None:
    rows = Checkpoint.objects.filter(pk=projector.name)
    free = rows.select_for_update(skip_locked=True)
    if claimed := free.first():
        return claimed
    if rows.exists():
        # Asked for, since an insert would wait for whoever is moving it.
        return None
    first = Checkpoint(projector.name, first_position(projector, horizon()))
    Checkpoint.objects.bulk_create([first], ignore_conflicts=True)
    return free.first()


def _take_in(projector: Projector, after: int, upto: int) -> None:
    parked = set(
        Parked.objects.filter(projector=projector.name).values_list("stream", flat=True)
    )
    stored = projector.stored(after, upto).exclude(stream__in=parked)
    try:
        with transaction.atomic():
            if parked:
                projector.project_many(projector.read(stored))
            else:
                projector.project_range(after, upto)
    except TROUBLE:
        raise
    except Exception:
        logger.warning("%s: one by one up to %s", projector.name, upto, exc_info=True)
        _one_by_one(projector, stored)


def _one_by_one(
    projector: Projector, stored: QuerySet[Event], attempts: int = 1
) -> None:
    parked: set[str] = set()
    for id, position, stream in stored.values_list("id", "position", "stream"):
        if stream in parked:
            continue
        try:
            with transaction.atomic():
                projector.project_many(projector.read(Event.objects.filter(pk=id)))
        except TROUBLE:
            raise
        except Exception as error:
            logger.exception("%s cannot follow %s", projector.name, stream)
            parked.add(stream)
            Parked.objects.create(
                projector=projector.name,
                stream=stream,
                position=position,
                error=f"{type(error).__name__}: {error}"[:2000],
                attempts=attempts,
            )


@transaction.atomic
def _retry(projector: Projector, parked_id: int) -> None:
    # The runner stays out: what it takes in next must find the stream as it left it.
    checkpoint = Checkpoint.objects.select_for_update().get(pk=projector.name)
    parked = Parked.objects.filter(pk=parked_id).first()
    if parked is None:
        return
    parked.delete()
    missed = projector.stored(parked.position - 1, checkpoint.position)
    _one_by_one(projector, missed.filter(stream=parked.stream), parked.attempts + 1)
