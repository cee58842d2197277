"""Whom an order's documents are made out to."""

from typing import TYPE_CHECKING, Any

from rest_framework import serializers

from registrations.api.serializers.fields import CharField, StrictSerializer
from registrations.domain.billing_address import (
    LONGEST,
    BillingAddress,
    InvalidBillingAddress,
)

if TYPE_CHECKING:
    from registrations.models.order_view import OrderView


class BillingAddressSerializer(StrictSerializer):
    """An address to print, validated to a BillingAddress."""

    company = CharField(
        max_length=LONGEST["company"], required=False, allow_blank=True, default=""
    )
    street = CharField(max_length=LONGEST["street"])
    postcode = CharField(
        max_length=LONGEST["postcode"], required=False, allow_blank=True, default=""
    )
    city = CharField(max_length=LONGEST["city"])
    country = CharField(max_length=2, help_text="ISO 3166 code of two capital letters.")
    tax_id = CharField(
        max_length=LONGEST["tax_id"], required=False, allow_blank=True, default=""
    )

    def validate(self, attrs: dict[str, str]) -> BillingAddress | None:
        try:
            return BillingAddress.of(**attrs)
        except InvalidBillingAddress as error:
            raise serializers.ValidationError({error.field: [str(error)]}) from error


def billing_address(order: "OrderView") -> dict[str, Any] | None:
    """How it is shown; None where documents are made out to the registrant."""
    address = order.billing_address
    if address is None:
        return None
    return {name: getattr(address, name) for name in LONGEST}
