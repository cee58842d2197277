"""Every error is a page of ours, or problem+json under /api/; none tells secrets."""

import logging
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

CASES = [
    ("refuse", 400, "bad-request"),
    ("forbid", 403, "permission-denied"),
    ("nowhere", 404, "not-found"),
    ("fail", 500, "internal-error"),
    ("deadlock", 503, "temporarily-unavailable"),
    ("closed", 503, "temporarily-unavailable"),
    ("idle-too-long", 503, "temporarily-unavailable"),
]


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "django.request")


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "status", "code"), CASES)
def test_api_answers_with_problems(
    address: str, status: int, code: str, site: Client
) -> None:
    response = site.get(f"/api/test/{address}/")
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert response["Cache-Control"] == "no-store"
    body = response.json()
    assert (body["status"], body["code"]) == (status, code)
    assert "secret" not in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "status", "code"), CASES)
def test_pages_look_like_ours(
    address: str, status: int, code: str, site: Client
) -> None:
    response = site.get(f"/test/{address}/")
    page = response.content.decode()
    assert response.status_code == status
    assert response["Content-Type"].startswith("text/html")
    assert response["Cache-Control"] == "no-store"
    assert "<h1>" in page
    for leak in ("secret", "Traceback", "RuntimeError", "psycopg"):
        assert leak not in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("prefix", ["/test/", "/api/test/"])
@pytest.mark.parametrize("address", ["time-out", "lose-connection"])
def test_real_database_trouble_says_when_to_come_back(
    address: str, prefix: str, site: Client
) -> None:
    response = site.get(f"{prefix}{address}/")
    connection.close()  # as Django does after each real request
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert site.get("/ready").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_waiting_for_a_lock_ends(site: Client, other_connection: Any) -> None:
    with other_connection.transaction():
        other_connection.execute("LOCK TABLE conference_site_throttlecounter")
        response = site.get("/test/wait-for-lock/")
    assert (response.status_code, response["Retry-After"]) == (503, "5")


@pytest.mark.django_db(transaction=True)
def test_throttle_that_cannot_count_lets_nobody_in(
    site: Client, other_connection: Any
) -> None:
    """Fails closed, and as 503 although the trouble arose in a middleware."""
    with other_connection.transaction():
        other_connection.execute("LOCK TABLE conference_site_throttlecounter")
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = 50")
        response = site.post("/admin/login/", {"username": "a", "password": "b"})
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
    assert response.status_code == 503


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "content_type"),
    [("/admin/login/", "text/html"), ("/api/test/describe/", "problem+json")],
)
def test_stale_form_gets_a_friendly_page(
    path: str, content_type: str, site: Client
) -> None:
    site.handler.enforce_csrf_checks = True
    response = site.post(path, {"username": "a", "password": "b"})
    assert response.status_code == 403
    assert content_type in response["Content-Type"]
    if content_type == "text/html":
        assert "was open too long" in response.content.decode()
    else:
        assert response.json()["code"] == "csrf-failed"


def test_500_page_needs_no_database(site: Client) -> None:
    """No fixture for the database here: a query would fail the test."""
    assert "<h1>" in site.get("/test/fail/").content.decode()
    assert settings.DEBUG is False
