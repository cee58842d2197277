"""The pages that say what went wrong; under /api/ the same as problem+json."""

import logging
import sys
from http import HTTPStatus

from django.db import Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from registrations.api import problems

logger = logging.getLogger(__name__)

SECONDS_TO_RETRY = 5
# Ours was open too long; or it may only read (a standby, a server being moved).
STATES_OF_TROUBLE = ("25P03", "25006")
# No connection, or one that ended: without a code, or one of these classes of codes
# (connection exception; operator intervention, of which a cancelled query is none).
CONNECTION_LOST = ("08", "57P")


CODES = {
    400: "bad-request",
    403: "permission-denied",
    404: "not-found",
    429: "throttled",
    500: "internal-error",
    503: "temporarily-unavailable",
}


def problem(
    request: HttpRequest, status: int, detail: str, code: str = ""
) -> HttpResponse:
    """The answer in the form the caller reads: a page, or RFC 9457 under /api/."""
    if request.path_info.startswith("/api/"):
        return problems.problem(status, code or CODES[status], detail)
    context = {
        "status": status,
        "title": HTTPStatus(status).phrase,
        "detail": detail,
        "request_id": getattr(request, "id", ""),
    }
    # Our own trouble is told without context processors: they may touch the session,
    # the database or whatever else is broken.
    is_ours = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    page = render_to_string(f"{status}.html", context, None if is_ours else request)
    return HttpResponse(page, status=status, headers={"Cache-Control": "no-store"})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(request, 400, _("This request cannot be understood."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(request, 403, _("You may not see or do this."))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(request, 404, _("There is nothing at this address."))


def server_error(request: HttpRequest) -> HttpResponse:
    """Also where trouble ends that arose in a middleware (a session, a throttle)."""
    exception = sys.exc_info()[1]
    if is_database_trouble(exception):
        return service_unavailable(request, exception)
    return problem(request, 500, _("Something went wrong on our side."))


def is_database_trouble(exception: BaseException | None) -> bool:
    """Busy (a timeout, a deadlock), away, or not to be written to: not a bug."""
    if isinstance(exception, OperationalError | InterfaceError):
        return True
    return isinstance(exception, Error) and _sqlstate(exception) in STATES_OF_TROUBLE


def is_database_away(exception: BaseException | None) -> bool:
    """Not reached at all: a lock that was not got, for example, has a code."""
    if not isinstance(exception, OperationalError | InterfaceError):
        return False
    sqlstate = _sqlstate(exception)
    return not sqlstate or sqlstate.startswith(CONNECTION_LOST)


def _sqlstate(exception: BaseException) -> str:
    return getattr(exception.__cause__, "sqlstate", None) or ""


def service_unavailable(
    request: HttpRequest, exception: BaseException | None = None
) -> HttpResponse:
    request_id = getattr(request, "id", "")
    logger.warning("503 for request %s: %s", request_id, type(exception).__name__)
    if is_database_away(exception):
        detail = _(
            "The site cannot reach its database at the moment. Try again in a minute."
        )
    else:
        detail = _(
            "Too much is going on at the moment. Nothing was changed; try again."
        )
    response = problem(request, 503, detail)
    response["Retry-After"] = str(SECONDS_TO_RETRY)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return problem(
        request,
        403,
        _("This page was open too long. Go back, reload it and submit again."),
        "csrf-failed",
    )
