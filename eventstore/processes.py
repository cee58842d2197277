"""What lets a process manager act once on each message and be on time."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic

from django.db import OperationalError, transaction
from django.db.models import F, Min, QuerySet
from django.utils import timezone

from eventstore.context import context
from eventstore.models import Deadline
from eventstore.sql import fetch
from eventstore.store import lock, try_lock

logger = logging.getLogger(__name__)

# Called with the stream (locked) and the keys that are due, inside one transaction.
DueHandler = Callable[[str, list[str], datetime], None]
_handlers: dict[str, DueHandler] = {}

# After this many failures a deadline waits for a human; it stays visible in the admin.
MAX_ATTEMPTS = 10
STREAMS_AT_ONCE = 200
# Per transaction, and more where a process has shown to be quick: others wait for the
# stream so long as it lasts.
DEADLINES_AT_ONCE, AT_MOST = 20, 160
QUICK = 0.05
BACK_OFF = timedelta(seconds=5)
NOTE = """
INSERT INTO eventstore_handledmessage (process, key, message) VALUES (%s, %s, %s)
    ON CONFLICT DO NOTHING RETURNING id
"""


def on_deadline(process: str, handler: DueHandler) -> None:
    """Say who acts when a deadline of this process is due."""
    _handlers[process] = handler


def handled_before(process: str, key: str, message: str) -> bool:
    """Note the message as handled; True if it was already: then do nothing.

    The note commits or rolls back with what the message caused.
    """
    return not fetch(NOTE, [process, key, message])


def set_deadline(process: str, stream: str, key: str, due_at: datetime) -> None:
    """Set or move a deadline, in the transaction of the event that causes it.

    The caller holds the lock of the stream: all work on its deadlines is done under it.
    """
    Deadline.objects.bulk_create(
        [Deadline(process=process, stream=stream, key=key, due_at=due_at)],
        update_conflicts=True,
        unique_fields=["process", "stream", "key"],
        update_fields=["due_at", "attempts", "error"],
    )


def clear_deadline(process: str, stream: str, key: str) -> None:
    Deadline.objects.filter(process=process, stream=stream, key=key).delete()


def _due(now: datetime) -> QuerySet[Deadline]:
    return Deadline.objects.filter(due_at__lte=now, attempts__lt=MAX_ATTEMPTS)


def oldest_due(now: datetime) -> datetime | None:
    """When the longest overdue deadline was due; None if nothing is due."""
    oldest: datetime | None = _due(now).aggregate(oldest=Min("due_at"))["oldest"]
    return oldest


def fire(*, for_seconds: float = 1.0) -> int:
    """Act on what is due, one stream per transaction; how many deadlines were met.

    Any number of workers may do this at once. A worker that dies loses nothing: the
    deadline and its consequence commit together.
    """
    met, stop = 0, monotonic() + for_seconds
    sizes: dict[str, int] = {}
    while monotonic() < stop and (cases := _due_cases()):
        before, busy = met, []
        for case in cases:
            size, began = sizes.get(case[0], DEADLINES_AT_ONCE), monotonic()
            done = _meet(*case, size)
            if done is None:
                busy.append(case)
            elif done == size:
                sizes[case[0]] = _paced(size, monotonic() - began)
            met += done or 0
            if monotonic() >= stop:
                break
        if met == before:
            # Everything due is busy elsewhere: queue up for one stream instead of
            # spinning
            met += (_meet(*busy[0], wait=True) or 0) if busy else 0
            break
    return met


def _paced(size: int, seconds: float) -> int:
    if seconds < QUICK:
        return min(size * 2, AT_MOST)
    return max(size // 2, DEADLINES_AT_ONCE)


def _due_cases() -> list[tuple[str, str]]:
    """Processes and streams with something due, the longest overdue first."""
    return list(
        _due(timezone.now())
        .values("process", "stream")
        .annotate(oldest=Min("due_at"))
        .order_by("oldest")
        .values_list("process", "stream")[:STREAMS_AT_ONCE]
    )


def _meet(
    process: str, stream: str, size: int = DEADLINES_AT_ONCE, *, wait: bool = False
) -> int | None:
    """Meet the due deadlines of a process on one stream; None if somebody else holds
    the stream."""
    try:
        with transaction.atomic(), context(actor="clock"):
            if wait:
                lock(stream)
            elif not try_lock(stream):
                return None
            now = timezone.now()
            # By the index on both, however many others are waiting.
            waiting = _due(now).filter(process=process, stream=stream)
            due = list(waiting.order_by("due_at", "id")[:size])
            if due:
                _act(process, stream, due, now)
            return len(due)
    except OperationalError as error:
        # A lock that is not to be had now; the other streams need not wait for it.
        logger.warning("Deadlines of %s have to wait: %s", stream, error)
        return 0


def _act(process: str, stream: str, due: list[Deadline], now: datetime) -> None:
    ids = [deadline.pk for deadline in due]
    try:
        with transaction.atomic():
            _handlers[process](stream, [deadline.key for deadline in due], now)
            # What the handler moved into the future stays.
            Deadline.objects.filter(pk__in=ids, due_at__lte=now).delete()
    except OperationalError:
        # The database's trouble is not the deadline's: due as before, tried at once.
        raise
    except Exception as error:
        if len(due) > 1:
            # One that cannot be met must not keep the others waiting.
            for deadline in due:
                _act(process, stream, [deadline], now)
            return
        logger.exception("Deadline of %s on %s failed", process, stream)
        Deadline.objects.filter(pk__in=ids).update(
            attempts=F("attempts") + 1,
            due_at=now + BACK_OFF,
            error=f"{type(error).__name__}: {error}"[:500],
        )
