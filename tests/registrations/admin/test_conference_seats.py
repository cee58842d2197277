"""Organizers see what is left, held, sold, and sold too many."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from conferences import services
from tests.registrations.admin.pages import listing, page, read, rows


def test_list_adds_up_the_seat_types(organizer, make_summit, db):
    summit = make_summit(quotas=(10, 5, 3))
    summit.confirmed((summit.general, 2), (summit.party, 1))
    summit.place((summit.workshop, 2))

    shown = read(organizer, listing("conferenceview"))

    # quota, remaining, held, sold
    assert "18 13 2 3" in shown
    assert "oversold by" not in shown


def test_page_shows_each_seat_type(organizer, viewer, make_summit, db):
    summit = make_summit(quotas=(10, 5, 3))
    summit.confirmed((summit.general, 2))
    summit.place((summit.workshop, 2))

    for client in (organizer, viewer):
        shown = read(client, page("conferenceview", summit.id))
        assert "General admission 10 8 0 2" in shown
        assert "CQRS Workshop 5 3 2 0" in shown
        assert "Additional cocktail party 3 3 0 0" in shown


def test_quota_below_what_is_sold_says_oversold(organizer, make_summit, db):
    summit = make_summit(quotas=(10, 5, 3))
    summit.confirmed((summit.general, 4))
    services.update_seat_type(seat_type_id=summit.general, changes={"quota": 1})

    shown = read(organizer, page("conferenceview", summit.id))
    assert "General admission 1 -3 0 4 oversold by 3" in shown
    # what is left of other types does not hide it
    assert "9 5 0 4 oversold by 3" in read(organizer, listing("conferenceview"))


def test_conference_without_seat_types(organizer, contoso):
    services.create_conference(
        organization_id=contoso.pk,
        fields={
            "name": "Empty",
            "slug": "empty",
            "time_zone": "UTC",
            "currency": "EUR",
            "starts_on": "2026-05-01",
            "ends_on": "2026-05-02",
        },
    )

    assert rows(organizer, "conferenceview") == ["Empty"]
    assert "Empty" in read(organizer, listing("conferenceview"))


def test_nothing_can_be_changed(owner, summit):
    address = page("conferenceview", summit.id)

    assert owner.post(address, {"name": "Other"}).status_code == 403
    assert owner.post(address.replace("change", "delete")).status_code == 403


def test_list_needs_as_many_queries_for_three_as_for_one(organizer, make_summit, db):
    make_summit()
    rows(organizer, "conferenceview")
    with CaptureQueriesContext(connection) as for_one:
        rows(organizer, "conferenceview")
    make_summit("second")
    make_summit("third")
    with CaptureQueriesContext(connection) as for_three:
        assert len(rows(organizer, "conferenceview")) == 3

    assert len(for_three) == len(for_one)
