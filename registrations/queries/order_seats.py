"""What pages and commands ask about seats of confirmed orders."""

from uuid import UUID

from django.db.models import QuerySet

from registrations.models.order_seats import OrderSeat


def seats_of(order_id: UUID) -> list[OrderSeat]:
    return list(OrderSeat.objects.filter(order_id=order_id).order_by("position"))


def seat(order_id: UUID, position: int) -> OrderSeat | None:
    return OrderSeat.objects.filter(order_id=order_id, position=position).first()


def attendees_of(conference_id: UUID) -> QuerySet[OrderSeat]:
    """Everybody a seat is assigned to."""
    assigned = OrderSeat.objects.filter(conference_id=conference_id).exclude(email="")
    return assigned.order_by("last_name", "first_name", "order_id", "position")
