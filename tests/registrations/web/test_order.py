"""An order after checkout: thanks, the order itself, finding it."""

from datetime import timedelta

import pytest

from conferences import services
from registrations.commands import order_access
from registrations.models import OrderView
from tests.registrations.conftest import NOW
from tests.registrations.web.browser import Browser
from tests.registrations.web.conftest import REGISTRANT

FIND = "/conferences/cqrs-summit/orders/find/"


def test_thank_you_shows_the_code_and_what_comes_next(browser, confirmed):
    page = browser.open(f"/orders/{confirmed}/thank-you/")
    code = OrderView.objects.get().code
    assert "Thank you, Some. You are registered." in page.text
    assert code in page.text
    copy = next(e for e in page.all("button") if "data-copy" in e.attributes)
    assert copy.attributes["data-copy"] == code
    assert f"/orders/{confirmed}/seats/" in [
        e.attributes["href"] for e in page.all("a")
    ]


def test_thank_you_before_the_payment_leads_to_the_order(browser, register, summit):
    order_id = register((summit.general, 1))
    assert browser.open(f"/orders/{order_id}/thank-you/").url == f"/orders/{order_id}/"


def test_order_page_of_a_confirmed_order(browser, confirmed):
    page = browser.open(f"/orders/{confirmed}/")
    for text in (
        OrderView.objects.get().code,
        "Confirmed",
        "May 31",
        " · Redmond",
        "General admission",
        "$448.00",
        "Some Registrant",
        "Paid",
        "Not assigned yet",
        "Cancel this order",
    ):
        assert text in page.text


def test_order_page_of_an_order_on_its_way_leads_on(browser, register, summit):
    order_id = register((summit.general, 1))
    page = browser.open(f"/orders/{order_id}/")
    assert "This order is not complete yet" in page.text
    assert f"/orders/{order_id}/checkout/" in [
        e.attributes["href"] for e in page.all("a")
    ]


def test_order_that_needs_attention_says_that_nothing_need_be_done(browser, confirmed):
    OrderView.objects.update(attention="refund-failed")
    page = browser.open(f"/orders/{confirmed}/")
    assert "We are looking into your payment" in page.text


def test_order_not_confirmed_has_no_seats_to_assign(browser, register, summit):
    step = "seats"
    order_id = register((summit.general, 1))
    assert browser.open(f"/orders/{order_id}/{step}/").url == f"/orders/{order_id}/"
    page = browser.fill({}, f"/orders/{order_id}/{step}/")
    assert page.url == f"/orders/{order_id}/"
    assert OrderView.objects.get().status == "reserved"


def test_orders_are_found_also_when_the_conference_is_unpublished(browser, summit):
    services.unpublish(
        conference_id=summit.id, replacement_url="https://example.org/next"
    )

    assert browser.open(f"/conferences/{summit.slug}/orders/find/").status == 200


def test_confirmed_order_stays_reachable_when_the_conference_is_unpublished(
    browser, confirmed, summit
):
    services.unpublish(conference_id=summit.id)
    page = browser.open(f"/orders/{confirmed}/")
    assert page.status == 200
    for link in page.all("a"):
        if link.attributes["href"].startswith("/"):
            assert browser.client.get(link.attributes["href"]).status_code == 200


@pytest.mark.parametrize("written", ["{}", " {} ", "{}".lower(), "{}\u00a0"])
def test_order_is_found_with_address_and_code(confirmed, written):
    stranger = Browser()
    stranger.open(FIND)
    code = OrderView.objects.get().code
    page = stranger.submit(
        email=" REGISTRANT@Example.org ", code=written.format(code.lower())
    )
    assert page.url == f"/orders/{confirmed}/"


def test_wrong_code_and_unknown_address_are_answered_alike(confirmed):
    code = OrderView.objects.get().code
    texts = []
    for email, written in (
        (REGISTRANT["email"], "AAAAAA"),
        ("nobody@example.org", code),
    ):
        stranger = Browser()
        stranger.open(FIND)
        page = stranger.submit(email=email, code=written)
        assert page.fields["email"] == email
        texts.append(page.text)
    assert texts[0] == texts[1]
    assert "There is no order with this e-mail address and code." in texts[0]


def test_order_of_another_conference_is_not_found_here(confirmed, make_summit):
    make_summit("other")
    stranger = Browser()
    stranger.open("/conferences/other/orders/find/")
    page = stranger.submit(email=REGISTRANT["email"], code=OrderView.objects.get().code)
    assert "There is no order" in page.text


def test_empty_search_names_both_fields(browser, summit):
    browser.open(FIND)
    page = browser.submit(email="", code="")
    assert "Enter your e-mail address." in page.text
    assert "Enter your order code." in page.text


def test_link_in_the_mail_opens_the_order_under_a_clean_address(confirmed):
    stranger = Browser()
    link = order_access.issue_link(confirmed, now=NOW)
    page = stranger.open(f"/orders/open/{link}/")
    assert page.url == f"/orders/{confirmed}/"
    assert page.status == 200


@pytest.mark.parametrize("link", ["nothing", "a.b", "0" * 32 + ".x", "ü.ü"])
def test_link_that_is_not_ours_is_not_found(browser, summit, link):
    assert browser.open(f"/orders/open/{link}/").status == 404


def test_link_opens_only_its_own_order(confirmed, summit):
    other = summit.confirmed((summit.party, 1))
    link = order_access.issue_link(other.pk, now=NOW)
    token = link.partition(".")[2]
    stranger = Browser()
    assert stranger.open(f"/orders/open/{confirmed.hex}.{token}/").status == 404


def test_session_forgets_the_order_after_its_time(browser, confirmed, clock):
    clock.shift(timedelta(days=15))
    assert browser.open(f"/orders/{confirmed}/").status == 404
