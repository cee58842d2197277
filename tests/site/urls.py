"""The site's addresses, and a few that do what should never happen."""

import psycopg
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    connection,
    transaction,
)
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from conference_site import urls
from conference_site.models import ThrottleCounter
from eventstore.context import current

handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500


def fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("SELECT secret FROM somewhere")


def forbid(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def refuse(request: HttpRequest) -> HttpResponse:
    raise BadRequest


def time_out(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 10")
        try:
            cursor.execute("SELECT pg_sleep(2)")
        finally:
            cursor.execute("RESET statement_timeout")
    return HttpResponse()


def wait_for_lock(request: HttpRequest) -> HttpResponse:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = 10")
        cursor.execute("LOCK TABLE conference_site_throttlecounter")
    return HttpResponse()


def lose_connection(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    return HttpResponse()


def deadlock(request: HttpRequest) -> HttpResponse:
    raise OperationalError from psycopg.errors.DeadlockDetected()


def closed(request: HttpRequest) -> HttpResponse:
    raise InterfaceError("connection already closed")


def idle_too_long(request: HttpRequest) -> HttpResponse:
    cause = psycopg.errors.lookup("25P03")()
    raise DatabaseError from cause


def read_only(request: HttpRequest) -> HttpResponse:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
        cursor.execute("CREATE TABLE written_to_a_standby ()")
    return HttpResponse()


def describe(request: HttpRequest) -> HttpResponse:
    now = current()
    return JsonResponse(
        {
            "actor": now.actor,
            "correlation": str(now.correlation),
            "id": str(request.id),  # type: ignore[attr-defined]
            "post": dict(request.POST.lists()),
        }
    )


def try_something(request: HttpRequest) -> HttpResponse:
    """Fails after writing, as a view in a transaction would."""
    ThrottleCounter.objects.count()
    if "fail" in request.GET:
        raise RuntimeError
    return HttpResponse("done")


@csrf_exempt
def read_body(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.body)


VIEWS = {
    "fail": fail,
    "forbid": forbid,
    "refuse": refuse,
    "time-out": time_out,
    "wait-for-lock": wait_for_lock,
    "lose-connection": lose_connection,
    "deadlock": deadlock,
    "closed": closed,
    "idle-too-long": idle_too_long,
    "read-only": read_only,
    "describe": describe,
    "try-something": try_something,
    "read-body": read_body,
}

urlpatterns = [
    *(
        path(f"{prefix}{name}/", view, name=f"{name}")
        for name, view in VIEWS.items()
        for prefix in ("test/", "api/test/", "admin/test/")
    ),
    *urls.urlpatterns,
]
