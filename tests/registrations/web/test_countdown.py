"""The clock of a hold, in a real browser whose time the test moves."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.e2e
MIDNIGHT = datetime(2030, 1, 1, tzinfo=UTC)

CLOCK = """
<div data-countdown data-seconds-left="{seconds}" data-five-minutes="Five minutes."
  data-one-minute="One minute." data-released="The time is over.">
  <span>Held for</span> <strong data-countdown-digits></strong>
  <span data-countdown-announcement></span>
</div>
"""


@pytest.fixture(autouse=True)
def clock() -> None:
    """The browser's clock is the one that matters here."""


@pytest.fixture
def counting(chrome: Browser) -> Iterator[Callable[[int], Page]]:
    page = chrome.new_page()
    page.clock.install(time=MIDNIGHT)
    # Else it would go on by itself while this machine is busy.
    page.clock.pause_at(MIDNIGHT + timedelta(seconds=1))
    script = finders.find("conference_site/countdown.js") or ""

    def start(seconds: int) -> Page:
        page.set_content(CLOCK.format(seconds=seconds))
        page.add_script_tag(content=Path(script).read_text())
        return page

    yield start
    page.close()


def announced(page: Page) -> str:
    return page.locator("[data-countdown-announcement]").inner_text()


def test_moments_are_announced_when_they_pass(counting):
    page = counting(303)
    assert announced(page) == ""
    page.clock.run_for(4000)
    assert announced(page) == "Five minutes."
    page.clock.run_for(240_000)
    assert announced(page) == "One minute."


@pytest.mark.parametrize("seconds", [290, 200, 50, 5])
def test_nothing_is_announced_that_is_not_so(counting, seconds):
    page = counting(seconds)
    page.clock.run_for(2000)
    assert announced(page) == ""


def test_at_the_end_the_page_says_that_the_time_is_over(counting):
    page = counting(2)
    page.clock.run_for(3000)
    assert page.locator("[data-countdown]").inner_text() == "The time is over."
