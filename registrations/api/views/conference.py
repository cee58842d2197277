"""The public catalogue."""

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from registrations.api.pages import Position, page_of
from registrations.api.schema import described
from registrations.api.serializers.conference import (
    ConferenceDetailSerializer,
    ConferenceFilterSerializer,
    ConferenceSerializer,
    SeatTypeSerializer,
)
from registrations.api.views.base import APIEndpoint
from registrations.queries import conference_view

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from registrations.models.conference_view import ConferenceView
    from registrations.models.order_view import OrderView

PAGE_SIZE = 50
LOOKUPS = {
    "currency": "currency",
    "starts_on_after": "starts_on__gte",
    "starts_on_before": "starts_on__lte",
}


class ConferenceList(APIEndpoint):
    """The published conferences, the next one first."""

    @described(
        "list_conferences",
        "List the published conferences",
        ConferenceSerializer,
        listed=True,
        query=[ConferenceFilterSerializer],
    )
    def get(self, request: Request) -> Response:
        wanted = _filters(request)
        order = wanted["ordering"]
        page = page_of(
            request,
            list(_matching(wanted)),
            position=_by_name if order.endswith("name") else _by_start,
            order=order,
            default_size=PAGE_SIZE,
        )
        shown = ConferenceSerializer(page.results, many=True).data
        return Response(page.with_results(shown))


def _filters(request: Request) -> dict[str, Any]:
    sent = ConferenceFilterSerializer(data=request.query_params)
    sent.is_valid(raise_exception=True)
    return dict(sent.validated_data)


def _matching(wanted: dict[str, Any]) -> "QuerySet[ConferenceView]":
    filters = {
        lookup: wanted[name] for name, lookup in LOOKUPS.items() if name in wanted
    }
    return conference_view.published().filter(**filters).defer("description")


def _by_start(conference: "ConferenceView") -> Position:
    return conference.starts_on.isoformat(), conference.name, str(conference.id)


def _by_name(conference: "ConferenceView") -> Position:
    return conference.name.casefold(), str(conference.id)


class ConferenceDetail(APIEndpoint):
    """One published conference."""

    @described(
        "show_conference",
        "Show a conference",
        ConferenceDetailSerializer,
        refusals=[404],
    )
    def get(self, request: Request, slug: str) -> Response:
        return Response(ConferenceDetailSerializer(published(slug)).data)


class SeatTypeList(APIEndpoint):
    """What a conference sells, in the organizer's order."""

    @described(
        "list_seat_types",
        "List the seat types",
        SeatTypeSerializer,
        listed=True,
        refusals=[404],
    )
    def get(self, request: Request, slug: str) -> Response:
        conference = published(slug)
        offers = conference_view.seat_types(conference.id, now=timezone.now())
        places = {offer.id: place for place, offer in enumerate(offers)}
        page = page_of(request, offers, position=lambda offer: (places[offer.id],))
        shown = SeatTypeSerializer(page.results, many=True).data
        return Response(page.with_results(shown))


def published(slug: str) -> "ConferenceView":
    """The conference, if the public may see it. Raises Http404."""
    conference = conference_view.conference(slug)
    if conference is None or not conference.is_published:
        raise Http404
    return conference


def slug_of(order: "OrderView") -> str:
    """The slug of an order's conference, which its holder may see even unpublished."""
    conference = conference_view.conference_by_id(order.conference_id)
    if conference is None:
        raise Http404
    return conference.slug
