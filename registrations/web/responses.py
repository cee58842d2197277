"""Answers that more than one page gives."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse


class HttpResponseSeeOther(HttpResponseRedirect):
    """After a POST: the browser asks for the next page with GET, whatever it sent."""

    status_code = 303


def see_other(name: str, *args: Any) -> HttpResponse:
    return HttpResponseSeeOther(reverse(f"registrations:{name}", args=args))
