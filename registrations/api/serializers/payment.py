"""Payments of an order."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from registrations.api.serializers.fields import (
    CharField,
    MoneyField,
    MoneySerializer,
    StrictSerializer,
)
from registrations.domain.values import Money

if TYPE_CHECKING:
    from payments.services import Payment

STATUSES = ("initiated", "completed", "rejected", "refunded", "partially_refunded")
OUTCOMES = ("accepted", "rejected")


class StartPaymentSerializer(StrictSerializer):
    """Which way to pay."""

    provider = CharField(
        max_length=30, help_text="`sandbox`, `invoice` or `stripe`, where enabled."
    )


class SandboxOutcomeSerializer(StrictSerializer):
    """What a person would press on the sandbox's page."""

    outcome = serializers.ChoiceField(choices=OUTCOMES)


class PaymentSerializer(serializers.Serializer[Any]):
    """One attempt to pay an order."""

    id = serializers.UUIDField()
    order = serializers.UUIDField(source="order_id")
    provider = serializers.CharField()
    status = serializers.ChoiceField(choices=STATUSES)
    amount = serializers.SerializerMethodField()
    redirect_url = serializers.SerializerMethodField(
        help_text="Where to send the payer's browser."
    )

    @extend_schema_field(MoneySerializer)
    def get_amount(self, payment: "Payment") -> dict[str, str]:
        money = Money(payment.amount, payment.currency)
        return MoneyField().to_representation(money)

    @extend_schema_field(serializers.URLField)
    def get_redirect_url(self, payment: "Payment") -> str:
        """A provider of ours names a path, one outside a whole address."""
        if payment.redirect_url.startswith("/"):
            return f"{settings.BASE_URL}{payment.redirect_url}"
        return payment.redirect_url
