"""What everybody may see: the list of conferences and one conference."""

from datetime import timedelta

import pytest

from conferences import services
from registrations.models import ConferenceView
from tests.registrations.conftest import NOW

PUBLIC = ["", "register/", "orders/find/"]


def test_list_shows_published_conferences_by_date_and_past_ones_apart(
    browser, db, make_summit
):
    today = NOW.date()
    later = {"starts_on": today + timedelta(100), "ends_on": today + timedelta(101)}
    over = {"starts_on": today - timedelta(10), "ends_on": today - timedelta(9)}
    make_summit("later", name="Later", **later)
    make_summit("sooner", name="Sooner")
    make_summit("over", name="Over", **over)
    make_summit("hidden", name="Hidden", publish=False)
    page = browser.open("/")
    links = {e.text: e.attributes["href"] for e in page.all("a")}
    named = [text for text, href in links.items() if href.startswith("/conferences/")]
    assert named == ["Sooner", "Later", "Over"]
    assert [e.text for e in page.all("h2")] == ["Coming up", "Past conferences"]


def test_orders_are_found_from_the_first_page_too(browser, db):
    links = {e.text: e.attributes["href"] for e in browser.open("/").all("a")}
    assert links["Find my order"] == "/orders/find/"


def test_whoever_lost_the_code_is_told_whom_to_ask(browser, summit):
    address = "/conferences/cqrs-summit/orders/find/"
    assert "Is it lost? Please write to the organizer." in browser.open(address).text
    ConferenceView.objects.update(contact_email="desk@example.org")
    page = browser.open(address)
    assert "Is it lost? Please write to the organizer: desk@example.org" in page.text


def test_empty_list_says_so(browser, db):
    assert "Nothing is open for registration at the moment." in browser.open("/").text


def test_conference_page_tells_prices_rest_and_where_to_go_on(browser, make_summit, db):
    summit = make_summit(quotas=(100, 2, 100), prices=("199", "500", "0"))
    summit.place((summit.workshop, 2))
    page = browser.open("/conferences/cqrs-summit/")
    for text in ("CQRS summit", "Redmond", "$199.00", "Sold out", "Free", "100 left"):
        assert text in page.text
    links = [e.attributes["href"] for e in page.all("a")]
    assert "/conferences/cqrs-summit/register/" in links
    assert "/conferences/cqrs-summit/orders/find/" in links


def test_prices_say_whether_tax_is_in_them(browser, make_summit, db):
    make_summit(tax_name="VAT", tax_rate="21")
    page = browser.open("/conferences/cqrs-summit/")
    assert "incl. 21 % VAT" in page.text


def test_conference_without_seats_on_sale_says_so(browser, make_summit, db):
    make_summit(quotas=(0, 0, 0))
    page = browser.open("/conferences/cqrs-summit/")
    assert "No seats are on sale right now." in page.text
    assert "Seats that were reserved but not paid come back" in page.text


@pytest.mark.parametrize(
    ("prices", "rate", "included", "sentence"),
    [
        (("0", "0", "0"), None, True, "Free of charge Register"),
        (
            ("0", "500", "50"),
            None,
            True,
            "Seats from $50.00 Some seats are free of charge.",
        ),
        (("110", "100", "105"), "20", False, "Seats from $105.00"),
        (("130", "100", "130"), "20", False, "Seats from $120.00"),
    ],
)
def test_lowest_price_is_what_has_to_be_paid(
    browser, make_summit, db, prices, rate, included, sentence
):
    summit = make_summit(prices=prices, tax_name="VAT" if rate else "", tax_rate=rate)
    services.update_seat_type(
        seat_type_id=summit.workshop, changes={"price_includes_tax": included}
    )
    assert sentence in browser.open("/conferences/cqrs-summit/").text


def test_past_conference_says_that_it_is_over(browser, make_summit, db):
    day = NOW.date() - timedelta(days=3)
    make_summit(starts_on=day, ends_on=day)
    page = browser.open("/conferences/cqrs-summit/")
    assert "This conference is over." in page.text
    assert "Register" not in [e.text for e in page.all("a")]


@pytest.mark.parametrize("path", PUBLIC)
def test_unpublished_and_unknown_conferences_are_not_found(
    browser, make_summit, db, path
):
    make_summit(publish=False)
    page = browser.open(f"/conferences/cqrs-summit/{path}")
    assert page.status == 404
    assert "CQRS summit" not in page.text
    assert browser.open(f"/conferences/nowhere/{path}").status == 404


@pytest.mark.parametrize("path", ["", "register/"])
def test_unpublished_conference_leads_to_its_replacement(browser, summit, path):
    services.unpublish(
        conference_id=summit.id, replacement_url="https://example.org/next"
    )
    response = browser.client.get(f"/conferences/cqrs-summit/{path}")
    assert (response.status_code, response["Location"]) == (
        302,
        "https://example.org/next",
    )
