"""The terms of giving seats back, on the page of their conference."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from conferences.models import CancellationTier, Conference
from tests.conferences.admin.forms import errors_in, submit
from tests.conferences.conftest import Heard
from tests.factories import conferences as make

pytestmark = pytest.mark.django_db

ADD = reverse("admin:conferences_conference_add")
TWO = {
    "cancellation_tiers-TOTAL_FORMS": 2,
    "cancellation_tiers-0-days_before": 30,
    "cancellation_tiers-0-percent_kept": "10",
    "cancellation_tiers-1-days_before": 7,
    "cancellation_tiers-1-fee_per_seat": "25.00",
}


def change_page(conference: Conference) -> str:
    return reverse("admin:conferences_conference_change", args=[conference.pk])


def stored() -> list[tuple[int, Decimal | None, Decimal | None]]:
    tiers = CancellationTier.objects.order_by("-days_before")
    return list(tiers.values_list("days_before", "percent_kept", "fee_per_seat"))


BOTH = [(30, Decimal(10), None), (7, None, Decimal(25))]


def test_a_new_conference_has_the_terms_typed(organizer: Client, heard: Heard) -> None:
    response = submit(organizer, ADD, **make.conference_fields() | TWO)
    assert response.status_code == 302
    assert stored() == BOTH
    assert heard.names == ["conference_created", "conference_updated"]


def test_terms_are_added_changed_and_taken_away(
    organizer: Client, heard: Heard
) -> None:
    page = change_page(make.published())
    heard.clear()
    assert submit(organizer, page, **TWO).status_code == 302
    assert stored() == BOTH
    assert heard.names == ["conference_updated"]
    assert "cancellation tier" in LogEntry.objects.latest("pk").change_message

    changed = {"cancellation_tiers-0-percent_kept": "20"}
    assert submit(organizer, page, **changed).status_code == 302
    assert stored() == [(30, Decimal(20), None), BOTH[1]]

    gone = {"cancellation_tiers-1-DELETE": "on"}
    assert submit(organizer, page, **gone).status_code == 302
    assert stored() == [(30, Decimal(20), None)]


def test_unchanged_terms_are_not_announced(organizer: Client, heard: Heard) -> None:
    page = change_page(make.published())
    submit(organizer, page, **TWO)
    heard.clear()
    assert submit(organizer, page).status_code == 302
    assert heard == []


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        (
            {"cancellation_tiers-1-fee_per_seat": ""},
            "cancellation_tiers-1-__all__",
            "Give a percentage or a fee, not both.",
        ),
        (
            {"cancellation_tiers-1-percent_kept": "5"},
            "cancellation_tiers-1-__all__",
            "Give a percentage or a fee, not both.",
        ),
        (
            {"cancellation_tiers-1-days_before": 30},
            "cancellation_tiers",
            "Please correct the duplicate data for",
        ),
        (
            {"cancellation_tiers-0-percent_kept": "101"},
            "cancellation_tiers-0-percent_kept",
            "less than or equal to 100",
        ),
        (
            {"cancellation_tiers-1-fee_per_seat": "1.005"},
            "cancellation_tiers-1-fee_per_seat",
            "USD has 2 decimal places",
        ),
        (
            {"cancellation_tiers-0-days_before": ""},
            "cancellation_tiers-0-days_before",
            "This field is required.",
        ),
    ],
)
def test_terms_that_cannot_be_meant_are_said_at_their_field(
    organizer: Client, changes: dict[str, Any], field: str, message: str
) -> None:
    response = submit(organizer, change_page(make.published()), **TWO | changes)
    assert response.status_code == 200
    assert message in " ".join(errors_in(response)[field])
    assert stored() == []


def test_fee_is_shown_with_the_places_of_its_currency(organizer: Client) -> None:
    page = change_page(make.published())
    submit(organizer, page, **TWO)
    assert 'value="25.00"' in organizer.get(page).content.decode()


def test_viewers_see_terms_and_change_none(organizer: Client, viewer: Client) -> None:
    page = change_page(make.published())
    submit(organizer, page, **TWO)
    shown = viewer.get(page)
    assert shown.status_code == 200
    assert "25" in shown.content.decode()
    assert viewer.post(page, TWO).status_code == 403
