"""A published conference with the price list of the domain rules, and a JSON client."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from conferences import services
from conferences.models import Conference, Organization, SeatType
from tests.registrations.api.client import Client

MakeConference = Callable[..., Conference]


@pytest.fixture
def api() -> Client:
    return Client()


@pytest.fixture
def organization(db: None) -> Organization:
    return Organization.objects.create(name="Organization", slug="organization")


@pytest.fixture
def make_conference(organization: Organization) -> MakeConference:
    """A published conference without seat types, two months ahead."""

    def make(slug: str = "summit", *, published: bool = True, **changes: Any) -> Any:
        first_day = datetime.now(UTC).date() + timedelta(days=60)
        fields = {
            "slug": slug,
            "name": f"Conference {slug}",
            "tagline": "Two days of talks",
            "description": "What we learned last year.",
            "location": "Hamburg",
            "time_zone": "Europe/Berlin",
            "currency": "USD",
            "starts_on": first_day,
            "ends_on": first_day + timedelta(days=2),
            **changes,
        }
        conference = services.create_conference(
            organization_id=organization.id, fields=fields
        )
        if published:
            services.publish(conference_id=conference.id, now=datetime.now(UTC))
        return conference

    return make


@pytest.fixture
def conference(make_conference: MakeConference) -> Conference:
    return make_conference()


def seat_type(
    conference: Conference, name: str, price: str, quota: int = 20, **changes: Any
) -> SeatType:
    return services.add_seat_type(
        conference_id=conference.id,
        fields={"name": name, "price": Decimal(price), "quota": quota, **changes},
    )


@pytest.fixture
def general(conference: Conference) -> SeatType:
    return seat_type(conference, "General admission", "199", position=1)


@pytest.fixture
def workshop(conference: Conference) -> SeatType:
    return seat_type(conference, "CQRS Workshop", "500", quota=4, position=2)


@pytest.fixture
def free(conference: Conference) -> SeatType:
    return seat_type(conference, "Open evening", "0", position=3)


@pytest.fixture
def placed(api: Client, general: SeatType) -> Client:
    """A client who holds two seats of general admission and has said who he is."""
    return api.place("summit", {general: 2}, registrant=REGISTRANT)


@pytest.fixture
def placed_free(api: Client, free: SeatType) -> Client:
    return api.place("summit", {free: 2}, registrant=REGISTRANT)


@pytest.fixture
def confirmed(placed_free: Client) -> Client:
    assert placed_free.post(placed_free.order_path("confirm/")).status_code == 200
    return placed_free


REGISTRANT = {
    "first_name": "Registrant",
    "last_name": "One",
    "email": "registrant@example.org",
}
ATTENDEE = {
    "first_name": "Attendee",
    "last_name": "One",
    "email": "attendee@example.org",
}
