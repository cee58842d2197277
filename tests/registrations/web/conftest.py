"""A registrant's browser, and pages in the states that take several steps."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
import time_machine

from conferences import services
from tests.registrations.conftest import NOW, Summit
from tests.registrations.web.browser import Browser
from tests.registrations.web.cancelling import TIERS

REGISTRANT = {
    "first_name": "Some",
    "last_name": "Registrant",
    "email": "registrant@example.org",
}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def browser() -> Browser:
    return Browser()


@pytest.fixture
def register(browser: Browser, summit: Summit) -> Callable[..., UUID]:
    """Choose seats in the browser; the order it made."""

    def choose(*seats: tuple[UUID, int]) -> UUID:
        browser.open("/conferences/cqrs-summit/register/?new")
        return order_on(browser.choose(*seats).url)

    return choose


@pytest.fixture
def confirmed(browser: Browser, register: Callable[..., UUID], summit: Summit) -> UUID:
    """Two general admissions and a party, paid in the sandbox."""
    order_id = register((summit.general, 2), (summit.party, 1))
    pay(browser)
    return order_id


def pay(browser: Browser, outcome: str = "accepted") -> None:
    """From checkout through the sandbox, back to where the registrant lands."""
    browser.submit(**REGISTRANT, provider="sandbox")
    browser.fill({"outcome": outcome})


def order_on(url: str) -> UUID:
    return UUID(url.split("/")[2])


@pytest.fixture
def terms(summit) -> None:
    services.set_cancellation_tiers(conference_id=summit.id, tiers=TIERS)
