"""What every test gets: the database plugin, and a browser for those who ask."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytest_plugins = ["tests.database"]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those with a browser come last: from its start on Django takes this thread for
    an asynchronous one and opens another connection, and leaves the first one open."""
    items.sort(key=lambda item: "chrome" in getattr(item, "fixturenames", ()))


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
