"""A conference that was published once and is not any more, and its open orders."""

import pytest

from conferences import services
from registrations.models import ConferenceView, OrderView
from tests.registrations.conftest import NOW, minutes
from tests.registrations.web.conftest import REGISTRANT

CLOSED = "Registration is closed at the moment"


def hrefs(page) -> list[str]:
    return [e.attributes["href"] for e in page.all("a")]


@pytest.mark.parametrize("path", ["", "register/"])
def test_public_pages_say_that_it_is_not_open_and_where_orders_are(
    browser, summit, path
):
    services.unpublish(conference_id=summit.id)
    page = browser.open(f"/conferences/cqrs-summit/{path}")
    assert page.status == 404
    assert "CQRS summit is not open for registration" in page.text
    assert "/conferences/cqrs-summit/orders/find/" in hrefs(page)


def test_form_sent_too_late_gets_the_same_page(browser, summit):
    browser.open("/conferences/cqrs-summit/register/")
    services.unpublish(conference_id=summit.id)
    page = browser.choose((summit.general, 1))
    assert (page.status, OrderView.objects.count()) == (404, 0)
    assert "CQRS summit is not open for registration" in page.text


@pytest.mark.parametrize("step", ["", "checkout/", "change/"])
def test_order_under_way_says_so_and_offers_nothing(browser, register, summit, step):
    order_id = register((summit.general, 1))
    services.unpublish(conference_id=summit.id)
    ConferenceView.objects.update(contact_email="desk@example.org")
    page = browser.open(f"/orders/{order_id}/{step}")
    assert CLOSED in page.text
    assert "Your seats stay held until Mar 2, 2026, 2:15" in page.text
    assert page.all("form") == []
    assert "mailto:desk@example.org" in hrefs(page)
    for step in ("checkout", "change"):
        assert f"/orders/{order_id}/{step}/" not in hrefs(page)


@pytest.mark.parametrize("step", ["checkout", "change", "pay"])
def test_what_is_sent_all_the_same_is_answered_once(browser, register, summit, step):
    order_id = register((summit.general, 1))
    form = browser.page.fields | REGISTRANT
    services.unpublish(conference_id=summit.id)
    page = browser.fill(form, f"/orders/{order_id}/{step}/")
    assert page.url == f"/orders/{order_id}/"
    assert page.text.count("Registration for this conference is closed") == 1


def test_hold_of_a_closed_conference_ends_like_any_other(
    browser, register, summit, clock
):
    order_id = register((summit.general, 1))
    services.unpublish(conference_id=summit.id)
    clock.move_to(NOW + minutes(15))
    page = browser.open(f"/orders/{order_id}/")
    assert CLOSED not in page.text
    assert "your seats were released" in page.text


def test_unknown_address_leads_to_finding_an_order(browser, summit, make_summit):
    assert "/orders/find/" in hrefs(browser.open("/nowhere/"))
    page = browser.open("/orders/find/")
    assert page.url == "/conferences/cqrs-summit/orders/find/"
    make_summit("other", name="Other")
    page = browser.open("/orders/find/")
    assert page.url == "/orders/find/"
    for slug in ("cqrs-summit", "other"):
        assert f"/conferences/{slug}/orders/find/" in hrefs(page)


def test_finding_an_order_without_any_conference(browser, db):
    assert "No conference is open at the moment." in browser.open("/orders/find/").text
