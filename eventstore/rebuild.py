"""Making read models anew from the events, while the site goes on writing them.

The projector fills shadow tables batch by batch and each batch notes how far it came,
so whoever comes after a crash goes on from there. The live tables are locked only for
the last few events and the exchange.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic, perf_counter, sleep

from django.db import OperationalError, transaction
from django.utils import timezone
from psycopg.errors import LockNotAvailable

from eventstore.catch_up import TROUBLE
from eventstore.models import horizon
from eventstore.projection_models import Checkpoint, Parked, Rebuild
from eventstore.projections import Projector, projectors
from eventstore.shadow import (
    EVERYTHING,
    RETIRED,
    SHADOW,
    allow_what_live_does,
    drop,
    has_shape_of_models,
    make,
    tables,
    within,
)
from eventstore.sql import execute, fetch

logger = logging.getLogger(__name__)
ATTEMPTS = 200
# As many events as may be taken in while readers wait; each attempt allows one more.
TAIL = 20
SWAP = (
    f'ALTER TABLE public."{{0}}" SET SCHEMA {RETIRED};'
    f'ALTER TABLE {SHADOW}."{{0}}" SET SCHEMA public;'
)
# After this long without a batch nobody is at work any more.
ABANDONED = timedelta(seconds=5)


class RebuildUnderWay(Exception):
    """Another rebuild is at work."""


class _GivesWay(Exception):
    """Too much happened meanwhile: catch up again before the exchange."""


def rebuild(
    projector: Projector,
    *,
    progress: Callable[[Rebuild], None] = lambda state: None,
    for_seconds: float = float("inf"),
    afresh: bool = False,
) -> int:
    """Replace the rows of a projector's models by what its events say; how many were
    replayed by this call.

    Goes on where an earlier call was interrupted, unless the models have changed since
    or it shall start `afresh`. May end unfinished after `for_seconds`. What was live is
    kept until `confirm` or the next rebuild. Raises RebuildUnderWay.
    """
    stop = monotonic() + for_seconds
    with _only_one(), _error_noted(begun := _begin(projector, afresh)):
        while True:
            state, caught_up = _replay(projector)
            progress(state)
            if caught_up:
                state = _finish(projector, stop)
            if caught_up or monotonic() >= stop:
                return state.replayed - begun.replayed


def ask_for(projector: Projector) -> None:
    """Let the workers rebuild it: they go on with whatever is unfinished."""
    with _only_one():
        _begin(projector, afresh=False)
        Rebuild.objects.filter(pk=projector.name).update(
            touched_at=timezone.now() - ABANDONED
        )


def abandoned() -> list[Projector]:
    """Those whose rebuild nobody is at work on at this moment."""
    longest = timezone.now() - ABANDONED
    idle = Rebuild.objects.filter(finished_at=None, error="", touched_at__lte=longest)
    return [projectors[state.pk] for state in idle if state.pk in projectors]


@transaction.atomic
def confirm(projector: Projector) -> None:
    """Give up what was live before the rebuild."""
    drop(projector, RETIRED)
    Rebuild.objects.filter(pk=projector.name, finished_at__isnull=False).delete()


@contextmanager
def _only_one() -> Iterator[None]:
    if fetch("SELECT pg_try_advisory_lock(17748, 1)") != [(True,)]:
        raise RebuildUnderWay("Another rebuild is under way; try again later.")
    try:
        # Sorting a million events may take longer than a web request is allowed to.
        execute("SET statement_timeout = 0")
        yield
    finally:
        execute("RESET statement_timeout")
        execute("SELECT pg_advisory_unlock(17748, 1)")


@contextmanager
def _error_noted(begun: Rebuild) -> Iterator[None]:
    try:
        yield
    except (*TROUBLE, RebuildUnderWay):
        raise
    except Exception as error:
        text = f"{type(error).__name__}: {error}"[:2000]
        # An erasure starts it anew: of before, the text may say who it was.
        same = Rebuild.objects.filter(pk=begun.pk, started_at=begun.started_at)
        same.update(error=text)
        raise


@transaction.atomic
def _begin(projector: Projector, afresh: bool) -> Rebuild:
    if not projector.models:
        raise ValueError(f"{projector.name} has no tables: it is never replayed.")
    execute(f"CREATE SCHEMA IF NOT EXISTS {SHADOW}")
    execute(f"CREATE SCHEMA IF NOT EXISTS {RETIRED}")
    state = Rebuild.objects.filter(pk=projector.name, finished_at=None).first()
    if state and not afresh and has_shape_of_models(projector, SHADOW):
        state.error = ""
        state.save(update_fields=["error"])
        return state
    drop(projector, SHADOW)
    drop(projector, RETIRED)
    make(projector, SHADOW)
    Rebuild.objects.filter(pk=projector.name).delete()
    return Rebuild.objects.create(
        projector=projector.name, total=projector.stored(0, EVERYTHING).count()
    )


def _locked(projector: Projector) -> Rebuild:
    return Rebuild.objects.select_for_update().get(pk=projector.name)


def _take_in(projector: Projector, state: Rebuild, upto: int, count: int) -> None:
    if count:
        projector.project_range(state.position, upto)
    state.position, state.replayed = upto, state.replayed + count
    state.total = max(state.total, state.replayed)
    state.touched_at = timezone.now()


@within(SHADOW)
def _replay(projector: Projector) -> tuple[Rebuild, bool]:
    """Take in one batch of what is settled; whether that was all."""
    state = _locked(projector)
    # A statement of its own, before the events are read: see `horizon`.
    top = horizon()
    upto, count = projector.bound(state.position, top, projector.batch)
    before = state.replayed
    _take_in(projector, state, upto, count)
    state.save()
    if state.replayed.bit_length() > before.bit_length():
        # Each time it has doubled: else the planner takes the tables for empty.
        _analyze(projector)
    return state, upto == top


def _analyze(projector: Projector) -> None:
    for table in tables(projector):
        execute(f'ANALYZE {SHADOW}."{table}"')


def _finish(projector: Projector, stop: float) -> Rebuild:
    # The planner must know the new tables from the first query on.
    _analyze(projector)
    for attempt in range(ATTEMPTS):
        while not _replay(projector)[1]:
            pass
        try:
            return _exchange(projector, TAIL + attempt)
        except _GivesWay:
            pass
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
            # Those who waited behind this attempt come first.
            sleep(min(0.02 * (attempt + 1), 0.5))
        if monotonic() >= stop:
            break
    raise RebuildUnderWay(f"{projector.name} is too busy; call again to go on.")


def _exchange(projector: Projector, tail: int) -> Rebuild:
    """Swap the tables at the moment when the shadow holds all that was committed and
    nobody can write the live ones."""
    with within(SHADOW):
        state = _locked(projector)
        # Shorter than PostgreSQL's deadlock_timeout (1 s) and than people notice: where
        # a writer and this wait for each other, this gives way, never the writer.
        execute("SET LOCAL lock_timeout = '100ms'")
        allow_what_live_does(projector)
        parked = Parked.objects.filter(projector=projector.name)
        if projector.inline:
            # Of the time when it was not: a retry would take it in once more.
            parked.delete()
            _keep_everybody_out(projector)
            began = perf_counter()
            _take_in_tail(projector, state, EVERYTHING, tail)
        else:
            # Its only writer holds this row: the tables need no lock until the swap.
            checkpoint, _ = Checkpoint.objects.select_for_update().get_or_create(
                pk=projector.name
            )
            checkpoint.position = top = horizon()
            _take_in_tail(projector, state, top, tail)
            checkpoint.save()
            parked.delete()
            _keep_everybody_out(projector)
            began = perf_counter()
        state.finished_at = timezone.now()
        state.save()
        execute("".join(map(SWAP.format, tables(projector))))
    milliseconds = (perf_counter() - began) * 1000
    logger.info("%s: exchanged, locked for %.1f ms", projector.name, milliseconds)
    return state


def _take_in_tail(projector: Projector, state: Rebuild, top: int, most: int) -> None:
    upto, count = projector.bound(state.position, top, most)
    if count == most:
        raise _GivesWay
    _take_in(projector, state, upto, count)


def _keep_everybody_out(projector: Projector) -> None:
    """Wait for who is under way and keep new ones out; then all they wrote is
    visible."""
    names = ", ".join(f'public."{table}"' for table in tables(projector))
    execute(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE")
