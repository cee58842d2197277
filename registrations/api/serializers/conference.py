"""Conferences and what they sell, as the public sees them."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from registrations.api.serializers.cancellation import CancellationTermsSerializer
from registrations.api.serializers.fields import MoneyField
from registrations.queries.cancellation import policy_of

ORDERINGS = ("starts_on", "-starts_on", "name", "-name")


class ConferenceFilterSerializer(serializers.Serializer[Any]):
    """The query parameters of the list of conferences."""

    currency = serializers.RegexField(
        r"^[A-Z]{3}$", required=False, help_text="Only those selling in this currency."
    )
    starts_on_after = serializers.DateField(
        required=False, help_text="Only those starting on this day or later."
    )
    starts_on_before = serializers.DateField(
        required=False, help_text="Only those starting on this day or earlier."
    )
    ordering = serializers.ChoiceField(
        choices=ORDERINGS, default="starts_on", help_text="Sort by this."
    )


class ConferenceLinksSerializer(serializers.Serializer[Any]):
    """Absolute addresses of what belongs to a conference."""

    self = serializers.URLField()
    seat_types = serializers.URLField()
    orders = serializers.URLField(help_text="POST here to place an order.")
    html = serializers.URLField(help_text="The page for people.")


class ConferenceSerializer(serializers.Serializer[Any]):
    """A published conference."""

    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField()
    tagline = serializers.CharField(allow_blank=True)
    location = serializers.CharField(allow_blank=True)
    time_zone = serializers.CharField(help_text="IANA name.")
    currency = serializers.CharField(help_text="ISO 4217 code.")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    links = serializers.SerializerMethodField()

    @extend_schema_field(ConferenceLinksSerializer)
    def get_links(self, conference: Any) -> dict[str, str]:
        return links(conference.slug)


class ConferenceDetailSerializer(ConferenceSerializer):
    """A published conference with its description."""

    description = serializers.CharField(allow_blank=True)
    cancellation = serializers.SerializerMethodField()

    @extend_schema_field(CancellationTermsSerializer)
    def get_cancellation(self, conference: Any) -> dict[str, Any]:
        context = {"currency": conference.currency}
        policy = policy_of(conference)
        return dict(CancellationTermsSerializer(policy, context=context).data)


class SeatTypeSerializer(serializers.Serializer[Any]):
    """A right of admission that can be ordered."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    price = MoneyField()
    price_includes_tax = serializers.BooleanField(
        help_text="Whether the conference's tax, if it has one, is in the price; it is"
        " added to the price of an order's lines where it is not."
    )
    quota = serializers.IntegerField(min_value=0)
    available = serializers.IntegerField(
        min_value=0, help_text="Free now; 0 also where more is sold than the quota."
    )
    max_per_order = serializers.IntegerField(min_value=1)
    on_sale = serializers.BooleanField(
        help_text="Whether it can be ordered now: not closed and within its window."
    )


def links(slug: str) -> dict[str, str]:
    """Absolute addresses, from the configured origin."""
    names = {
        "self": "api:conference-detail",
        "seat_types": "api:seat-type-list",
        "orders": "api:order-place",
        "html": "registrations:conference",
    }
    return {
        key: settings.BASE_URL + reverse(name, args=[slug])
        for key, name in names.items()
    }
