"""On which terms seats are given back: rows, constraints and announcements."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from conferences import services
from conferences.models import CancellationTier, Conference
from tests.conferences.conftest import Heard
from tests.factories import conferences as make

pytestmark = pytest.mark.django_db

PERCENT = {"days_before": 30, "percent_kept": Decimal("10.00")}
FEE = {"days_before": 7, "fee_per_seat": Decimal("25.000")}
ANNOUNCED = [
    {"days_before": 30, "percent_kept": Decimal(10), "fee_per_seat": None},
    {"days_before": 7, "percent_kept": None, "fee_per_seat": Decimal(25)},
]


@pytest.fixture
def conference() -> Conference:
    return make.conference()


def put(conference: Conference, *tiers: dict[str, Any]) -> None:
    services.set_cancellation_tiers(conference_id=conference.pk, tiers=tiers)


def test_terms_are_announced_with_the_conference_most_days_first(
    conference: Conference, heard: Heard
) -> None:
    put(conference, FEE, PERCENT)
    assert heard.names == ["conference_updated"]
    assert heard[0][1]["cancellation_tiers"] == ANNOUNCED
    services.update_conference(conference_id=conference.pk, changes={"name": "New"})
    assert heard[1][1]["cancellation_tiers"] == ANNOUNCED


def test_the_same_terms_again_are_not_announced(
    conference: Conference, heard: Heard
) -> None:
    put(conference, FEE, PERCENT)
    heard.clear()
    put(conference, PERCENT | {"percent_kept": Decimal(10)}, FEE)
    assert heard == []


def test_other_terms_replace_those_that_were(
    conference: Conference, heard: Heard
) -> None:
    put(conference, PERCENT, FEE)
    (kept,) = CancellationTier.objects.filter(days_before=30)
    put(conference, PERCENT | {"percent_kept": Decimal(20)})
    (tier,) = CancellationTier.objects.all()
    assert (tier.pk, tier.percent_kept) == (kept.pk, Decimal(20))
    put(conference)
    assert heard[-1][1]["cancellation_tiers"] == []
    assert not CancellationTier.objects.exists()


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"days_before": 3}, "Give a percentage or a fee, not both."),
        (PERCENT | {"fee_per_seat": Decimal(1)}, "Give a percentage or a fee"),
        ({"days_before": 3, "percent_kept": Decimal(-1)}, "greater than or equal to 0"),
        ({"days_before": 3, "percent_kept": Decimal(101)}, "less than or equal to 100"),
        ({"days_before": 3, "percent_kept": Decimal("1.001")}, "2 decimal places"),
        ({"days_before": 3, "fee_per_seat": Decimal(-1)}, "greater than or equal to 0"),
        ({"days_before": 3, "fee_per_seat": Decimal(50_001)}, "equal to 50000"),
        ({"days_before": 3, "fee_per_seat": Decimal("1.005")}, "2 decimal places"),
        ({"days_before": -1, "percent_kept": Decimal(1)}, "greater than or equal to 0"),
        ({"days_before": 3651, "percent_kept": Decimal(1)}, "equal to 3650"),
    ],
)
def test_terms_that_cannot_be_meant_are_refused(
    conference: Conference, heard: Heard, terms: dict[str, Any], message: str
) -> None:
    put(conference, PERCENT)
    heard.clear()
    with pytest.raises(ValidationError) as refusal:
        put(conference, terms)
    assert message in " ".join(refusal.value.messages)
    assert heard == []
    assert CancellationTier.objects.get().days_before == 30


@pytest.mark.parametrize(
    ("terms", "constraint"),
    [
        ({"days_before": 3}, "percent_or_fee"),
        (PERCENT | {"days_before": 3, "fee_per_seat": Decimal(1)}, "percent_or_fee"),
        ({"days_before": 3, "percent_kept": Decimal(-1)}, "percent_0_to_100"),
        ({"days_before": 3, "percent_kept": Decimal(101)}, "percent_0_to_100"),
        ({"days_before": 3, "fee_per_seat": Decimal(-1)}, "fee_0_to_50000"),
        ({"days_before": 3651, "percent_kept": Decimal(1)}, "days_at_most_3650"),
        (PERCENT, "days_once_per_conference"),
    ],
)
def test_the_database_has_the_last_word(
    conference: Conference, terms: dict[str, Any], constraint: str
) -> None:
    put(conference, PERCENT)
    with (
        pytest.raises(IntegrityError, match=f"cancellation_tier_{constraint}"),
        transaction.atomic(),
    ):
        CancellationTier.objects.create(conference=conference, **terms)


def test_currency_must_have_room_for_the_fee(conference: Conference) -> None:
    put(conference, {"days_before": 3, "fee_per_seat": Decimal("2.50")})
    with pytest.raises(ValidationError, match="cancellation fee has more decimal"):
        services.update_conference(
            conference_id=conference.pk, changes={"currency": "JPY"}
        )


def test_a_deleted_conference_takes_its_terms_along(conference: Conference) -> None:
    put(conference, PERCENT)
    services.delete_conference(conference_id=conference.pk)
    assert not CancellationTier.objects.exists()
