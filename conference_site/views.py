"""The pages that say what went wrong; under /api/ the same as problem+json."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def problem(
    request: HttpRequest, status: int, detail: str, code: str = ""
) -> HttpResponse:
    """The answer in the form the caller reads: a page, or RFC 9457 under /api/."""
    title = HTTPStatus(status).phrase
    if not request.path.startswith("/api/"):
        context = {"title": title, "detail": detail, "status": status}
        return render(request, f"{status}.html", context, status=status)
    body = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code or title.lower().replace(" ", "-"),
    }
    return JsonResponse(body, status=status, content_type="application/problem+json")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(request, 400, _("This request cannot be understood."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(request, 403, _("You may not see or do this."))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(request, 404, _("There is nothing at this address."))


def server_error(request: HttpRequest) -> HttpResponse:
    return problem(request, 500, _("Something went wrong on our side."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return problem(
        request,
        403,
        _("This page was open too long. Go back, reload it and submit again."),
    )
