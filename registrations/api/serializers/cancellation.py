"""Giving seats back: what a client asks for, and what it comes to."""

import re
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from registrations.api.serializers.fields import (
    CharField,
    IntegerField,
    MoneyField,
    StrictSerializer,
    TimeField,
    plain,
)
from registrations.domain.values import Money

AMOUNT = re.compile(r"[0-9]+(\.[0-9]+)?")
MOST_POSITIONS = 10_000
LONGEST_QUERY = 60_000


class ExpectedMoneySerializer(StrictSerializer):
    """An amount that a client was told before; the amount is a string."""

    amount = CharField(max_length=30)
    currency = CharField(max_length=3)

    def validate_amount(self, amount: str) -> Decimal:
        if not AMOUNT.fullmatch(amount):
            raise serializers.ValidationError(_("Write an amount like 199.00."))
        return Decimal(amount)


class CancelSerializer(StrictSerializer):
    """Which seats, and what is expected to be given back; without, all and anything."""

    positions = serializers.ListField(
        child=IntegerField(min_value=0),
        required=False,
        allow_empty=False,
        max_length=MOST_POSITIONS,
        help_text="The seats by their `position`; left out: all that are left.",
    )
    expected_refund = ExpectedMoneySerializer(
        required=False,
        help_text="The `refund` of a quote: where it is another one now, nothing is"
        " done and the answer is `quote-changed`.",
    )


class PositionsSerializer(serializers.Serializer[Any]):
    """The query of a quote."""

    positions = serializers.RegexField(
        r"^[0-9]{1,6}(,[0-9]{1,6})*$",
        required=False,
        max_length=LONGEST_QUERY,
        help_text="Such as `0,2`; left out: all seats that are left.",
    )


@extend_schema_field(str)
class PercentField(serializers.Field[Any, Any, str, Any]):
    def to_representation(self, value: Decimal) -> str:
        return plain(value)


class TierSerializer(serializers.Serializer[Any]):
    """What is kept while at least so many whole days are left; one of the two."""

    days_before = serializers.IntegerField(min_value=0)
    percent_kept = PercentField(allow_null=True, help_text="Of the price, in percent.")
    fee_per_seat = serializers.SerializerMethodField(
        help_text="At most what the seat cost."
    )

    @extend_schema_field(MoneyField(allow_null=True))
    def get_fee_per_seat(self, tier: Any) -> dict[str, str] | None:
        if tier.fee_per_seat is None:
            return None
        fee = Money.of(tier.fee_per_seat, self.context["currency"])
        return MoneyField().to_representation(fee)


class CancellationTermsSerializer(serializers.Serializer[Any]):
    """On which terms seats are given back. Without tiers everything goes back; where
    there are some and none applies (any more), nothing does."""

    until = TimeField(source="ends_at", help_text="Later, only the organizer cancels.")
    tiers = TierSerializer(many=True)


class CancelledLineSerializer(serializers.Serializer[Any]):
    """Seats of one type that would be given back."""

    seat_type = serializers.UUIDField()
    name = serializers.CharField()
    quantity = serializers.IntegerField(min_value=1)
    value = serializers.SerializerMethodField(help_text="Their price.")
    kept = serializers.SerializerMethodField(help_text="The part of it that is kept.")

    @extend_schema_field(MoneyField())
    def get_value(self, line: Any) -> dict[str, str]:
        return _money(line.value, self.context)

    @extend_schema_field(MoneyField())
    def get_kept(self, line: Any) -> dict[str, str]:
        return _money(line.kept, self.context)


class QuoteSerializer(serializers.Serializer[Any]):
    """What giving seats back comes to now; `context["currency"]` is the order's."""

    value = serializers.SerializerMethodField(help_text="The price of these seats.")
    kept = serializers.SerializerMethodField(help_text="What the organizer keeps.")
    refund = serializers.SerializerMethodField(
        help_text="What goes back: `value` without `kept`, and never more than what was"
        " paid, has not gone back and is not disputed."
    )
    total = serializers.SerializerMethodField(
        help_text="What the order costs afterwards."
    )
    is_whole = serializers.BooleanField(
        help_text="No seat is left then: the order is cancelled."
    )
    tier = TierSerializer(allow_null=True, help_text="The one that applies.")
    keeps_everything = serializers.BooleanField(
        help_text="It is too late for all tiers."
    )
    lines = CancelledLineSerializer(many=True, source="cancelled")

    @extend_schema_field(MoneyField())
    def get_value(self, quote: Any) -> dict[str, str]:
        return _money(quote.value, self.context)

    @extend_schema_field(MoneyField())
    def get_kept(self, quote: Any) -> dict[str, str]:
        return _money(quote.kept, self.context)

    @extend_schema_field(MoneyField())
    def get_refund(self, quote: Any) -> dict[str, str]:
        return _money(quote.refund, self.context)

    @extend_schema_field(MoneyField())
    def get_total(self, quote: Any) -> dict[str, str]:
        return _money(quote.total, self.context)


def _money(amount: Decimal, context: Any) -> dict[str, str]:
    return MoneyField().to_representation(Money.of(amount, context["currency"]))
