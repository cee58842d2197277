"""What every test gets: the database plugin, and a browser for those who ask."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytest_plugins = ["tests.database"]


@pytest.fixture(scope="session")
def chrome() -> "Iterator[Browser]":
    """One browser for all: Playwright's synchronous API runs once per process."""
    # Most runs need no browser, and this import is slow.
    from tests.journeys.browser import browser  # noqa: PLC0415

    # It keeps an event loop in this thread; tests are synchronous code all the same
    # and may use the ORM.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with browser() as launched:
        yield launched
