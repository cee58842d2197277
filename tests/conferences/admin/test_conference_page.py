"""Where the page of a conference leads, and that it can be used without scripts."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.conferences.admin.test_conference import ADD, change_page
from tests.factories import conferences as make

pytestmark = pytest.mark.django_db


def test_page_leads_to_what_others_see_and_to_what_was_sold(organizer: Client) -> None:
    conference = make.conference(make.organization("contoso"))
    public = '<a href="/conferences/cqrs-summit/">See its page</a>'
    sold = reverse("admin:registrations_conferenceview_change", args=[conference.pk])
    html = organizer.get(change_page(conference)).content.decode()
    assert public not in html
    assert sold not in html
    organizer.post(change_page(conference, "publish"))
    html = organizer.get(change_page(conference)).content.decode()
    assert public in html
    assert f'href="{sold}"' in html
    assert organizer.get(sold).status_code == 200
    organizer.post(change_page(conference, "unpublish"), {"replacement_url": ""})
    html = organizer.get(change_page(conference)).content.decode()
    assert public not in html
    assert f'href="{sold}"' in html


def test_seat_types_can_be_added_without_javascript(organizer: Client) -> None:
    asked = organizer.get(f"{ADD}?more=seattype").content.decode()
    assert 'name="seat_types-2-name"' in asked
    assert 'name="cancellation_tiers-0-days_before"' not in asked
    assert 'href="?more=seattype#seat_types-group"' in asked
