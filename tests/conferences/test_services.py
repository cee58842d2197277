"""What may change a conference, what others hear of it, and what is refused."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from conferences import services, signals
from conferences.models import Conference, SeatType
from tests.conferences.conftest import Heard
from tests.factories import conferences as make
from tests.waiting import PATIENCE


@pytest.mark.django_db
def test_new_conference_is_unpublished_and_announced_with_plain_values(
    heard: Heard,
) -> None:
    made = make.conference(tagline="Commands and queries")
    assert not made.is_published
    assert heard == [
        (
            "conference_created",
            {
                "conference_id": made.pk,
                "organization_id": made.organization_id,
                "slug": "cqrs-summit",
                "name": "CQRS summit",
                "tagline": "Commands and queries",
                "description": "",
                "location": "",
                "time_zone": "America/Los_Angeles",
                "currency": "USD",
                "starts_on": made.starts_on,
                "ends_on": made.ends_on,
                "hold_minutes": 15,
                "seat_assignment_until": None,
                "cancellation_until": None,
                "tax_name": "",
                "tax_rate": None,
                "replacement_url": "",
                "contact_email": "",
                "payment_instructions": "",
                "account_holder": "",
                "iban": "",
                "bic": "",
                "cancellation_tiers": [],
            },
        )
    ]


@pytest.mark.django_db
def test_first_publication_announces_seat_types_before_the_conference(
    heard: Heard,
) -> None:
    made = make.conference()
    make.seat_type(made)
    workshop = make.seat_type(made, name="CQRS Workshop", price=Decimal(500))
    services.update_seat_type(seat_type_id=workshop.pk, changes={"quota": 4})
    assert heard.names == ["conference_created"]

    services.publish(conference_id=made.pk, now=make.NOW)
    assert heard.names[1:] == [
        "seat_type_created",
        "seat_type_created",
        "conference_published",
    ]
    assert [values["name"] for _, values in heard[1:3]] == [
        "General admission",
        "CQRS Workshop",
    ]
    assert heard[2][1] == {
        "conference_id": made.pk,
        "seat_type_id": workshop.pk,
        "name": "CQRS Workshop",
        "description": "",
        "price": Decimal(500),
        "price_includes_tax": True,
        "quota": 4,
        "max_per_order": 20,
        "on_sale_from": None,
        "on_sale_until": None,
        "is_closed": False,
        "position": 1,
    }


@pytest.mark.django_db
def test_after_the_first_publication_everything_is_announced_also_unpublished(
    heard: Heard,
) -> None:
    made = make.published()
    services.unpublish(conference_id=made.pk)
    heard.clear()
    party = make.seat_type(made, name="Party")
    services.update_seat_type(seat_type_id=party.pk, changes={"is_closed": True})
    services.publish(conference_id=made.pk, now=make.NOW)
    assert heard.names == [
        "seat_type_created",
        "seat_type_updated",
        "conference_published",
    ]


@pytest.mark.django_db
def test_doing_it_again_changes_and_announces_nothing(heard: Heard) -> None:
    made = make.published()
    general = made.seat_types.get()
    heard.clear()
    services.publish(conference_id=made.pk, now=make.NOW)
    services.update_conference(
        conference_id=made.pk, changes={"name": "CQRS summit", "tax_rate": None}
    )
    services.update_seat_type(
        seat_type_id=general.pk, changes={"price": Decimal("199.000"), "quota": 100}
    )
    services.unpublish(conference_id=made.pk)
    services.unpublish(conference_id=made.pk)
    assert heard.names == ["conference_unpublished"]


@pytest.mark.django_db
def test_unpublishing_can_say_where_visitors_go(heard: Heard) -> None:
    made = make.published()
    heard.clear()
    address = "https://example.org/next"
    closed = services.unpublish(conference_id=made.pk, replacement_url=address)
    assert closed.replacement_url == address
    assert heard.names == ["conference_unpublished", "conference_updated"]


@pytest.mark.django_db
def test_first_publication_stays_the_first() -> None:
    made = make.published()
    services.unpublish(conference_id=made.pk)
    again = services.publish(conference_id=made.pk, now=make.NOW.replace(year=2031))
    assert again.first_published_at == make.NOW


@pytest.mark.django_db
def test_two_partial_changes_do_not_undo_each_other() -> None:
    made = make.conference()
    services.update_conference(conference_id=made.pk, changes={"tagline": "first"})
    services.update_conference(conference_id=made.pk, changes={"location": "second"})
    stored = Conference.objects.get()
    assert (stored.tagline, stored.location) == ("first", "second")


@pytest.mark.django_db
def test_slug_is_fixed() -> None:
    made = make.conference()
    with pytest.raises(services.SlugFixed, match="cannot be changed") as refusal:
        services.update_conference(conference_id=made.pk, changes={"slug": "other"})
    assert refusal.value.field == "slug"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["is_published", "organization_id", "id", "price"])
def test_fields_that_are_not_offered_cannot_be_set(name: str) -> None:
    made = make.conference()
    with pytest.raises(TypeError, match=f"These cannot be set: {name}"):
        services.update_conference(conference_id=made.pk, changes={name: True})


@pytest.mark.django_db
def test_currency_may_change_until_somebody_vetoes(currency_locked: str) -> None:
    made = make.conference()
    with pytest.raises(signals.ChangeRefused, match=currency_locked) as refusal:
        services.update_conference(conference_id=made.pk, changes={"currency": "EUR"})
    assert refusal.value.field == "currency"
    unchanged = {"currency": "USD", "name": "Renamed"}
    services.update_conference(conference_id=made.pk, changes=unchanged)
    assert Conference.objects.get().currency == "USD"


@pytest.mark.django_db
def test_currency_without_room_for_a_price_is_refused() -> None:
    made = make.conference()
    make.seat_type(made, price=Decimal("199.50"))
    with pytest.raises(ValidationError) as refusal:
        services.update_conference(conference_id=made.pk, changes={"currency": "JPY"})
    assert refusal.value.message_dict == {
        "currency": [
            (
                "The price 199.5 of “General admission” has more decimal places than"
                " JPY: round it first."
            )
        ]
    }
    services.update_conference(conference_id=made.pk, changes={"currency": "EUR"})


@pytest.mark.django_db
def test_deleting_is_possible_before_the_first_publication_only(heard: Heard) -> None:
    made = make.conference()
    services.delete_seat_type(seat_type_id=make.seat_type(made).pk)
    make.seat_type(made)
    heard.clear()
    services.delete_conference(conference_id=made.pk)
    assert heard == [("conference_deleted", {"conference_id": made.pk})]
    assert SeatType.objects.count() == 0

    kept = make.published()
    services.unpublish(conference_id=kept.pk)
    with pytest.raises(services.ConferenceStays, match="cannot be deleted"):
        services.delete_conference(conference_id=kept.pk)
    with pytest.raises(services.SeatTypeStays, match="Close it instead"):
        services.delete_seat_type(seat_type_id=kept.seat_types.get().pk)


@pytest.mark.django_db
def test_a_receiver_that_fails_rolls_the_change_back() -> None:
    made = make.conference()

    def fail(sender: Any, **_: Any) -> None:
        raise RuntimeError("receiver is broken")

    signals.conference_updated.connect(fail)
    try:
        with pytest.raises(RuntimeError), transaction.atomic():
            services.update_conference(conference_id=made.pk, changes={"name": "New"})
    finally:
        signals.conference_updated.disconnect(fail)
    assert Conference.objects.get().name == "CQRS summit"


@pytest.mark.django_db
def test_new_seat_types_are_put_last() -> None:
    made = make.conference()
    positions = [make.seat_type(made, name=name).position for name in ("One", "Two")]
    assert positions == [0, 1]
    assert make.seat_type(made, name="Up", position=0).position == 0


@pytest.mark.django_db(transaction=True)
def test_two_organizers_take_one_slug_at_the_same_time() -> None:
    """The loser is told by the form's words, not by an IntegrityError."""
    organizations = [make.organization("contoso"), make.organization("fabrikam")]
    # Both see a free slug before either of them inserts.
    together = Barrier(2, timeout=PATIENCE)
    full_clean = Conference.full_clean

    def create(number: int) -> str:
        try:
            make.conference(organizations[number], slug=["Same", "same"][number])
        except ValidationError as refusal:
            return str(refusal.message_dict)
        finally:
            connection.close()
        return "created"

    def clean_and_wait(self: Conference, *args: Any, **kwargs: Any) -> None:
        full_clean(self, *args, **kwargs)
        together.wait()

    with (
        pytest.MonkeyPatch.context() as patch,
        ThreadPoolExecutor(2) as threads,
    ):
        patch.setattr(Conference, "full_clean", clean_and_wait)
        results = sorted(threads.map(create, range(2)))
    assert results == ["created", "{'slug': ['Another conference has this slug.']}"]
    assert Conference.objects.count() == 1
