"""What every test gets: the database plugin, and a browser for those who ask."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytest_plugins = ["tests.database"]

# Neither how long an example takes nor how long it takes to make one says anything of
# what is tested; both say how busy the machine is.
hypothesis.settings.register_profile(
    "tests", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("tests")


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
