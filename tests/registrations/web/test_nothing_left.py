"""Nothing can be chosen, or nothing was reserved: what the pages say and offer."""

import pytest

from conferences import services
from conferences.models import SeatType
from registrations.models import OrderView
from tests.registrations.conftest import NOW, minutes
from tests.registrations.web.conftest import order_on

REGISTER = "/conferences/cqrs-summit/register/"
COME_BACK = "Seats that were reserved but not paid come back"


def hrefs(page) -> list[str]:
    return [e.attributes["href"] for e in page.all("a")]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"quota": 0}, COME_BACK),
        ({"is_closed": True}, "The organizer has closed the registration."),
        ({"on_sale_until": NOW - minutes(1)}, "The sale has ended."),
        ({"on_sale_from": NOW + minutes(60)}, "The sale has not begun yet"),
    ],
)
def test_nothing_to_choose_shows_why_instead_of_a_form(
    browser, summit, changes, sentence
):
    for seat_type in (summit.general, summit.workshop, summit.party):
        services.update_seat_type(seat_type_id=seat_type, changes=changes)
    for path in (REGISTER, "/conferences/cqrs-summit/"):
        page = browser.open(path)
        assert "No seats are on sale right now." in page.text
        assert sentence in page.text
        assert (COME_BACK in page.text) == (sentence == COME_BACK)
        assert page.all("form") == []
        assert "General admission" in page.text


@pytest.fixture
def unlucky(browser, db, make_summit):
    """An order whose seats were all taken a moment before."""
    summit = make_summit(quotas=(20, 4, 20))
    browser.open(REGISTER)
    summit.place((summit.workshop, 4))
    return order_on(browser.choose((summit.workshop, 2)).url)


def test_order_without_a_seat_has_no_clock_but_ways_on(browser, unlucky):
    for path in (f"/orders/{unlucky}/change/", f"/orders/{unlucky}/"):
        page = browser.open(path)
        assert not [e for e in page.elements if "data-countdown" in e.attributes]
        assert f"/orders/{unlucky}/change/" in hrefs(page)
        assert f"{REGISTER}?new" in hrefs(page)
        assert "does not restart the time" not in page.text
        assert "held for" not in page.text
        assert "Not all seats reserved" not in page.text


def test_row_that_is_sold_out_explains_itself(browser, unlucky, clock):
    page = browser.open(f"/orders/{unlucky}/change/")
    assert "Sold out. The last ones were taken before you" in page.text


def test_row_that_was_sold_out_says_when_there_are_seats_again(browser, unlucky):
    workshop = OrderView.objects.get(pk=unlucky).lines[0].seat_type_id
    services.update_seat_type(seat_type_id=workshop, changes={"quota": 6})
    page = browser.open(f"/orders/{unlucky}/change/")
    assert "None were left when you asked; now there are some." in page.text
    assert "Sold out" not in page.text


def test_nothing_reserved_and_nothing_to_choose(browser, unlucky):
    order = OrderView.objects.get(pk=unlucky)
    for offer in SeatType.objects.filter(conference_id=order.conference_id):
        services.update_seat_type(seat_type_id=offer.pk, changes={"quota": 0})
    page = browser.open(f"/orders/{unlucky}/change/")
    assert page.all("form") == []
    assert COME_BACK in page.text
