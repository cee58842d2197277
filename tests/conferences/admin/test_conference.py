"""An organizer's work on conferences and seat types, through the pages."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from conferences import signals
from conferences.models import Conference, SeatType
from tests.conferences.admin.forms import errors_in, submit
from tests.conferences.conftest import Heard
from tests.factories import conferences as make

pytestmark = pytest.mark.django_db

LIST = reverse("admin:conferences_conference_changelist")
ADD = reverse("admin:conferences_conference_add")
NEW_SEAT_TYPE = {
    "seat_types-TOTAL_FORMS": 1,
    "seat_types-0-name": "General admission",
    "seat_types-0-price": "199.00",
    "seat_types-0-price_includes_tax": "on",
    "seat_types-0-quota": 100,
    "seat_types-0-max_per_order": 20,
    "seat_types-0-position": 0,
}


def change_page(conference: Conference, what: str = "change") -> str:
    return reverse(f"admin:conferences_conference_{what}", args=[conference.pk])


def messages_of(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_organizer_creates_a_conference_with_seat_types(
    organizer: Client, heard: Heard
) -> None:
    fields = make.conference_fields() | NEW_SEAT_TYPE
    response = submit(organizer, ADD, **fields)
    assert response.status_code == 302
    made = Conference.objects.get()
    assert (made.organization.slug, made.is_published) == ("contoso", False)
    assert made.seat_types.get().price == Decimal(199)
    assert heard.names == ["conference_created"]
    assert LogEntry.objects.get().object_id == str(made.pk)


def test_change_is_announced_once_and_unchanged_not_at_all(
    organizer: Client, heard: Heard
) -> None:
    conference = make.published()
    heard.clear()
    changed = {"name": "New name", "seat_types-0-quota": 50}
    assert submit(organizer, change_page(conference), **changed).status_code == 302
    assert heard.names == ["conference_updated", "seat_type_updated"]
    assert heard[1][1]["quota"] == 50
    heard.clear()
    assert submit(organizer, change_page(conference)).status_code == 302
    assert heard == []


def test_new_seat_type_of_a_published_conference_is_announced(
    organizer: Client, heard: Heard
) -> None:
    conference = make.published()
    heard.clear()
    party = {
        key.replace("-0-", "-1-"): value for key, value in NEW_SEAT_TYPE.items()
    } | {"seat_types-TOTAL_FORMS": 2, "seat_types-1-name": "Party"}
    assert submit(organizer, change_page(conference), **party).status_code == 302
    assert heard.names == ["seat_type_created"]
    assert conference.seat_types.get(name="Party").position == 1


def test_times_are_shown_and_typed_in_the_conference_s_zone(organizer: Client) -> None:
    conference = make.published(
        cancellation_until=datetime(2030, 5, 1, 19, 0, tzinfo=UTC)
    )
    page = organizer.get(change_page(conference)).content.decode()
    assert 'value="12:00:00"' in page  # Los Angeles is 7 hours behind in May
    changed = {
        "seat_types-0-on_sale_from_0": "2030-02-01",
        "seat_types-0-on_sale_from_1": "09:00",
    }
    assert submit(organizer, change_page(conference), **changed).status_code == 302
    assert SeatType.objects.get().on_sale_from == datetime(2030, 2, 1, 17, tzinfo=UTC)
    conference.refresh_from_db()
    assert conference.cancellation_until == datetime(2030, 5, 1, 19, tzinfo=UTC)


def test_price_is_shown_with_the_places_of_its_currency(organizer: Client) -> None:
    page = organizer.get(change_page(make.published())).content.decode()
    assert 'value="199.00"' in page


def test_time_that_the_clocks_skip_is_refused(organizer: Client) -> None:
    conference = make.published()
    skipped = {
        "seat_types-0-on_sale_from_0": "2030-03-10",
        "seat_types-0-on_sale_from_1": "02:30",
    }
    response = submit(organizer, change_page(conference), **skipped)
    sentence = errors_in(response)["seat_types-0-on_sale_from"][0]
    assert "be interpreted in time zone America/Los_Angeles" in sentence


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"ends_on": "2030-01-01"}, "ends_on", "The end lies before the start."),
        ({"time_zone": "Mars"}, "time_zone", "“Mars” is no time zone."),
        ({"tax_name": "VAT"}, "tax_rate", "Give the rate of this tax"),
        ({"currency": "JPY"}, "currency", "more decimal places than JPY"),
        ({"hold_minutes": 61}, "hold_minutes", "less than or equal to 60"),
        ({"seat_types-0-name": "A"}, "seat_types-0-name", "at least 2 characters"),
        ({"seat_types-0-price": "1.005"}, "seat_types-0-price", "USD has 2 decimal"),
        ({"seat_types-0-quota": 100_001}, "seat_types-0-quota", "equal to 100000"),
        (
            {
                "seat_types-0-on_sale_from_0": "2030-02-01",
                "seat_types-0-on_sale_from_1": "00:00",
                "seat_types-0-on_sale_until_0": "2030-01-01",
                "seat_types-0-on_sale_until_1": "00:00",
            },
            "seat_types-0-on_sale_until",
            "The sale ends before it starts.",
        ),
    ],
)
def test_form_says_what_is_wrong_at_the_field(
    changes: dict[str, Any], field: str, message: str, organizer: Client, heard: Heard
) -> None:
    conference = make.conference()
    make.seat_type(conference, price=Decimal("199.50"))
    heard.clear()
    response = submit(organizer, change_page(conference), **changes)
    assert response.status_code == 200
    assert message in errors_in(response)[field][0]
    assert heard == []


def test_two_new_seat_types_of_one_name_are_refused(organizer: Client) -> None:
    second = {
        key.replace("-0-", "-1-"): value for key, value in NEW_SEAT_TYPE.items()
    } | {"seat_types-TOTAL_FORMS": 2, "seat_types-1-name": "GENERAL admission"}
    response = submit(
        organizer, ADD, **make.conference_fields() | NEW_SEAT_TYPE | second
    )
    assert errors_in(response) == {
        "seat_types-1-name": ["Another seat type of this conference has this name."]
    }
    assert not Conference.objects.exists()


def test_taken_slug_is_refused_also_in_other_case(organizer: Client) -> None:
    make.conference(make.organization("fabrikam"), slug="taken")
    for slug in ("taken", "TAKEN"):
        response = submit(organizer, ADD, **make.conference_fields(slug=slug))
        assert "Another conference has this slug." in str(errors_in(response))


def test_slug_and_organization_are_read_only_after_creation(organizer: Client) -> None:
    conference = make.conference()
    fabrikam = make.organization("fabrikam")
    forged = {"slug": "other", "organization": fabrikam.pk, "is_published": "on"}
    submit(organizer, change_page(conference), **forged)
    conference.refresh_from_db()
    assert conference.slug == "cqrs-summit"
    assert conference.organization.slug == "contoso"
    assert not conference.is_published


def test_locked_currency_says_why(organizer: Client, currency_locked: str) -> None:
    conference = make.conference()
    page = organizer.get(change_page(conference))
    assert currency_locked in page.content.decode()
    assert page.context["adminform"].form.fields["currency"].disabled
    submit(organizer, change_page(conference), currency="EUR")
    conference.refresh_from_db()
    assert conference.currency == "USD"


def test_first_publication_is_asked_about_and_done(
    organizer: Client, heard: Heard
) -> None:
    conference = make.conference()
    make.seat_type(conference)
    heard.clear()
    assert "After the first publication" in str(
        organizer.get(change_page(conference)).content
    )
    question = organizer.get(change_page(conference, "publish"))
    assert "This is the first publication." in question.content.decode()
    assert heard == []
    done = organizer.post(change_page(conference, "publish"))
    assert messages_of(done) == ["“CQRS summit” is published."]
    assert heard.names == ["seat_type_created", "conference_published"]
    page = organizer.get(change_page(conference)).content.decode()
    assert change_page(conference, "delete") not in page
    assert "seat_types-0-DELETE" not in page


def test_unpublishing_asks_where_visitors_go(organizer: Client) -> None:
    conference = make.published()
    address = change_page(conference, "unpublish")
    assert "no new order" in organizer.get(address).content.decode()
    refused = organizer.post(address, {"replacement_url": "javascript:alert(1)"})
    assert "Enter a valid URL." in refused.content.decode()
    assert Conference.objects.filter(is_published=True).exists()
    organizer.post(address, {"replacement_url": "https://example.org/next"})
    conference.refresh_from_db()
    assert not conference.is_published
    assert conference.replacement_url == "https://example.org/next"
    assert "Publish again" in organizer.get(change_page(conference)).content.decode()


def test_actions_publish_and_unpublish(organizer: Client) -> None:
    keys = [make.conference(slug=slug).pk for slug in ("one", "two")]
    for action, expected in (("publish_selected", 2), ("unpublish_selected", 0)):
        response = organizer.post(LIST, {"action": action, "_selected_action": keys})
        assert messages_of(response)[-1] == "Done for 2 conferences."
        assert Conference.objects.filter(is_published=True).count() == expected


def test_deleting_works_before_the_first_publication_only(organizer: Client) -> None:
    fresh, published = make.conference(slug="fresh"), make.published(slug="published")
    make.seat_type(fresh)
    for conference in (fresh, published):
        organizer.post(change_page(conference, "delete"), {"post": "yes"})
    assert list(Conference.objects.values_list("slug", flat=True)) == ["published"]


def test_bulk_deletion_refuses_what_was_published(organizer: Client) -> None:
    keys = [make.conference(slug="fresh").pk, make.published(slug="published").pk]
    chosen = {"action": "delete_selected", "_selected_action": keys, "post": "yes"}
    organizer.post(LIST, chosen)
    assert Conference.objects.count() == 2
    organizer.post(LIST, chosen | {"_selected_action": keys[:1]})
    assert list(Conference.objects.values_list("slug", flat=True)) == ["published"]


def test_forged_inline_deletion_is_ignored_after_publication(organizer: Client) -> None:
    conference = make.published()
    submit(organizer, change_page(conference), **{"seat_types-0-DELETE": "on"})
    assert SeatType.objects.count() == 1


def test_inline_deletion_works_before_publication(organizer: Client) -> None:
    conference = make.conference()
    make.seat_type(conference)
    submit(organizer, change_page(conference), **{"seat_types-0-DELETE": "on"})
    assert SeatType.objects.count() == 0


@pytest.mark.parametrize("asked_at", [3, 4])
def test_veto_while_the_form_is_sent_is_told(organizer: Client, asked_at: int) -> None:
    """A first order comes between: found by the form's check, or by the service."""
    conference = make.conference()
    asked = []

    def veto(sender: Any, **_: Any) -> None:
        asked.append(1)
        if len(asked) == asked_at:  # the page, the form as sent, its check, the service
            raise signals.ChangeRefused("currency", "An order was just placed.")

    signals.currency_change_proposed.connect(veto)
    try:
        changes = {"currency": "EUR", "name": "Renamed"}
        response = submit(organizer, change_page(conference), **changes)
    finally:
        signals.currency_change_proposed.disconnect(veto)
    if response.status_code == 200:
        assert errors_in(response) == {"currency": ["An order was just placed."]}
    else:
        assert messages_of(response) == ["An order was just placed."]
    conference.refresh_from_db()
    assert (conference.currency, conference.name) == ("USD", "CQRS summit")
