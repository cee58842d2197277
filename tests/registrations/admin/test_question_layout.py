"""A question as it stands on the screen: at a desk, on a phone, with an error."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from registrations.models import OrderView
from tests.journeys.browser import browser
from tests.registrations.admin.pages import step


@pytest.fixture
def stuck(transactional_db: None, needs_attention: Any) -> OrderView:
    order: OrderView = needs_attention()[1]
    return order


@pytest.fixture
def bought(transactional_db: None, make_summit: Any) -> OrderView:
    summit = make_summit(slug="second-summit")
    order: OrderView = summit.confirmed((summit.general, 2))
    return order


@pytest.fixture
def screen(
    live_server: Any, organizer: Client, stuck: OrderView, bought: OrderView
) -> Iterator[Page]:
    """The organizer's browser, opened when all is there: it shuts out the ORM."""
    cookie = organizer.cookies[settings.SESSION_COOKIE_NAME]
    with browser() as chromium:
        context = chromium.new_context(base_url=live_server.url)
        context.add_cookies(
            [{"name": cookie.key, "value": cookie.value, "url": live_server.url}]
        )
        yield context.new_page()


def box(page: Page, selector: str) -> Any:
    found = page.locator(selector).bounding_box()
    assert found is not None, selector
    return found


def test_note_stands_above_its_help_and_below_its_error(screen, stuck):
    screen.set_viewport_size({"width": 1280, "height": 800})
    screen.goto(step("settle-by-hand", stuck.pk))
    field, help = box(screen, "#id_note"), box(screen, "#id_note_helptext")
    assert help["y"] >= field["y"] + field["height"]
    # To the right of the label, as the field is (the admin indents it by 10 pixels)
    assert abs(help["x"] - field["x"]) <= 10

    screen.click(".submit-row input")
    assert screen.title().startswith("Error: Settle by hand")
    error, field = box(screen, "#id_note_error"), box(screen, "#id_note")
    assert error["y"] + error["height"] <= field["y"] + 1
    note = screen.locator("#id_note")
    assert note.get_attribute("aria-invalid") == "true"
    assert note.get_attribute("aria-describedby") == "id_note_helptext id_note_error"

    note.focus()
    assert note.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    found = Axe().run(screen, context="#content-main").response["violations"]
    assert not found, [(one["id"], one["help"]) for one in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_question_fits_a_small_phone(screen, stuck, bought, scheme):
    screen.emulate_media(color_scheme=scheme)
    screen.set_viewport_size({"width": 320, "height": 640})
    for page in (
        step("settle-by-hand", stuck.pk),
        step("cancel", bought.pk),
        step("cancel", bought.pk) + "?chosen=1",
        step("cancel", bought.pk) + "?all=1",
    ):
        screen.goto(page)
        assert screen.evaluate("document.documentElement.scrollWidth") <= 320, page
        found = Axe().run(screen, context="#content-main").response["violations"]
        assert not found, (page, [(one["id"], one["help"]) for one in found])
