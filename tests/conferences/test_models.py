"""The database has the last word: each constraint is hit without our validation."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from conferences.models import Conference, Membership, SeatType
from tests.factories import conferences as make

pytestmark = pytest.mark.django_db

TIME = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"ends_on": date(2030, 5, 1)}, "conference_ends_not_before_start"),
        ({"slug": "no slash/"}, "conference_slug_is_plain"),
        ({"slug": ""}, "conference_slug_is_plain"),
        ({"hold_minutes": 4}, "conference_hold_minutes_5_to_60"),
        ({"hold_minutes": 61}, "conference_hold_minutes_5_to_60"),
        ({"tax_name": "VAT", "tax_rate": -1}, "conference_tax_rate_0_to_100"),
        ({"tax_name": "VAT", "tax_rate": 101}, "conference_tax_rate_0_to_100"),
        ({"tax_rate": 21}, "conference_tax_name_and_rate_together"),
        ({"tax_name": "VAT"}, "conference_tax_name_and_rate_together"),
        ({"is_published": True}, "conference_published_has_first_publication"),
    ],
)
def test_conference_constraint_holds_alone(
    changes: dict[str, Any], constraint: str
) -> None:
    fields = make.conference_fields(**changes)
    with pytest.raises(IntegrityError, match=constraint):
        Conference.objects.create(organization=make.organization(), **fields)


@pytest.mark.parametrize("slug", ["cqrs-summit", "CQRS-Summit"])
def test_slug_is_unique_in_any_case(slug: str) -> None:
    make.conference()
    fields = make.conference_fields(slug=slug)
    with pytest.raises(IntegrityError, match="slug"):
        Conference.objects.create(organization=make.organization(), **fields)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"name": "A"}, "seat_type_name_2_to_70_characters"),
        ({"price": Decimal(-1)}, "seat_type_price_0_to_50000"),
        ({"price": Decimal("50000.01")}, "seat_type_price_0_to_50000"),
        ({"quota": 100_001}, "seat_type_quota_at_most_100000"),
        ({"quota": -1}, "quota"),
        ({"max_per_order": 0}, "seat_type_max_per_order_at_least_1"),
        (
            {"on_sale_from": TIME, "on_sale_until": TIME},
            "seat_type_sale_ends_after_it_starts",
        ),
    ],
)
def test_seat_type_constraint_holds_alone(
    changes: dict[str, Any], constraint: str
) -> None:
    fields = make.seat_type_fields(**changes)
    with pytest.raises(IntegrityError, match=constraint):
        SeatType.objects.create(conference=make.conference(), **fields)


def test_seat_type_name_is_unique_within_a_conference_in_any_case() -> None:
    conference = make.conference()
    make.seat_type(conference)
    make.seat_type(make.conference(slug="another"))  # elsewhere it may be the same
    fields = make.seat_type_fields(name="GENERAL ADMISSION")
    with pytest.raises(IntegrityError, match="seat_type_name_once_per_conference"):
        SeatType.objects.create(conference=conference, **fields)


def test_membership_is_once_per_organization_and_of_a_known_role() -> None:
    contoso = make.organization()
    user = make.member(contoso)
    with (
        pytest.raises(IntegrityError, match="membership_once_per_organization"),
        transaction.atomic(),
    ):
        Membership.objects.create(organization=contoso, user=user)
    with pytest.raises(IntegrityError, match="membership_role_known"):
        Membership.objects.filter(user=user).update(role="god")


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"slug": "other"}, "conference_slug_and_organization_fixed"),
        ({"organization_id": None}, "conference_slug_and_organization_fixed"),
        ({"first_published_at": None}, "conference_first_publication_fixed"),
    ],
)
def test_database_keeps_what_was_announced(
    change: dict[str, Any], constraint: str
) -> None:
    conference = make.published()
    if "organization_id" in change:
        change = {"organization_id": make.organization("fabrikam").pk}
    with pytest.raises(IntegrityError) as refusal:
        Conference.objects.filter(pk=conference.pk).update(**change)
    cause: Any = refusal.value.__cause__
    assert cause.diag.constraint_name == constraint


def test_database_refuses_to_delete_what_was_published() -> None:
    conference = make.published()
    for rows in (conference.seat_types.all(), Conference.objects.all()):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows._raw_delete(rows.db)
    assert (Conference.objects.count(), SeatType.objects.count()) == (1, 1)


def test_database_lets_go_what_was_never_published() -> None:
    conference = make.conference()
    make.seat_type(conference)
    conference.delete()
    assert (Conference.objects.count(), SeatType.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"slug": "müsli"}, "slug", "Use letters without accents, digits, hyphens"),
        ({"slug": "line\n"}, "slug", "Use letters without accents, digits, hyphens"),
        ({"time_zone": "Mars/Olympus"}, "time_zone", "“Mars/Olympus” is no time zone."),
        ({"currency": "DEM"}, "currency", "“DEM” is no currency."),
        ({"currency": "XAU"}, "currency", "“XAU” is no currency."),
        ({"currency": "usd"}, "currency", "“usd” is no currency."),
        ({"ends_on": date(2030, 5, 1)}, "ends_on", "The end lies before the start."),
        ({"tax_name": "VAT"}, "tax_rate", "Give the rate of this tax"),
        ({"tax_rate": 21}, "tax_name", "Give the name of this tax"),
        ({"hold_minutes": 4}, "hold_minutes", "greater than or equal to 5"),
        ({"hold_minutes": 61}, "hold_minutes", "less than or equal to 60"),
        ({"replacement_url": "javascript:1"}, "replacement_url", "valid URL"),
        ({"name": ""}, "name", "cannot be blank"),
    ],
)
def test_conference_is_refused_with_a_reason(
    changes: dict[str, Any], field: str, message: str
) -> None:
    with pytest.raises(ValidationError) as refusal:
        make.conference(**changes)
    assert message in refusal.value.message_dict[field][0]


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"name": "A"}, "name", "at least 2 characters"),
        ({"name": "A" * 71}, "name", "at most 70 characters"),
        ({"description": "A" * 251}, "description", "at most 250 characters"),
        ({"price": Decimal("-0.01")}, "price", "greater than or equal to 0"),
        ({"price": Decimal("50000.01")}, "price", "less than or equal to 50000"),
        ({"price": Decimal("1.005")}, "price", "USD has 2 decimal places"),
        ({"quota": 100_001}, "quota", "less than or equal to 100000"),
        ({"quota": -1}, "quota", "greater than or equal to 0"),
        ({"max_per_order": 0}, "max_per_order", "greater than or equal to 1"),
        (
            {"on_sale_from": TIME, "on_sale_until": TIME},
            "on_sale_until",
            "The sale ends before it starts.",
        ),
    ],
)
def test_seat_type_is_refused_with_a_reason(
    changes: dict[str, Any], field: str, message: str
) -> None:
    conference = make.conference()
    with pytest.raises(ValidationError) as refusal:
        make.seat_type(conference, **changes)
    assert message in refusal.value.message_dict[field][0]


@pytest.mark.parametrize(
    ("currency", "price", "fits"),
    [
        ("JPY", "1500", True),
        ("JPY", "1500.50", False),
        ("USD", "0.01", True),
        ("USD", "0.001", False),
        ("KWD", "0.001", True),
    ],
)
def test_price_fits_the_minor_unit(currency: str, price: str, fits: bool) -> None:
    conference = make.conference(currency=currency)
    if fits:
        assert make.seat_type(conference, price=Decimal(price)).price == Decimal(price)
        return
    with pytest.raises(ValidationError) as refusal:
        make.seat_type(conference, price=Decimal(price))
    assert list(refusal.value.message_dict) == ["price"]


def test_price_without_minor_unit_names_the_remedy() -> None:
    conference = make.conference(currency="JPY")
    with pytest.raises(ValidationError, match="give a whole number"):
        make.seat_type(conference, price=Decimal("0.5"))


@pytest.mark.parametrize(
    ("field", "value"), [("quota", 0), ("quota", 100_000), ("price", Decimal(50_000))]
)
def test_limits_themselves_are_allowed(field: str, value: Any) -> None:
    made = make.seat_type(make.conference(), **{field: value})
    assert getattr(made, field) == value
