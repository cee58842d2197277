"""Choosing seats: what is offered, what is refused, what is kept."""

from collections.abc import Callable
from uuid import UUID

import pytest

from conferences import services
from registrations.models import OrderView
from tests.factories import conferences as factory
from tests.registrations.conftest import NOW, Summit, minutes
from tests.registrations.web.browser import Browser

REGISTER = "/conferences/cqrs-summit/register/"


def test_page_offers_every_seat_type_with_price_and_rest(browser, summit):
    page = browser.open(REGISTER)
    assert page.status == 200
    for text in ("General admission", "$199.00", "100 left", "Choose your seats"):
        assert text in page.text
    assert page.fields[f"seats-{summit.general}"] == "0"
    assert [
        e.attributes["max"] for e in page.all("input") if "max" in e.attributes
    ] == [
        "20",
        "20",
        "20",
    ]


def test_seats_that_are_left_lead_to_checkout(browser, summit):
    browser.open(REGISTER)
    page = browser.choose((summit.general, 3), (summit.workshop, 1), (summit.party, 2))
    assert page.url.endswith("/checkout/")
    assert "$1,197.00" in page.text


def test_nothing_chosen_is_refused_and_says_what_to_do(browser, summit):
    browser.open(REGISTER)
    page = browser.choose()
    assert page.url == REGISTER
    assert "Choose at least one seat." in page.text
    assert OrderView.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("-1", "A quantity cannot be negative."),
        ("two", "Enter a whole number, like 1 or 2."),
        ("1.5", "Enter a whole number, like 1 or 2."),
        ("9" * 5000, "Enter a whole number, like 1 or 2."),
        ("9" * 30, "Enter a smaller number."),
        ("21", "At most 20 of these can be ordered at once."),
    ],
)
def test_quantity_that_cannot_be_is_refused_beside_its_field(
    browser, summit, typed, sentence
):
    browser.open(REGISTER)
    page = browser.choose((summit.general, typed), (summit.party, 2))
    assert page.status == 200
    assert sentence in page.text
    assert page.fields[f"seats-{summit.general}"] == typed
    assert page.fields[f"seats-{summit.party}"] == "2"
    assert [e.attributes["href"] for e in page.all("a") if e.text == sentence] == [
        f"#id_seats-{summit.general}"
    ]
    assert OrderView.objects.count() == 0


def test_unknown_seat_type_is_refused(browser, summit):
    browser.open(REGISTER)
    page = browser.choose((summit.id, 1), (summit.party, 1))
    assert "This conference has no such seat type." in page.text
    assert OrderView.objects.count() == 0


def test_closed_seat_type_is_refused_though_the_form_still_had_it(browser, summit):
    browser.open(REGISTER)
    services.update_seat_type(seat_type_id=summit.party, changes={"is_closed": True})
    page = browser.choose((summit.party, 1))
    assert "These seats are not offered any more." in page.text
    assert "Closed" in page.text


def test_partial_result_shows_what_is_held_and_accepting_goes_on(
    browser, make_summit, db
):
    summit = make_summit(quotas=(20, 5, 20))
    summit.confirmed((summit.general, 18), (summit.workshop, 5), (summit.party, 10))
    browser.open(REGISTER)
    page = browser.choose((summit.general, 3), (summit.workshop, 1), (summit.party, 2))
    assert page.url.endswith("/change/")
    assert page.source.count("Could not reserve all the requested seats.") == 2
    assert page.fields[f"seats-{summit.general}"] == "2"
    assert page.fields[f"seats-{summit.party}"] == "2"
    assert f"seats-{summit.workshop}" not in page.fields
    assert "Sold out" in page.text
    page = browser.choose((summit.party, 0))
    assert page.url.endswith("/checkout/")
    assert "$398.00" in page.text


def test_nothing_left_stays_and_says_sold_out(browser, make_summit, db):
    summit = make_summit(quotas=(20, 4, 20))
    browser.open(REGISTER)
    summit.place((summit.workshop, 4))
    page = browser.choose((summit.workshop, 2))
    assert page.url.endswith("/change/")
    assert "None of the seats you asked for are left." in page.text
    assert "Sold out" in page.text
    assert browser.open(page.url.replace("change", "checkout")).url == page.url


def test_held_seats_stay_selectable_when_nothing_else_is_left(browser, make_summit, db):
    summit = make_summit(quotas=(20, 4, 20))
    browser.open(REGISTER)
    checkout = browser.choose((summit.workshop, 4)).url
    page = browser.open(checkout.replace("checkout", "change"))
    field = next(
        e
        for e in page.all("input")
        if e.attributes.get("name") == f"seats-{summit.workshop}"
    )
    assert (field.attributes["value"], field.attributes["max"]) == ("4", "4")


def test_changing_keeps_the_order_and_its_clock(
    browser, register: Callable[..., UUID], summit: Summit, clock
):
    order_id = register((summit.general, 2))
    clock.shift(minutes(5))
    browser.open(f"/orders/{order_id}/change/")
    page = browser.choose((summit.general, 1), (summit.party, 1))
    assert "$249.00" in page.text
    assert "10:00" in page.text
    assert OrderView.objects.get().pk == order_id


def test_unpublished_conference_changes_nothing_any_more(browser, register, summit):
    order_id = register((summit.general, 2))
    browser.open(f"/orders/{order_id}/change/")
    services.unpublish(conference_id=summit.id)
    page = browser.choose((summit.general, 1))
    assert page.url == f"/orders/{order_id}/"
    assert "Registration for this conference is closed" in page.text


def test_unreadable_form_token_keeps_what_was_typed(browser, summit):
    browser.open(REGISTER)
    page = browser.fill({"order": "forged", f"seats-{summit.general}": 2})
    assert "This page was open for too long." in page.text
    assert page.fields[f"seats-{summit.general}"] == "2"
    assert OrderView.objects.count() == 0
    assert browser.submit().url.endswith("/checkout/")


def test_token_of_another_conference_is_not_accepted(browser, summit, make_summit):
    other = make_summit("other")
    browser.open("/conferences/other/register/")
    foreign = browser.page.fields["order"]
    browser.open(REGISTER)
    browser.fill({"order": foreign, f"seats-{summit.general}": 1})
    assert OrderView.objects.filter(conference_id=other.id).count() == 0
    assert "This page was open for too long." in browser.page.text


def test_seats_not_yet_on_sale_are_shown_but_cannot_be_chosen(browser, summit):
    services.update_seat_type(
        seat_type_id=summit.party, changes={"on_sale_from": NOW + minutes(60)}
    )
    page = browser.open(REGISTER)
    assert "Not on sale yet" in page.text
    assert f"seats-{summit.party}" not in page.fields


def test_conference_without_seat_types_says_so(browser: Browser, db, make_summit):
    empty = factory.conference(slug="empty")
    services.publish(conference_id=empty.pk, now=NOW)
    page = browser.open("/conferences/empty/register/")
    assert "The organizer has not announced any seats yet." in page.text
