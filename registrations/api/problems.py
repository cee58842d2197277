"""Every refusal of the API as `application/problem+json` (RFC 9457).

`problem` needs no view, so that middleware and the site's own error pages answer in
the same form. `problem_response` is the exception handler of all API views.
"""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from functools import singledispatch
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.db import OperationalError
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from rest_framework import exceptions
from rest_framework.settings import api_settings

from eventstore.store import Conflict
from registrations.api.problem_types import PROBLEM_TYPES
from registrations.domain import errors as domain

log = logging.getLogger(__name__)

SECONDS_TO_RETRY = 5
MEDIA_TYPE = "application/problem+json"
FieldErrors = Sequence[tuple[str, str]]


def problem(
    status: int,
    code: str,
    detail: str | Promise,
    errors: FieldErrors | None = None,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """One refusal, ready to send.

    `code` is best one of PROBLEM_TYPES; `errors` are pairs of field and message, where
    the field "" means the request as a whole.
    """
    known = PROBLEM_TYPES.get(code)
    body: dict[str, Any] = {
        "type": type_address(code) if known else "about:blank",
        "title": str(known.title) if known else HTTPStatus(status).phrase,
        "status": status,
        "detail": str(detail),
        "code": code,
    }
    if errors is not None:
        body["errors"] = [
            {"field": field, "message": str(message)} for field, message in errors
        ]
    return HttpResponse(
        json.dumps(body),
        status=status,
        content_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def type_address(code: str) -> str:
    """Where a client can read what this code means."""
    path = reverse("api:problem-type", args=[code])
    return f"{settings.BASE_URL}{path}"


def problem_response(exc: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """The exception as a problem, or None where it is a fault of ours: that one goes on
    to Django, which logs it and lets the site's error page answer 500."""
    return refusal(exc)


@singledispatch
def refusal(exc: Exception) -> HttpResponse | None:
    """What this exception tells a client; None where it is nobody's refusal."""
    return None


def not_found() -> HttpResponse:
    """The same for what is not there and for what the caller may not see."""
    return problem(404, "not-found", PROBLEM_TYPES["not-found"].meaning)


@refusal.register(Http404)
@refusal.register(domain.NotFound)
def _nothing_there(exc: Exception) -> HttpResponse:
    return not_found()


@refusal.register
def _forbidden(exc: PermissionDenied) -> HttpResponse:
    return problem(403, "permission-denied", PROBLEM_TYPES["permission-denied"].meaning)


@refusal.register
def _suspicious(exc: SuspiciousOperation) -> HttpResponse:
    return problem(400, "bad-request", PROBLEM_TYPES["bad-request"].meaning)


@refusal.register
def _too_large(exc: RequestDataTooBig) -> HttpResponse:
    return problem(413, "body-too-large", PROBLEM_TYPES["body-too-large"].meaning)


@refusal.register
def _busy(exc: OperationalError) -> HttpResponse:
    # Lock or statement time-out, deadlock, or the database is away: the transaction
    # is rolled back, so the same request may simply come again.
    log.warning("The database refused an API request: %s", exc)
    return _try_again()


@refusal.register
def _contended(exc: Conflict) -> HttpResponse:
    log.warning("A stream was contended beyond its retries: %s", exc)
    return _try_again()


def _try_again() -> HttpResponse:
    code = "temporarily-unavailable"
    headers = {"Retry-After": str(SECONDS_TO_RETRY)}
    return problem(503, code, PROBLEM_TYPES[code].meaning, headers=headers)


@refusal.register
def _domain_refusal(exc: domain.StateForbids) -> HttpResponse:
    return problem(409, exc.code, str(exc))


@refusal.register
def _conference_closed(exc: domain.ConferenceClosed) -> HttpResponse:
    # Not a 404: whoever meets this holds an order of that conference.
    return problem(409, exc.code, str(exc))


@refusal.register
def _stale(exc: domain.StaleVersion) -> HttpResponse:
    return problem(412, exc.code, str(exc))


@refusal.register(domain.InvalidItems)
@refusal.register(domain.InvalidPositions)
@refusal.register(domain.UnknownProvider)
def _domain_input(
    exc: domain.InvalidItems | domain.InvalidPositions | domain.UnknownProvider,
) -> HttpResponse:
    return problem(400, exc.code, str(exc), [(exc.field, str(exc))])


@refusal.register
def _framework_refusal(exc: exceptions.APIException) -> HttpResponse:
    code = str(exc.default_code).replace("_", "-")
    headers = {}
    if challenge := getattr(exc, "auth_header", ""):
        headers["WWW-Authenticate"] = challenge
    if retry_after := getattr(exc, "retry_after", None):
        headers["Retry-After"] = str(retry_after)
    field = getattr(exc, "field", "")
    errors = [(field, str(exc.detail))] if exc.status_code == 400 else None
    return problem(exc.status_code, code, str(exc.detail), errors, headers)


@refusal.register
def _unauthenticated(exc: exceptions.NotAuthenticated) -> HttpResponse:
    """Says what to send: also who sent a token of another kind has not got it right."""
    code = "not-authenticated"
    headers = {"WWW-Authenticate": getattr(exc, "auth_header", "")}
    return problem(401, code, PROBLEM_TYPES[code].meaning, headers=headers)


@refusal.register
def _invalid_input(exc: exceptions.ValidationError) -> HttpResponse:
    errors = list(field_errors(exc.detail))
    named = ", ".join(dict.fromkeys(field for field, _message in errors if field))
    detail = (
        gettext("The request has invalid fields: %(fields)s.") % {"fields": named}
        if named
        else " ".join(message for _field, message in errors)
    )
    return problem(400, "invalid-input", detail, errors)


@refusal.register
def _method(exc: exceptions.MethodNotAllowed) -> HttpResponse:
    return problem(405, "method-not-allowed", str(exc.detail))


def field_errors(detail: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Nested messages as pairs of a dotted path (`items.1.quantity`) and a message."""
    if isinstance(detail, Mapping):
        for key, inner in detail.items():
            at_root = key == api_settings.NON_FIELD_ERRORS_KEY
            yield from field_errors(inner, path if at_root else _join(path, key))
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list)
            yield from field_errors(inner, _join(path, index) if nested else path)
    else:
        yield path, str(detail)


def _join(path: str, step: object) -> str:
    return f"{path}.{step}" if path else str(step)
