"""On the narrowest phone nothing is cut off, covered or told wrongly."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from conferences import services
from conferences.models import Conference
from tests.journeys.browser import Visitor
from tests.journeys.conftest import PASSWORD
from tests.live_site import LiveSite

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.processes,
    pytest.mark.django_db(transaction=True),
]
NARROWEST: ViewportSize = {"width": 320, "height": 700}

COVERED = """() => [...document.querySelectorAll(".seat-type")].filter((row) => {
  const price = row.querySelector(".price").getBoundingClientRect();
  return [...row.querySelectorAll(".badge, .badge + .soft")].some((element) => {
    const said = element.getBoundingClientRect();
    return said.right > price.left && said.left < price.right
      && said.bottom > price.top && said.top < price.bottom;
  });
}).map((row) => row.querySelector("h3").textContent)"""

CUT_OFF = """() => [...document.querySelectorAll(".inline-related:not(.empty-form)")]
  .filter((row) => row.scrollWidth > row.clientWidth).length"""

WARNINGS = """() => [...document.querySelectorAll(".timezonewarning")]
  .map((note) => note.getClientRects().length > 0)"""

BROKEN = """() => [...document.querySelectorAll(".overview tbody th")]
  .filter((name) => getComputedStyle(name).overflowWrap !== "normal").length"""


def sign_in(page: Page) -> None:
    page.goto("/admin/")
    page.get_by_label("Username").fill("europython-society")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def with_halves_of_cents() -> None:
    """A tax on top that comes to half a cent for two seats of 150 dollars."""
    conference = Conference.objects.get(slug="cqrs-summit-2012")
    services.update_conference(
        conference_id=conference.pk,
        changes={"tax_name": "Sales tax", "tax_rate": Decimal("8.875")},
    )
    services.update_seat_type(
        seat_type_id=conference.seat_types.get(name="General admission").pk,
        changes={"price": Decimal(150), "price_includes_tax": False},
    )


def test_the_longest_words_and_amounts(chrome: Browser, site: LiveSite) -> None:
    conference = Conference.objects.get(slug="cqrs-summit-2012")
    services.update_conference(
        conference_id=conference.pk,
        changes={"name": "W" * 150, "tax_name": "T" * 30, "tax_rate": Decimal(12)},
    )
    services.update_seat_type(
        seat_type_id=conference.seat_types.get(name="General admission").pk,
        changes={"name": "S" * 70, "price": Decimal("49999.99")},
    )
    visitor = Visitor(chrome, site.url)
    page = visitor.page
    page.set_viewport_size(NARROWEST)

    def fits() -> bool:
        return bool(page.evaluate("document.documentElement.scrollWidth <= 320"))

    page.goto("/conferences/cqrs-summit-2012/register/")
    page.get_by_role("spinbutton").first.fill("9" * 20)
    assert fits()
    page.get_by_role("spinbutton").first.fill("20")
    total, button = page.locator("[data-estimate]"), page.get_by_role("button").last
    said, pressed = total.bounding_box(), button.bounding_box()
    assert said
    assert pressed
    beside = said["x"] + said["width"] <= pressed["x"]
    assert beside or said["y"] + said["height"] <= pressed["y"]
    button.click()
    page.wait_for_url("**/checkout/")
    assert fits()
    page.get_by_label("First name").fill("F" * 100)
    page.get_by_label("Last name").fill("L" * 100)
    page.get_by_label("E-mail address").fill("registrant@example.org")
    page.get_by_role("button", name=re.compile("^Pay ")).click()
    page.wait_for_url("**/sandbox/**")
    assert fits()
    page.get_by_role("button", name="Accept").click()
    page.wait_for_url("**/thank-you/")
    for address in ("", "seats/", "cancel/", "cancel/?chosen=1&positions=0"):
        page.goto(re.sub(r"(orders/[^/]+/).*", rf"\g<1>{address}", page.url))
        assert fits(), address
    page.goto(page.url.partition("cancel/")[0])
    page.set_viewport_size({"width": 1280, "height": 800})
    lines, card = (
        page.locator(".lines"),
        page.locator(".card", has=page.locator(".lines")),
    )
    inner, outer = lines.bounding_box(), card.bounding_box()
    assert inner
    assert outer
    assert inner["x"] + inner["width"] <= outer["x"] + outer["width"]
    visitor.close()


def test_registrants(chrome: Browser, site: LiveSite) -> None:
    with_halves_of_cents()
    visitor = Visitor(chrome, site.url)
    page = visitor.page
    page.set_viewport_size(NARROWEST)
    for address in ("", "register/"):
        page.goto(f"/conferences/europython-2024/{address}")
        assert page.locator(".seat-type .badge + .soft").count()
        assert page.evaluate(COVERED) == []

    page.goto("/conferences/cqrs-summit-2012/register/")
    page.get_by_role("spinbutton", name=re.compile("General")).fill("2")
    assert page.locator("[data-estimate]").inner_text() == "$326.62"
    page.get_by_role("button", name="Reserve seats").click()
    page.get_by_role("button", name="Pay $326.62").wait_for()
    steps = page.locator(".steps li").all()
    tops = {round(box["y"]) for step in steps if (box := step.bounding_box())}
    assert max(tops) - min(tops) < 10
    # By keyboard the step one may go back to is seen when it is reached.
    back = page.locator(".steps a")
    while not back.evaluate("link => link === document.activeElement"):
        page.keyboard.press("Tab")
    assert (back.bounding_box() or {"width": 0})["width"] > 20
    visitor.close()


def test_organizers(chrome: Browser, site: LiveSite) -> None:
    visitor = Visitor(chrome, site.url)
    page = visitor.page
    page.set_viewport_size(NARROWEST)
    sign_in(page)
    assert page.locator(".overview tbody th").count()
    assert page.evaluate(BROKEN) == 0
    conference = Conference.objects.get(slug="europython-2024")
    page.goto(f"/admin/conferences/conference/{conference.pk}/change/")
    assert page.evaluate(CUT_OFF) == 0
    # Prague is never at the browser's time: the stock admin has something to say.
    shown = page.evaluate(WARNINGS)
    assert shown
    assert not any(shown)
    visitor.close()
