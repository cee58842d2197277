"""Organizers find who sits where, on pages and in a file."""

import csv
import io
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registrations.commands import seat_assignments
from registrations.domain.values import PersonalInfo
from registrations.models import OrderSeat
from tests.factories import conferences as make
from tests.registrations.admin.pages import listing, page, read, rows
from tests.registrations.conftest import NOW

TITLES = ["First name", "Last name", "E-mail", "Seat type", "Seat", "Conference"]
NOBODY_YET = "Not assigned yet"


def file(client: Any, **query: str) -> list[list[str]]:
    response = client.get(reverse("admin:registrations_orderseat_csv"), query)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="attendees.csv"' in response["Content-Disposition"]
    text = b"".join(response.streaming_content).decode()
    titles, *lines = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert titles == [*TITLES, "Order"]
    return lines


def test_list_shows_who_sits_where(organizer, seated):
    shown = read(organizer, listing("orderseat"))

    assert "Attendee One attendee@example.org General admission 1" in shown
    assert f"CQRS summit {seated.code}" in shown
    assert rows(organizer, "orderseat") == ["Attendee One"]
    assert rows(organizer, "orderseat", assigned="all") == [NOBODY_YET, "Attendee One"]


def test_search_and_filters(organizer, summit, seated):
    party = summit.confirmed((summit.party, 1))
    found = ["Attendee One"]

    assert rows(organizer, "orderseat", q="attendee@example.org") == found
    assert rows(organizer, "orderseat", q="attendee one") == found
    assert rows(organizer, "orderseat", q=party.code) == []
    assert rows(organizer, "orderseat", q=party.code, assigned="all") == [NOBODY_YET]
    assert rows(organizer, "orderseat", assigned="yes") == found
    assert rows(organizer, "orderseat", assigned="no") == [NOBODY_YET] * 2
    chosen = {"seat_type_id": str(summit.party), "assigned": "all"}
    assert rows(organizer, "orderseat", **chosen) == [NOBODY_YET]
    chosen = {"conference_id": str(summit.id), "seat_type_id": str(summit.workshop)}
    assert rows(organizer, "orderseat", **chosen) == []
    for wrong in ({"conference_id": "x"}, {"seat_type_id": "x"}):
        assert rows(organizer, "orderseat", **wrong) == []


def test_seat_types_are_offered_with_their_conference(organizer, make_summit, db):
    make_summit()
    second = make_summit("second", name="Second summit")

    shown = read(organizer, listing("orderseat"))
    assert "CQRS Workshop (CQRS summit)" in shown
    assert "CQRS Workshop (Second summit)" in shown
    shown = read(organizer, listing("orderseat"), conference_id=str(second.id))
    assert "CQRS Workshop" in shown
    assert "CQRS Workshop (" not in shown


def test_page_links_to_the_order(organizer, viewer, seated):
    seat = OrderSeat.objects.exclude(email="").get()

    for client in (organizer, viewer):
        answer = client.get(page("orderseat", seat.pk))
        assert page("orderview", seated.pk) in answer.content.decode()
        assert "attendee@example.org" in read(client, page("orderseat", seat.pk))
    assert organizer.post(page("orderseat", seat.pk)).status_code == 403


def test_list_needs_as_many_queries_for_three_as_for_one(organizer, summit):
    order = summit.confirmed((summit.general, 1))
    rows(organizer, "orderseat")
    with CaptureQueriesContext(connection) as for_one:
        rows(organizer, "orderseat")
    summit.confirmed((summit.party, 2))
    seat_assignments.assign_seat(
        order_id=order.pk,
        position=0,
        attendee=PersonalInfo("A", "B", "c@example.org"),
        now=NOW,
    )
    with CaptureQueriesContext(connection) as for_three:
        rows(organizer, "orderseat")

    assert len(for_three) == len(for_one)


def test_file_says_what_the_list_shows(organizer, summit, seated):
    seat = ["General admission", "1", "CQRS summit", seated.code]
    sitting = ["Attendee", "One", "attendee@example.org", *seat]
    empty = ["", "", "", "General admission", "2", "CQRS summit", seated.code]

    assert file(organizer) == [sitting]
    assert sorted(file(organizer, assigned="all")) == sorted([sitting, empty])
    assert file(organizer, q="somebody else") == []
    assert file(organizer, assigned="no") == [empty]
    address = f"{reverse('admin:registrations_orderseat_csv')}?assigned=no"
    page = organizer.get(listing("orderseat"), {"assigned": "no"})
    assert f'href="{address}"' in page.content.decode()


def test_file_holds_more_than_one_page_of_the_list(organizer, summit):
    for _number in range(3):
        summit.confirmed((summit.general, 20))
    assert len(file(organizer, assigned="no")) == 60


def test_file_holds_no_formulas(organizer, summit):
    order = summit.confirmed((summit.general, 1))
    attendee = PersonalInfo("=1+1", "@here", "a@example.org")
    seat_assignments.assign_seat(
        order_id=order.pk, position=0, attendee=attendee, now=NOW
    )
    assert file(organizer)[0][:2] == ["'=1+1", "'@here"]


def test_file_has_nobody_of_other_organizations(viewer, seated):
    stranger = Client()
    stranger.force_login(make.member(make.organization("fabrikam")))
    assert file(stranger, assigned="all") == []
    assert len(file(viewer)) == 1
    assert Client().get(reverse("admin:registrations_orderseat_csv")).status_code == 302


def test_empty_list_offers_no_file(organizer, summit):
    assert "Download as CSV" not in read(organizer, listing("orderseat"))
