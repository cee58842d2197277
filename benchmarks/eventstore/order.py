"""What is measured with: an order whose events carry what an order carries."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid4

from eventstore.aggregates import Aggregate
from eventstore.events import event, register

CONFERENCE, WORKSHOP, TALKS = (uuid4() for _ in range(3))
TOTAL = Decimal("199.00")


@event
class Item:
    seat_type: UUID
    quantity: int


@event
class OrderPlaced:
    order_id: UUID
    conference_id: UUID
    items: list[Item]
    placed_at: datetime
    total: Decimal


@event
class OrderChanged:
    order_id: UUID
    conference_id: UUID
    items: list[Item]
    placed_at: datetime
    total: Decimal


register("benchmark-order-placed", 1, OrderPlaced)
register("benchmark-order-changed", 1, OrderChanged)


class Order(Aggregate):
    """Folds its events into a state, as `eventsourcing`'s side does."""

    category = "order"

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.items: list[Item] = []
        self.total = Decimal(0)
        self.changes = 0

    def take(self, event_type: type[OrderPlaced | OrderChanged]) -> None:
        self.record(
            event_type(
                order_id=self.id,
                conference_id=CONFERENCE,
                items=[
                    Item(seat_type=WORKSHOP, quantity=2),
                    Item(seat_type=TALKS, quantity=1),
                ],
                placed_at=datetime.now(UTC),
                total=TOTAL,
            )
        )

    def place(self) -> None:
        self.take(OrderPlaced)

    def change(self, times: int) -> None:
        for _ in range(times):
            self.take(OrderChanged)

    def apply(self, event: OrderPlaced | OrderChanged) -> None:
        match event:
            case OrderPlaced():
                self.items, self.total = event.items, event.total
            case OrderChanged():
                self.items, self.total = event.items, event.total
                self.changes += 1


class OrderWithSnapshots(Order):
    category = "snapshot-order"
    snapshot_every = 100
    snapshot_schema = 1

    def to_snapshot(self) -> dict[str, Any]:
        return {
            "items": [[str(item.seat_type), item.quantity] for item in self.items],
            "total": str(self.total),
            "changes": self.changes,
        }

    def from_snapshot(self, state: dict[str, Any]) -> None:
        self.items = [
            Item(seat_type=UUID(seat_type), quantity=quantity)
            for seat_type, quantity in state["items"]
        ]
        self.total = Decimal(state["total"])
        self.changes = state["changes"]
