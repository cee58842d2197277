"""An order as it was: its read models made again, up to one of its events."""

from dataclasses import dataclass
from uuid import UUID

from eventstore.projections import projectors
from eventstore.shadow import as_of
from registrations.models.conference_view import SeatTypeView
from registrations.models.order_seats import OrderSeat
from registrations.models.order_view import OrderLineView, OrderView
from registrations.queries.order_seats import seats_of


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderThen:
    """`undecided` are lines just asked for: what is reserved and what it costs is said
    by the next events."""

    order: OrderView
    lines: list[OrderLineView]
    undecided: set[UUID]
    seats: list[OrderSeat]


def order_then(order_id: UUID, position: int) -> OrderThen | None:
    """The order just after the event at this position; None if it was not placed yet.

    Who was erased since is not shown as of then either: their key is gone.
    """
    orders, seats = projectors["OrderViewProjector"], projectors["OrderSeatsProjector"]
    with as_of(orders, streams=[f"order-{order_id}"], position=position):
        order = OrderView.objects.filter(pk=order_id).first()
        lines = list(OrderLineView.objects.filter(order_id=order_id))
    if order is None:
        return None
    with as_of(seats, streams=[f"seat-assignments-{order_id}"], position=position):
        seated = seats_of(order_id)
    lines.sort(key=lambda line: line.position)
    undecided = [line for line in lines if not line.name]
    for line in undecided:
        line.name = SeatTypeView.objects.get(pk=line.seat_type_id).name
    return OrderThen(
        order=order,
        lines=lines,
        undecided={line.pk for line in undecided},
        seats=seated,
    )
