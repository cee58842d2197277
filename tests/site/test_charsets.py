"""A charset that Django cannot use would end before any middleware."""

from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application
from django.test import RequestFactory

from conference_site.wsgi import application

# The end of a request closes stale connections.
pytestmark = pytest.mark.django_db


def environ(content_type: str) -> dict[str, Any]:
    request = RequestFactory().get("/live?next=%2F")
    return request.environ | {"CONTENT_TYPE": content_type, "HTTP_HOST": "localhost"}


def status_of(content_type: str) -> str:
    answers: list[str] = []

    def start_response(status: str, headers: Any, error: Any = None) -> None:
        answers.append(status)

    application(environ(content_type), start_response)
    return answers[0]


@pytest.mark.parametrize("charset", ["hex", "idna", "utf-16", "klingon", '"hex"'])
def test_other_charsets_are_answered_400(charset: str) -> None:
    assert status_of(f"text/plain; charset={charset}") == "400 Bad Request"


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "text/plain; charset=UTF-8", "a; b=c", ";;=", "é"],
)
def test_everything_else_passes(content_type: str) -> None:
    assert status_of(content_type) == "200 OK"


def test_control_django_alone_fails() -> None:
    with pytest.raises(LookupError):
        unguarded: Any = get_wsgi_application()
        unguarded(environ("text/plain; charset=hex"), None)
