"""What cannot be given back: each reason has its sentence or its page."""

import pytest

from conferences import services
from registrations.commands import order as orders
from registrations.models import ConferenceView, OrderSeat, OrderView
from tests.registrations.conftest import NOW, minutes


@pytest.mark.parametrize("refund", ["", "1e999", "NaN", "Infinity", "398", "x" * 5000])
def test_amount_that_no_page_said_is_not_taken(browser, confirmed, refund):
    path = f"/orders/{confirmed}/cancel/"
    fields = {"positions": "0", "refund": refund, "currency": "USD"}
    page = browser.fill(fields, path)
    assert "Nothing was cancelled" in page.text
    assert OrderSeat.objects.count() == 3


@pytest.mark.parametrize(
    "positions", ["7", "x", "-1", "0,x", "9" * 40, "٣", "1.0", " 1", "1,,2"]
)
def test_seats_that_are_not_there_are_not_given_back(browser, confirmed, positions):
    path = f"/orders/{confirmed}/cancel/"
    page = browser.open(f"{path}?positions={positions}")
    assert "Some of these seats do not belong to this order any more." in page.text
    assert page.all("title")[0].text.startswith("Error")
    page = browser.fill(
        {"positions": positions, "refund": "0", "currency": "USD"}, path
    )
    assert "Some of these seats do not belong to this order any more." in page.text
    assert OrderSeat.objects.count() == 3


def test_nothing_chosen_is_said(browser, confirmed):
    page = browser.open(f"/orders/{confirmed}/cancel/?chosen=1")
    assert "Choose at least one seat." in page.text
    assert page.all("title")[0].text.startswith("Error")


def test_too_late_has_its_page(browser, confirmed, summit):
    services.update_conference(
        conference_id=summit.id, changes={"cancellation_until": NOW - minutes(1)}
    )
    ConferenceView.objects.update(contact_email="desk@example.org")
    path = f"/orders/{confirmed}/cancel/"
    asked = browser.open(f"{path}?all=1")
    assert asked.all("form") == []
    posted = browser.fill({"positions": "all"}, path)
    for page in (asked, posted):
        assert "Too late to cancel" in page.text
        assert "It is too late to cancel this order here." in page.text
        assert "Please write to the organizer: desk@example.org" in page.text
        assert "Cancel this order?" not in page.text
    assert OrderView.objects.get().status == "confirmed"


def test_order_that_is_not_complete_has_its_page(browser, register, summit):
    order_id = register((summit.general, 1))
    path = f"/orders/{order_id}/cancel/"
    for page in (browser.open(path), browser.fill({"positions": "all"}, path)):
        assert "Nothing to cancel yet" in page.text
        assert page.all("form") == []
    assert OrderView.objects.get().status == "reserved"


def test_expired_order_has_its_page(browser, register, summit, clock):
    order_id = register((summit.general, 1))
    clock.move_to(NOW + minutes(20))
    page = browser.open(f"/orders/{order_id}/cancel/")
    assert "Nothing to cancel" in page.text
    assert "its seats were released" in page.text


def test_cancelled_order_has_its_page(browser, confirmed):
    orders.cancel_order(order_id=confirmed, by="registrant", now=NOW)
    page = browser.open(f"/orders/{confirmed}/cancel/")
    assert "Already cancelled" in page.text
    assert page.all("form") == []
