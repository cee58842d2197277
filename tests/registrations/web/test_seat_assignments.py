"""Who sits where: partial, repeatable, and nothing typed is lost."""

import pytest

from conferences import services
from registrations.models import ConferenceView, OrderSeat
from registrations.web.views import seat_assignments
from tests.registrations.conftest import NOW, minutes
from tests.registrations.web.browser import Browser

ATTENDEE = {
    "first_name": "Some",
    "last_name": "Attendee",
    "email": "attendee@example.org",
}
ALAN = {"first_name": "Alan", "last_name": "Turing", "email": "alan@example.org"}


@pytest.fixture
def seats(browser, confirmed):
    browser.open(f"/orders/{confirmed}/seats/")
    return f"/orders/{confirmed}/seats/"


def row(position: int, person: dict[str, str]) -> dict[str, str]:
    return {f"seat-{position}-{name}": value for name, value in person.items()}


def sitting() -> list[str]:
    return [seat.email for seat in OrderSeat.objects.order_by("position")]


def test_one_row_per_seat_in_line_order(browser, seats):
    legends = [e.text for e in browser.page.all("legend")]
    assert [legend.split()[:2] for legend in legends] == [
        ["Seat", "1"],
        ["Seat", "2"],
        ["Seat", "3"],
    ]
    assert "0 of 3 seats assigned" in browser.page.text


def test_some_now_and_others_later(browser, seats):
    page = browser.fill(row(0, ATTENDEE))
    assert "1 seat saved." in page.text
    assert "Some Attendee" in page.text
    browser.open(seats)
    browser.fill(row(2, ALAN))
    assert sitting() == ["attendee@example.org", "", "alan@example.org"]


def test_right_rows_are_saved_and_wrong_ones_keep_what_was_typed(browser, seats):
    page = browser.fill(
        row(0, ATTENDEE) | row(1, {"first_name": "Al", "email": "alan"})
    )
    assert page.url == seats
    assert "1 seat saved." in page.text
    assert "Seat 2: Enter the last name." in page.text
    assert page.fields["seat-1-first_name"] == "Al"
    assert page.fields["seat-1-email"] == "alan"
    assert "1 of 3 seats assigned" in page.text
    page = browser.fill(row(1, ALAN))
    assert page.url != seats
    assert sitting() == ["attendee@example.org", "alan@example.org", ""]


def test_name_without_address_is_not_silently_dropped(browser, seats):
    page = browser.fill(row(0, ATTENDEE | {"email": ""}))
    assert "Enter a valid e-mail address" in page.text
    assert page.fields["seat-0-first_name"] == "Some"


def test_clearing_the_address_frees_the_seat(browser, seats):
    browser.fill(row(0, ATTENDEE))
    browser.open(seats)
    browser.fill(row(0, {"email": ""}))
    assert sitting() == ["", "", ""]


def test_other_address_puts_somebody_else_there(browser, seats):
    browser.fill(row(0, ATTENDEE))
    browser.open(seats)
    browser.fill(row(0, ALAN))
    assert sitting() == ["alan@example.org", "", ""]


def test_one_person_may_hold_several_seats(browser, seats):
    browser.fill(row(0, ATTENDEE) | row(1, ATTENDEE))
    assert sitting() == ["attendee@example.org", "attendee@example.org", ""]


def test_saving_without_a_change_writes_nothing(browser, seats):
    browser.fill(row(0, ATTENDEE))
    version = OrderSeat.objects.get(position=0).version
    browser.open(seats)
    page = browser.fill({})
    assert "saved" not in page.text
    assert OrderSeat.objects.get(position=0).version == version


def test_other_tab_does_not_undo_what_this_one_saved(browser, seats):
    other_tab = browser.page.fields
    browser.fill(row(0, ATTENDEE))
    browser.fill(other_tab | row(1, ALAN), seats)
    assert sitting() == ["attendee@example.org", "alan@example.org", ""]


def test_same_seat_in_two_tabs_is_pointed_out_and_then_saved(browser, seats):
    other_tab = browser.page.fields
    browser.fill(row(0, ATTENDEE))
    page = browser.fill(other_tab | row(0, ALAN), seats)
    assert "This was changed in another window meanwhile." in page.text
    assert page.text.count("Now Some Attendee (attendee@example.org) sits here.") == 2
    assert page.fields["seat-0-email"] == "alan@example.org"
    assert sitting() == ["attendee@example.org", "", ""]
    browser.fill({})
    assert sitting() == ["alan@example.org", "", ""]


def test_seat_freed_in_another_tab_is_pointed_out(browser, seats):
    browser.fill(row(0, ATTENDEE))
    other_tab = browser.open(seats).fields
    browser.fill(row(0, {"email": ""}))
    page = browser.fill(other_tab | row(0, ALAN), seats)
    assert page.text.count("Nobody sits here now.") == 2
    assert sitting() == ["", "", ""]


def test_after_the_deadline_seats_stay_as_they_are(browser, seats, confirmed, summit):
    browser.fill(row(1, ALAN))
    form = browser.open(seats).fields
    services.update_conference(
        conference_id=summit.id, changes={"seat_assignment_until": NOW - minutes(1)}
    )
    ConferenceView.objects.update(contact_email="desk@example.org")
    for page in (browser.fill(form | row(0, ATTENDEE), seats), browser.open(seats)):
        assert "Seats of this conference can no longer be assigned here." in page.text
        assert "mailto:desk@example.org" in [
            e.attributes["href"] for e in page.all("a")
        ]
        assert page.all("input") == []
        assert page.all("form") == []
        assert "Alan Turing" in page.text
    assert sitting() == ["", "alan@example.org", ""]
    for step in ("", "thank-you/"):
        page = browser.open(f"/orders/{confirmed}/{step}")
        assert "Seats of this conference can no longer be assigned here." in page.text
        assert seats not in [e.attributes["href"] for e in page.all("a")]


def test_stranger_cannot_assign(browser, seats):
    stranger = Browser()
    assert stranger.fill(row(0, ATTENDEE), seats).status == 404
    assert sitting() == ["", "", ""]


def test_many_seats_come_in_pages(browser, seats, monkeypatch):
    monkeypatch.setattr(seat_assignments, "SEATS_PER_PAGE", 2)
    page = browser.open(seats)
    assert "seat-2-email" not in page.fields
    assert ("?page=1" in page.links, "?page=2" in page.links) == (False, True)
    page = browser.open(f"{seats}?page=2")
    assert "seat-0-email" not in page.fields
    assert ("?page=1" in page.links, "?page=3" in page.links) == (True, False)
    browser.fill(row(2, ATTENDEE), f"{seats}?page=2")
    assert sitting() == ["", "", "attendee@example.org"]
    assert browser.open(f"{seats}?page=\x00x").status in {200, 400}
