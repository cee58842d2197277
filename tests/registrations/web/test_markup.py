"""What every page has, and what none may have."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from payments.models import Payment
from tests.registrations.web.conftest import REGISTRANT

# Pairs of tokens that lie on each other, with the contrast WCAG 2.2 AA asks for.
TEXT = [
    (ink, paper)
    for ink in ("ink", "ink-soft", "accent", "accent-strong", "good", "warn", "bad")
    for paper in ("paper", "surface")
] + [
    ("ink", "sunken"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    *((name, f"{name}-soft") for name in ("accent", "good", "warn", "bad")),
    *(("ink", f"{name}-soft") for name in ("accent", "warn")),
    ("ink-soft", "accent-soft"),
]
SHAPES = [
    (shape, paper)
    for shape in ("line-strong", "focus")
    for paper in ("paper", "surface")
]


@pytest.fixture
def addresses(browser, register, confirmed, summit):
    """Every page, most in several states."""
    conference = "/conferences/cqrs-summit"
    open_order = register((summit.general, 1))
    browser.submit(**REGISTRANT, provider="sandbox")
    payment = Payment.objects.get(order_id=open_order)
    cancelled = register((summit.party, 1))
    return [
        "/",
        f"{conference}/",
        f"{conference}/register/",
        f"{conference}/register/?new",
        f"{conference}/orders/find/",
        f"/orders/{open_order}/",
        f"/orders/{open_order}/change/",
        f"/orders/{open_order}/checkout/",
        f"/orders/{open_order}/payments/{payment.pk}/",
        f"/orders/{cancelled}/",
        f"/orders/{confirmed}/",
        f"/orders/{confirmed}/thank-you/",
        f"/orders/{confirmed}/seats/",
        f"/orders/{confirmed}/cancel/",
        f"/orders/{confirmed}/cancel/?chosen=1",
        f"/orders/{confirmed}/cancel/?positions=0",
        f"/orders/{open_order}/cancel/",
        "/nowhere/",
    ]


def test_every_page_has_what_a_page_needs(browser, addresses):
    titles = []
    for address in addresses:
        page = browser.open(address)
        assert len(page.all("h1")) == 1, address
        assert len(page.all("main")) == 1, address
        assert page.all("html")[0].attributes["lang"] == "en", address
        assert page.all("a")[0].attributes == {"class": "skip-link", "href": "#content"}
        titles.append(page.all("title")[0].text.strip())
    assert all(titles)


def test_no_page_carries_inline_script_or_style(browser, addresses):
    for address in addresses:
        page = browser.open(address)
        assert page.all("style") == [], address
        for element in page.elements:
            assert "style" not in element.attributes, (address, element)
            assert not [n for n in element.attributes if re.fullmatch("on[a-z]+", n)]
            if element.tag == "script":
                assert element.attributes["src"].startswith("/static/"), address
                assert element.text.strip() == ""


def test_every_field_has_a_label_and_every_target_exists(browser, addresses):
    for address in addresses:
        page = browser.open(address)
        labelled = {e.attributes.get("for") for e in page.all("label")}
        ids = {e.attributes["id"] for e in page.elements if "id" in e.attributes}
        for field in page.all("input"):
            if field.attributes["type"] not in {"hidden", "radio"}:
                assert field.attributes["id"] in labelled, (address, field)
        for link in page.all("a"):
            if link.attributes["href"].startswith("#"):
                assert link.attributes["href"][1:] in ids, (address, link)


def test_error_summary_leads_to_fields_that_say_what_is_wrong(
    browser, register, summit
):
    register((summit.general, 1))
    page = browser.submit(first_name="", last_name="", email="")
    ids = {e.attributes["id"]: e for e in page.elements if "id" in e.attributes}
    links = [e for e in page.all("a") if e.attributes["href"].startswith("#id_")]
    assert len(links) == 3
    assert page.all("title")[0].text.startswith("Error")
    for link in links:
        field = ids[link.attributes["href"][1:]].attributes
        assert field["aria-invalid"] == "true"
        assert all(part in ids for part in field["aria-describedby"].split())


def test_colours_have_enough_contrast_in_light_and_dark():
    sheet = Path(finders.find("conference_site/tokens.css") or "").read_text()
    light, dark = sheet.split("prefers-color-scheme: dark")
    palette = _colours(light)
    for colours in (palette, palette | _colours(dark)):
        for pairs, enough in ((TEXT, 4.5), (SHAPES, 3.0)):
            poor = [
                (a, b) for a, b in pairs if _contrast(colours[a], colours[b]) < enough
            ]
            assert poor == []


def _colours(sheet: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): #([0-9a-f]{6});", sheet))


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
