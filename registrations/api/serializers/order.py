"""Orders: what a registrant sends and what he gets."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from registrations.api.serializers.billing_address import (
    BillingAddressSerializer,
    billing_address,
)
from registrations.api.serializers.fields import (
    CharField,
    IntegerField,
    MoneyField,
    StrictSerializer,
    TimeField,
    UUIDField,
)
from registrations.api.serializers.person import PersonSerializer, person

if TYPE_CHECKING:
    from registrations.models.order_view import OrderView

MOST_LINES = 50
STATUSES = ("partially_reserved", "reserved", "confirmed", "expired", "cancelled")

Items = list[tuple[UUID, int]]


class ItemSerializer(StrictSerializer):
    """So many seats of one seat type. Lines of one seat type are added together."""

    seat_type = UUIDField()
    quantity = IntegerField(min_value=0)


class ItemsSerializer(StrictSerializer):
    """The seats wanted."""

    items = ItemSerializer(many=True, max_length=MOST_LINES)  # type: ignore[call-arg] # for the list


class PlaceOrderSerializer(ItemsSerializer):
    """The seats wanted and, if known already, who orders them."""

    registrant = PersonSerializer(required=False)


class FindOrderSerializer(StrictSerializer):
    """What the registrant was sent by mail."""

    email = CharField(max_length=254)
    code = CharField(max_length=20)


class OrderLineSerializer(serializers.Serializer[Any]):
    """The seats of one seat type in an order."""

    seat_type = serializers.UUIDField(source="seat_type_id")
    name = serializers.CharField()
    unit_price = MoneyField()
    requested = serializers.IntegerField(min_value=0)
    reserved = serializers.IntegerField(min_value=0)
    net = MoneyField(help_text="The line without its tax.")
    tax = MoneyField(help_text="The tax in the line, rounded for itself.")
    line_total = MoneyField(help_text="What the line costs: `net` and `tax` together.")
    message = serializers.CharField(
        allow_blank=True,
        help_text="Empty, `Could not reserve all the requested seats.` or `Sold out`.",
    )


class OrderStatusField(serializers.ChoiceField):
    """An order whose hold has ended has expired, also before it was released."""

    def get_attribute(self, instance: "OrderView") -> str:
        return instance.status_at(timezone.now())


class OrderSerializer(serializers.Serializer[Any]):
    """An order. `context["slug"]` is its conference's."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    conference = serializers.SerializerMethodField(help_text="The conference's slug.")
    status = OrderStatusField(choices=STATUSES)
    version = serializers.IntegerField(
        min_value=1, help_text="The `ETag` is this number in quotation marks."
    )
    placed_at = TimeField()
    hold_expires_at = TimeField(
        allow_null=True,
        help_text="When the seats are released; null once nothing is held any more,"
        " or for good.",
    )
    registrant = serializers.SerializerMethodField()
    billing_address = serializers.SerializerMethodField(
        help_text="Whom documents are made out to; null: the registrant."
    )
    net_total = MoneyField(help_text="The order without tax.")
    tax_total = MoneyField(help_text="The tax in the order.")
    total = MoneyField(
        help_text="What is to be paid: `net_total` and `tax_total` together."
    )
    kept = MoneyField(
        help_text="What the organizer keeps of seats that were given back."
    )
    is_free = serializers.BooleanField(
        help_text="The total is 0 and seats are held: confirm without a payment."
    )
    lines = OrderLineSerializer(many=True)

    @extend_schema_field(str)
    def get_conference(self, order: "OrderView") -> str:
        return str(self.context["slug"])

    @extend_schema_field(PersonSerializer(allow_null=True))
    def get_registrant(self, order: "OrderView") -> dict[str, str] | None:
        return person(order)

    @extend_schema_field(BillingAddressSerializer(allow_null=True))
    def get_billing_address(self, order: "OrderView") -> dict[str, Any] | None:
        return billing_address(order)


class OpenedOrderSerializer(OrderSerializer):
    """An order with the token that opens it, given once."""

    access_token = serializers.SerializerMethodField(
        help_text="For `Authorization: Order <access_token>`. Not shown again."
    )

    @extend_schema_field(str)
    def get_access_token(self, order: "OrderView") -> str:
        return str(self.context["access_token"])
