"""Organizers find who sits where."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from registrations.commands import seat_assignments
from registrations.domain.values import PersonalInfo
from registrations.models import OrderSeat
from tests.registrations.admin.pages import listing, page, read, rows
from tests.registrations.conftest import NOW

NOBODY_YET = "Not assigned yet"


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
