"""Who sits on the seats of a confirmed order."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from registrations.api.conditional import expected_version, shown, tagged
from registrations.api.pages import page_of
from registrations.api.schema import OWN_ORDER, described
from registrations.api.serializers.order_seat import SeatSerializer
from registrations.api.serializers.person import PersonSerializer
from registrations.api.views.base import OrderEndpoint, body_of
from registrations.commands import seat_assignments as commands
from registrations.queries import order_seats

if TYPE_CHECKING:
    from registrations.models.order_seats import OrderSeat


class SeatsEndpoint(OrderEndpoint):
    """Seats exist while their order is confirmed; before and after, 404."""

    def seats(self) -> "list[OrderSeat]":
        if self.order.status != "confirmed":
            raise Http404
        return order_seats.seats_of(self.order.id)

    def seat(self, position: int) -> "OrderSeat":
        for seat in self.seats():
            if seat.position == position:
                return seat
        raise Http404


class SeatList(SeatsEndpoint):
    """All seats of an order."""

    @described(
        "list_seats", "List the seats", SeatSerializer, listed=True, refusals=OWN_ORDER
    )
    def get(self, request: Request, order_id: UUID) -> Response:
        page = page_of(request, self.seats(), position=lambda seat: (seat.position,))
        return Response(page.with_results(SeatSerializer(page.results, many=True).data))


class SeatDetail(SeatsEndpoint):
    """One seat of an order."""

    @described(
        "show_seat", "Show a seat", SeatSerializer, refusals=OWN_ORDER, tagged=True
    )
    def get(self, request: Request, order_id: UUID, position: int) -> HttpResponse:
        seat = self.seat(position)
        return shown(request, SeatSerializer(seat).data, seat.version)

    @described(
        "assign_seat",
        "Assign a seat",
        SeatSerializer,
        body=PersonSerializer,
        refusals=[*OWN_ORDER, 409],
        tagged=True,
    )
    def put(self, request: Request, order_id: UUID, position: int) -> Response:
        """Another e-mail address means another person, the same one with other names a
        correction."""
        seat = self.seat(position)
        attendee = body_of(request, PersonSerializer)
        commands.assign_seat(
            order_id=order_id,
            position=position,
            attendee=attendee,
            now=timezone.now(),
            expected_version=expected_version(request, seat.version),
        )
        seat = self.seat(position)
        return tagged(SeatSerializer(seat).data, seat.version)

    @described(
        "unassign_seat",
        "Unassign a seat",
        None,
        status=204,
        refusals=[*OWN_ORDER, 409],
        tagged=True,
    )
    def delete(self, request: Request, order_id: UUID, position: int) -> HttpResponse:
        """The seat stays part of the order. Unassigning it again changes nothing."""
        seat = self.seat(position)
        commands.unassign_seat(
            order_id=order_id,
            position=position,
            now=timezone.now(),
            expected_version=expected_version(request, seat.version),
        )
        return HttpResponse(status=204)
