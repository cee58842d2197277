"""Examples for the OpenAPI document; the amounts are those of the price list."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

from registrations.api.serializers.billing_address import BillingAddressSerializer
from registrations.api.serializers.cancellation import (
    CancelSerializer,
    QuoteSerializer,
)
from registrations.api.serializers.order import (
    FindOrderSerializer,
    ItemsSerializer,
    OpenedOrderSerializer,
    OrderSerializer,
    PlaceOrderSerializer,
)
from registrations.api.serializers.payment import (
    PaymentSerializer,
    SandboxOutcomeSerializer,
    StartPaymentSerializer,
)
from registrations.api.serializers.person import PersonSerializer

GENERAL = "0198f0c2-7a10-7c3e-9d55-0c4c1f6f2a01"
WORKSHOP = "0198f0c2-7a10-7c3e-9d55-0c4c1f6f2a02"
ORDER = "0198f0c5-11d0-7b52-8c1e-3f0a9c7d4e10"
PAYMENT = "0198f0c6-52a4-7e09-a2b8-5d1e7c9b6f31"

_person = {
    "first_name": "First",
    "last_name": "Last",
    "email": "registrant@example.org",
}
_items = [
    {"seat_type": GENERAL, "quantity": 3},
    {"seat_type": WORKSHOP, "quantity": 1},
]


def _money(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


_order: dict[str, Any] = {
    "id": ORDER,
    "code": "7KXW2M",
    "conference": "example-conference",
    "status": "partially_reserved",
    "version": 3,
    "placed_at": "2027-03-01T09:00:00Z",
    "hold_expires_at": "2027-03-01T09:15:00Z",
    "registrant": _person,
    "billing_address": None,
    "net_total": _money("398.00"),
    "tax_total": _money("0.00"),
    "total": _money("398.00"),
    "kept": _money("0.00"),
    "is_free": False,
    "lines": [
        {
            "seat_type": GENERAL,
            "name": "General admission",
            "unit_price": _money("199.00"),
            "requested": 3,
            "reserved": 2,
            "net": _money("398.00"),
            "tax": _money("0.00"),
            "line_total": _money("398.00"),
            "message": "Could not reserve all the requested seats.",
        },
        {
            "seat_type": WORKSHOP,
            "name": "CQRS Workshop",
            "unit_price": _money("500.00"),
            "requested": 1,
            "reserved": 0,
            "net": _money("0.00"),
            "tax": _money("0.00"),
            "line_total": _money("0.00"),
            "message": "Sold out",
        },
    ],
}


def _body(value: Any) -> list[OpenApiExample]:
    return [OpenApiExample("Body", value, request_only=True)]


def _answer(value: Any) -> list[OpenApiExample]:
    return [
        OpenApiExample("Answer", value, response_only=True, status_codes=["200", "201"])
    ]


BODIES: dict[Any, list[OpenApiExample]] = {
    PlaceOrderSerializer: _body({"items": _items, "registrant": _person}),
    ItemsSerializer: _body({"items": _items}),
    PersonSerializer: _body(_person),
    BillingAddressSerializer: _body(
        {
            "company": "Example GmbH",
            "street": "Hauptstrasse 1",
            "postcode": "10115",
            "city": "Berlin",
            "country": "DE",
            "tax_id": "DE123456789",
        }
    ),
    FindOrderSerializer: _body({"email": _person["email"], "code": _order["code"]}),
    StartPaymentSerializer: _body({"provider": "sandbox"}),
    CancelSerializer: _body({"positions": [0, 2], "expected_refund": _money("358.20")}),
    SandboxOutcomeSerializer: _body({"outcome": "accepted"}),
}
ANSWERS: dict[Any, list[OpenApiExample]] = {
    OrderSerializer: _answer(_order),
    OpenedOrderSerializer: _answer(
        {**_order, "access_token": "Zk3v0tWb1Jc9rY6qS2hN8mD5xL7pA4uE"}
    ),
    QuoteSerializer: _answer(
        {
            "value": _money("398.00"),
            "kept": _money("39.80"),
            "refund": _money("358.20"),
            "total": _money("500.00"),
            "is_whole": False,
            "tier": {"days_before": 30, "percent_kept": "10", "fee_per_seat": None},
            "keeps_everything": False,
            "lines": [
                {
                    "seat_type": GENERAL,
                    "name": "General admission",
                    "quantity": 2,
                    "value": _money("398.00"),
                    "kept": _money("39.80"),
                }
            ],
        }
    ),
    PaymentSerializer: _answer(
        {
            "id": PAYMENT,
            "order": ORDER,
            "provider": "sandbox",
            "status": "initiated",
            "amount": _money("398.00"),
            "redirect_url": f"https://conference.example/sandbox/payments/{PAYMENT}/",
        }
    ),
}
