"""Organizations, members and conferences, made as the admin makes them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User

from conferences import services
from conferences.models import Conference, Membership, Organization, SeatType

NOW = datetime(2030, 1, 7, 9, 0, tzinfo=UTC)


def organization(slug: str = "contoso", **fields: Any) -> Organization:
    values = {"name": slug.title()} | fields
    return Organization.objects.get_or_create(slug=slug, defaults=values)[0]


def member(of: Organization, role: str = Membership.Role.ORGANIZER) -> User:
    """A staff user named after role and organization, so that failures explain."""
    username = f"{role}-{of.slug}"
    user = User.objects.create_user(username, f"{role}@example.org", is_staff=True)
    Membership.objects.create(organization=of, user=user, role=role)
    return user


def superuser() -> User:
    return User.objects.create_superuser("superuser", "superuser@example.org")


def conference_fields(**changes: Any) -> dict[str, Any]:
    return {
        "name": "CQRS summit",
        "slug": "cqrs-summit",
        "time_zone": "America/Los_Angeles",
        "currency": "USD",
        "starts_on": date(2030, 5, 2),
        "ends_on": date(2030, 5, 12),
    } | changes


def conference(of: Organization | None = None, **changes: Any) -> Conference:
    """An unpublished conference without seat types."""
    owner = of or organization()
    return services.create_conference(
        organization_id=owner.pk, fields=conference_fields(**changes)
    )


def seat_type_fields(**changes: Any) -> dict[str, Any]:
    return {
        "name": "General admission",
        "price": Decimal("199.00"),
        "quota": 100,
    } | changes


def seat_type(of: Conference, **changes: Any) -> SeatType:
    return services.add_seat_type(
        conference_id=of.pk, fields=seat_type_fields(**changes)
    )


def published(of: Organization | None = None, **changes: Any) -> Conference:
    """A published conference with one seat type, general admission."""
    made = conference(of, **changes)
    seat_type(made)
    return services.publish(conference_id=made.pk, now=NOW)
