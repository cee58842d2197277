"""Fields that take JSON values for what they are; serializers that take no others."""

from collections.abc import Mapping
from datetime import UTC
from decimal import Decimal
from typing import Any, TypeVar, cast
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from registrations.domain.values import Money

Sent = TypeVar("Sent", bound=Mapping[str, Any])


class StrictSerializer(serializers.Serializer[Any]):
    """What a client may send, and nothing besides: a field nobody asked for is refused
    by its name, so that a price or a status in a body is never silently dropped."""

    def to_internal_value(self, data: Any) -> Any:
        sent = data if isinstance(data, Mapping) else {}
        known = set(self.fields)
        unknown = [key for key in sent if key not in known]
        refused = {key: [_("Unknown field.")] for key in unknown[:50]}
        try:
            value = super().to_internal_value(data)
        except serializers.ValidationError as error:
            # Whoever misspelled a field is told that too, not only that one is missing.
            invalid = cast("dict[str, Any]", error.detail)
            raise serializers.ValidationError({**invalid, **refused}) from error
        if refused:
            raise serializers.ValidationError(refused)
        return value


class EmptySerializer(StrictSerializer):
    """For a POST that says everything by its address: no body, or `{}`."""


class IntegerField(serializers.IntegerField):
    """A JSON integer: not a text with digits, not a boolean, not 1.0."""

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return super().to_internal_value(data)


class CharField(serializers.CharField):
    """A JSON string: not a number that could be written as one."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class UUIDField(serializers.UUIDField):
    """A UUID in its usual form of 36 characters."""

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str) or len(data) != 36:
            self.fail("invalid", value=str(data)[:50])
        return super().to_internal_value(data)


class TimeField(serializers.DateTimeField):
    """An instant, RFC 3339 in UTC whatever time zone a page may have activated."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)


class MoneySerializer(serializers.Serializer[Money]):
    """An amount with its currency. The amount is a string with exactly the places of
    the currency's minor unit, so that no client reads it into a binary fraction."""

    amount = serializers.RegexField(r"^-?[0-9]+(\.[0-9]+)?$")
    currency = serializers.RegexField(r"^[A-Z]{3}$")


@extend_schema_field(MoneySerializer)
class MoneyField(serializers.Field[Any, Any, dict[str, str], Any]):
    """Money as it is spoken: `{"amount": "199.00", "currency": "USD"}`."""

    def to_representation(self, value: Money) -> dict[str, str]:
        # Stored with three places for every currency: show those this one has.
        exact = Money.of(value.amount, value.currency)
        return {"amount": plain(exact.amount), "currency": exact.currency}


def plain(amount: Decimal) -> str:
    """Digits without an exponent."""
    return format(amount, "f")
