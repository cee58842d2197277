"""Two organizers at one conference, on pages opened before either of them saved."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from conferences import services
from conferences.models import Conference
from tests.conferences.admin.forms import shown_values
from tests.conferences.admin.test_conference import change_page
from tests.factories import conferences as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def conference() -> Conference:
    return make.conference(make.organization("contoso"), description="Two\nlines")


def save(client: Client, conference: Conference, values: dict[str, Any]) -> None:
    assert client.post(change_page(conference), values).status_code == 302


def test_what_the_other_changed_meanwhile_stays(
    organizer: Client, conference: Conference
) -> None:
    seats = make.seat_type(conference, price=Decimal(199), quota=100)
    opened = shown_values(organizer.get(change_page(conference)))
    services.update_conference(
        conference_id=conference.pk,
        changes={"tagline": "Theirs", "tax_name": "VAT", "tax_rate": Decimal(19)},
    )
    services.update_seat_type(
        seat_type_id=seats.pk,
        changes={"quota": 150, "description": "Theirs", "is_closed": True},
    )
    services.set_cancellation_tiers(
        conference_id=conference.pk,
        tiers=[{"days_before": 30, "percent_kept": Decimal(50), "fee_per_seat": None}],
    )

    mine = {"location": "Mine", "seat_types-0-price": "210.00"}
    save(organizer, conference, opened | mine)

    conference.refresh_from_db()
    seats.refresh_from_db()
    assert (conference.location, conference.tagline) == ("Mine", "Theirs")
    assert (conference.tax_name, conference.tax_rate) == ("VAT", Decimal(19))
    assert conference.description == "Two\nlines"
    assert (seats.price, seats.quota) == (Decimal(210), 150)
    assert (seats.description, seats.is_closed) == ("Theirs", True)
    assert conference.cancellation_tiers.get().percent_kept == 50


def test_the_last_one_decides_what_both_changed(
    organizer: Client, conference: Conference
) -> None:
    opened = shown_values(organizer.get(change_page(conference)))
    services.update_conference(
        conference_id=conference.pk, changes={"tagline": "Theirs"}
    )
    save(organizer, conference, opened | {"tagline": "Mine"})
    conference.refresh_from_db()
    assert conference.tagline == "Mine"


def test_a_row_that_the_other_deleted_is_not_taken_for_another(
    organizer: Client, conference: Conference
) -> None:
    gone = make.seat_type(conference, name="Gone")
    make.seat_type(conference, name="Stays", quota=7)
    opened = shown_values(organizer.get(change_page(conference)))
    services.delete_seat_type(seat_type_id=gone.pk)

    page = organizer.post(
        change_page(conference), opened | {"tagline": "Mine"}, follow=True
    )

    (said,) = map(str, page.context["messages"])
    assert said.startswith("Nothing was saved: somebody else deleted one of the rows")
    shown = shown_values(page)
    assert (shown["seat_types-0-name"], shown["seat_types-0-quota"]) == ("Stays", "7")
    assert shown["seat_types-TOTAL_FORMS"] == "1"
    save(organizer, conference, shown | {"tagline": "Mine"})
    conference.refresh_from_db()
    assert conference.tagline == "Mine"


def test_times_keep_their_words_in_another_time_zone(
    organizer: Client, conference: Conference
) -> None:
    until = datetime(2030, 5, 1, 16, 0, tzinfo=UTC)
    services.update_conference(
        conference_id=conference.pk, changes={"cancellation_until": until}
    )
    opened = shown_values(organizer.get(change_page(conference)))
    assert opened["cancellation_until_1"] == "09:00:00"
    save(organizer, conference, opened | {"time_zone": "Europe/Berlin"})
    conference.refresh_from_db()
    assert conference.cancellation_until == datetime(2030, 5, 1, 7, 0, tzinfo=UTC)
