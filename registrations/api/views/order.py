"""Placing an order and everything that is done with it until it is confirmed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from uuid_utils.compat import uuid7

from registrations.api.conditional import expected_version, shown, tagged
from registrations.api.idempotency import idempotent
from registrations.api.schema import OWN_ORDER, described
from registrations.api.serializers.fields import EmptySerializer
from registrations.api.serializers.order import (
    FindOrderSerializer,
    Items,
    ItemsSerializer,
    OpenedOrderSerializer,
    OrderSerializer,
    PlaceOrderSerializer,
)
from registrations.api.serializers.person import PersonSerializer
from registrations.api.views.base import APIEndpoint, OrderEndpoint, body_of
from registrations.api.views.conference import published, slug_of
from registrations.commands import order as commands
from registrations.commands import order_access
from registrations.domain.errors import ConferenceClosed, InvalidItems
from registrations.queries import conference_view, order_view

if TYPE_CHECKING:
    from registrations.models.order_view import OrderView


class OrderPlace(APIEndpoint):
    """Where the orders of a conference are placed."""

    is_personal = True

    @described(
        "place_order",
        "Place an order",
        OpenedOrderSerializer,
        status=201,
        body=PlaceOrderSerializer,
        refusals=[404],
        tagged=True,
    )
    @idempotent
    def post(self, request: Request, slug: str) -> Response:
        """Reserves what is free of the seats wanted and prices it: fewer seats than
        asked are no refusal, each short line says so. The answer holds the
        `access_token` that all later calls on this order need."""
        conference = published(slug)
        body = body_of(request, PlaceOrderSerializer)
        order_id, now = uuid7(), timezone.now()
        try:
            with naming_the_item(request.data):
                commands.place_order(
                    order_id=order_id,
                    conference_id=conference.id,
                    items=items_of(body),
                    registrant=body.get("registrant"),
                    now=now,
                )
        except ConferenceClosed as error:
            raise Http404 from error
        token = order_access.issue_token(order_id, now=now)
        answer = opened(stored(order_id), conference.slug, token, status=201)
        answer["Location"] = reverse("api:order-detail", args=[order_id])
        return answer


class NoSuchOrder(exceptions.NotFound):
    """The same whether the address, the code or the conference is wrong."""

    default_detail = _("There is no order with this e-mail address and code.")


class OrderFind(APIEndpoint):
    """For registrants who have lost their token."""

    is_personal = True

    @described(
        "find_order",
        "Find an order by e-mail and code",
        OpenedOrderSerializer,
        body=FindOrderSerializer,
        refusals=[404, 429],
        tagged=True,
    )
    @idempotent
    def post(self, request: Request, slug: str) -> Response:
        """Exchanges what the registrant was sent by mail for a new `access_token`. The
        answer to an unknown address and to a wrong code is the same."""
        body = body_of(request, FindOrderSerializer)
        conference = conference_view.conference(slug)
        if conference is None:
            raise NoSuchOrder
        order = order_view.find(conference.id, email=body["email"], code=body["code"])
        # An unpublished conference is closed, but not to who has bought his seats.
        if order is None or not (
            conference.is_published or order.status == "confirmed"
        ):
            raise NoSuchOrder
        token = order_access.issue_token(order.id, now=timezone.now())
        return opened(order, conference.slug, token, status=200)


class OrderDetail(OrderEndpoint):
    """One order."""

    @described(
        "show_order", "Show an order", OrderSerializer, refusals=OWN_ORDER, tagged=True
    )
    def get(self, request: Request, order_id: UUID) -> HttpResponse:
        return shown(request, content_of(self.order), self.order.version)


class OrderItems(OrderEndpoint):
    """The seats an order wants."""

    @described(
        "change_items",
        "Change the seats",
        OrderSerializer,
        body=ItemsSerializer,
        refusals=[*OWN_ORDER, 409],
        tagged=True,
    )
    def put(self, request: Request, order_id: UUID) -> Response:
        """Replaces the items: what is dropped goes back, only the difference is taken.
        The hold's end does not move."""
        body = body_of(request, ItemsSerializer)
        with naming_the_item(request.data):
            commands.change_items(
                order_id=order_id,
                items=items_of(body),
                now=timezone.now(),
                expected_version=expected_version(request, self.order.version),
            )
        return changed(order_id)


class OrderRegistrant(OrderEndpoint):
    """Who orders."""

    @described(
        "assign_registrant",
        "Name the registrant",
        OrderSerializer,
        body=PersonSerializer,
        refusals=[*OWN_ORDER, 409],
        tagged=True,
    )
    def put(self, request: Request, order_id: UUID) -> Response:
        registrant = body_of(request, PersonSerializer)
        commands.assign_registrant(
            order_id=order_id,
            registrant=registrant,
            now=timezone.now(),
            expected_version=expected_version(request, self.order.version),
        )
        return changed(order_id)


class OrderConfirm(OrderEndpoint):
    """Confirmation without a payment."""

    @described(
        "confirm_free_order",
        "Confirm an order that is free of charge",
        OrderSerializer,
        body=EmptySerializer,
        refusals=[*OWN_ORDER, 409],
        tagged=True,
    )
    @idempotent
    def post(self, request: Request, order_id: UUID) -> Response:
        body_of(request, EmptySerializer)
        commands.confirm_free_order(
            order_id=order_id,
            now=timezone.now(),
            expected_version=expected_version(request, self.order.version),
        )
        return changed(order_id)


def stored(order_id: UUID) -> "OrderView":
    """The order as the command just left it."""
    order = order_view.order(order_id)
    if order is None:
        raise Http404
    return order


def content_of(order: "OrderView") -> Any:
    return OrderSerializer(order, context={"slug": slug_of(order)}).data


def changed(order_id: UUID) -> Response:
    """The answer to a write."""
    order = stored(order_id)
    return tagged(content_of(order), order.version)


def opened(order: "OrderView", slug: str, token: str, *, status: int) -> Response:
    context = {"slug": slug, "access_token": token}
    content = OpenedOrderSerializer(order, context=context).data
    return tagged(content, order.version, status=status)


def items_of(body: Mapping[str, Any]) -> Items:
    return [(item["seat_type"], item["quantity"]) for item in body["items"]]


@contextmanager
def naming_the_item(sent: Any) -> Iterator[None]:
    """Lets a refusal of the domain point at the line of the body it is about."""
    try:
        yield
    except InvalidItems as error:
        wanted = [str(item["seat_type"]).lower() for item in sent["items"]]
        if str(error.seat_type) in wanted:
            error.field = f"items.{wanted.index(str(error.seat_type))}"
        raise
