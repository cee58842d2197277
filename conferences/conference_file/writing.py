"""A stored conference as a file; defaults are left out, as a person would."""

import json
from decimal import Decimal
from typing import Any

import yaml

from conferences.conference_file.loading import CONFERENCE_DEFAULTS, SEAT_TYPE_DEFAULTS
from conferences.conference_file.local_time import from_text, until_text
from conferences.models import CancellationTier, Conference, SeatType
from conferences.validators import in_minor_unit


def as_yaml(conference: Conference) -> str:
    text: str = yaml.safe_dump(
        as_content(conference), sort_keys=False, allow_unicode=True, width=100
    )
    return text


def as_json(conference: Conference) -> str:
    return json.dumps(as_content(conference), ensure_ascii=False, indent=2, default=str)


def as_content(conference: Conference) -> dict[str, Any]:
    organization = conference.organization
    return {
        "organization": {"name": organization.name, "slug": organization.slug},
        "publish": conference.is_published,
        "conference": _conference(conference),
        "seat_types": [
            _seat_type(seat_type, conference)
            for seat_type in conference.seat_types.order_by("position", "pk")
        ],
    }


def _conference(conference: Conference) -> dict[str, Any]:
    content: dict[str, Any] = {"name": conference.name, "slug": conference.slug}
    content |= _unless_default(
        conference, CONFERENCE_DEFAULTS, ("tagline", "description", "location")
    )
    content |= {
        "time_zone": conference.time_zone,
        "currency": conference.currency,
        "starts_on": conference.starts_on,
        "ends_on": conference.ends_on,
    }
    if conference.tax_rate is not None:
        rate = _at_least_two_places(conference.tax_rate)
        content["tax"] = {"name": conference.tax_name, "rate": rate}
    content |= _unless_default(
        conference,
        CONFERENCE_DEFAULTS,
        (
            "hold_minutes",
            "replacement_url",
            "contact_email",
            "payment_instructions",
            "account_holder",
            "iban",
            "bic",
        ),
    )
    for name in ("seat_assignment_until", "cancellation_until"):
        if moment := getattr(conference, name):
            content[name] = until_text(moment, conference.zone)
    tiers = conference.cancellation_tiers.order_by("-days_before")
    if written := [_cancellation_tier(tier, conference) for tier in tiers]:
        content["cancellation_tiers"] = written
    return content


def _cancellation_tier(
    tier: CancellationTier, conference: Conference
) -> dict[str, Any]:
    content: dict[str, Any] = {"days_before": tier.days_before}
    if tier.percent_kept is not None:
        content["percent_kept"] = str(tier.terms["percent_kept"])
    if tier.fee_per_seat is not None:
        fee = in_minor_unit(tier.fee_per_seat, conference.currency)
        content["fee_per_seat"] = str(fee)
    return content


def _seat_type(seat_type: SeatType, conference: Conference) -> dict[str, Any]:
    content: dict[str, Any] = {"name": seat_type.name}
    content |= _unless_default(seat_type, SEAT_TYPE_DEFAULTS, ("description",))
    content["price"] = str(in_minor_unit(seat_type.price, conference.currency))
    if conference.tax_rate is not None or not seat_type.price_includes_tax:
        content["price_includes_tax"] = seat_type.price_includes_tax
    content["quota"] = seat_type.quota
    content |= _unless_default(seat_type, SEAT_TYPE_DEFAULTS, ("max_per_order",))
    if seat_type.on_sale_from:
        content["from"] = from_text(seat_type.on_sale_from, conference.zone)
    if seat_type.on_sale_until:
        content["until"] = until_text(seat_type.on_sale_until, conference.zone)
    if seat_type.is_closed:
        content["closed"] = True
    return content


def _unless_default(row: Any, defaults: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {
        name: getattr(row, name)
        for name in names
        if getattr(row, name) != defaults[name]
    }


def _at_least_two_places(rate: Decimal) -> str:
    two = rate.quantize(Decimal("0.01"))
    return str(two if two == rate else rate)
