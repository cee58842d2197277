"""Answers for load balancers and supervisors."""

from collections.abc import Callable
from functools import cache

from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from conference_site import throttling
from conference_site.serving import missing_migrations, refusal
from eventstore import status

DATABASE_MILLISECONDS = 500
LATE_SECONDS = 60


class NotReady(Exception):
    """A part that cannot serve requests yet, or no longer."""


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """The process answers. Touches nothing else: a broken database is no reason to
    kill a healthy process."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Whether requests can be served now; says which part cannot, but not why.

    What only workers can put right makes it `degraded`: people can register and pay
    all the same, and would not if each web process were taken out of service.
    """
    parts = {name: _state(check) for name, check in CHECKS.items()}
    failed = {name for name, state in parts.items() if state != "ok"}
    if failed - OF_WORKERS:
        return JsonResponse({"status": "failed", "parts": parts}, status=503)
    return JsonResponse({"status": "degraded" if failed else "ok", "parts": parts})


def _state(check: Callable[[], None]) -> str:
    try:
        check()
    except (DatabaseError, NotReady):
        return "failed"
    return "ok"


def _database_is_writable() -> None:
    """A replica or a full disk answers reads as if nothing were wrong."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {DATABASE_MILLISECONDS}")
            cursor.execute(
                "INSERT INTO conference_site_throttlecounter (key, used, ends_at)"
                " VALUES (%s, 1, now())",
                [throttling.key("ready", "try", str(id(cursor)))],
            )
        transaction.set_rollback(True)


def _migrations_are_applied() -> None:
    if not _all_migrations_applied():
        _all_migrations_applied.cache_clear()
        raise NotReady


@cache
def _all_migrations_applied() -> bool:
    """Asked until it was true once: reading all migrations takes its time."""
    return not missing_migrations()


def _deadlines_are_met() -> None:
    """What is due waits for nobody: seats would stay held, mail unsent."""
    if status.deadline_age(timezone.now()) > LATE_SECONDS:
        raise NotReady


def _horizon_moves() -> None:
    """An append left open keeps everything from the projectors that comes after."""
    if status.horizon_age() > LATE_SECONDS:
        raise NotReady


def _erasures_are_applied() -> None:
    """A backup that was restored under a running site knows too much."""
    if refusal():
        raise NotReady


CHECKS: dict[str, Callable[[], None]] = {
    "database": _database_is_writable,
    "migrations": _migrations_are_applied,
    "deadlines": _deadlines_are_met,
    "horizon": _horizon_moves,
    "erasures": _erasures_are_applied,
}
OF_WORKERS = {"deadlines", "horizon"}
