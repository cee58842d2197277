"""Invoices, receipts and credit notes of an order."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from registrations.api.serializers.fields import MoneyField, MoneySerializer
from registrations.domain.values import Money
from registrations.models.document import Document, DocumentKind


class DocumentSerializer(serializers.Serializer[Any]):
    """One document; it never changes."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=DocumentKind.values)
    number = serializers.CharField(source="label", help_text="Such as `INV-00042`.")
    issued_on = serializers.DateField(help_text="The day in the conference's zone.")
    net = serializers.SerializerMethodField()
    tax = serializers.SerializerMethodField()
    total = serializers.SerializerMethodField(
        help_text="Of a credit note: how much it takes back."
    )
    corrects = serializers.UUIDField(
        source="corrects_id",
        allow_null=True,
        help_text="The `id` of what a credit note takes back.",
    )
    payment = serializers.UUIDField(source="payment_id", allow_null=True)
    file = serializers.SerializerMethodField(
        help_text="Where the PDF is; it wants the same `Authorization`."
    )

    @extend_schema_field(MoneySerializer)
    def get_net(self, document: Document) -> dict[str, str]:
        return _money(document.net, document.currency)

    @extend_schema_field(MoneySerializer)
    def get_tax(self, document: Document) -> dict[str, str]:
        return _money(document.tax, document.currency)

    @extend_schema_field(MoneySerializer)
    def get_total(self, document: Document) -> dict[str, str]:
        return _money(document.total, document.currency)

    @extend_schema_field(serializers.URLField)
    def get_file(self, document: Document) -> str:
        path = reverse("api:order-document", args=[document.order_id, document.pk])
        return f"{settings.BASE_URL}{path}"


def _money(amount: Any, currency: str) -> dict[str, str]:
    return MoneyField().to_representation(Money.of(amount, currency))
