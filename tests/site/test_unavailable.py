"""A database that is away is spoken of otherwise than one that is busy."""

import logging
from html import unescape

import pytest
from django.db import connection
from django.test import Client

AWAY = "The site cannot reach its database at the moment. Try again in a minute."
BUSY = "Too much is going on at the moment. Nothing was changed; try again."


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        ("lose-connection", AWAY),
        ("closed", AWAY),
        ("time-out", BUSY),
        ("deadlock", BUSY),
        ("idle-too-long", BUSY),
        ("read-only", BUSY),
    ],
)
@pytest.mark.parametrize("prefix", ["/test/", "/api/test/"])
def test_page_says_whether_the_database_is_away_or_busy(
    trouble: str,
    sentence: str,
    prefix: str,
    site: Client,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.CRITICAL, "django.request")
    response = site.get(f"{prefix}{trouble}/")
    connection.close()  # as Django does after each real request
    assert response.status_code == 503
    assert sentence in unescape(response.content.decode())


@pytest.mark.django_db(transaction=True)
def test_server_that_nobody_answers_at_is_away(
    site: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.close()
    # Nothing listens at port 1.
    monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
    monkeypatch.setitem(connection.settings_dict, "PORT", "1")
    response = site.get("/")
    connection.close()
    assert response.status_code == 503
    assert AWAY in unescape(response.content.decode())
