"""An order that needs attention has an open case, and the other way round."""

from uuid import UUID

from eventstore.events import RecordedEvent
from eventstore.signals import appended
from payments import services as payments
from payments.signals import case_closed
from registrations.commands.attention import settle_attention
from registrations.domain.order_events import OrderAttentionSettled, OrderNeedsAttention


def show_at_the_payment(
    sender: object, *, events: list[RecordedEvent], **_: object
) -> None:
    """Whatever an order needs attention for stands in the list of cases as well."""
    for recorded in events:
        at = recorded.recorded_at
        match recorded.event:
            case OrderNeedsAttention(payment_id=UUID() as id, reason=kind, note=note):
                payments.show_unsettled(id, kind, note=note, now=at)
            case OrderAttentionSettled(payment_id=UUID() as id, settled_by=by, note=n):
                payments.order_settled(id, by=by, note=n, now=at)


def show_at_the_order(
    sender: object,
    *,
    payment_id: UUID | None,
    order_id: UUID | None,
    by: str,
    note: str,
    **_: object,
) -> None:
    if payment_id and order_id:
        settle_attention(order_id=order_id, payment_id=payment_id, by=by, note=note)


def connect() -> None:
    name = __name__
    appended.connect(show_at_the_payment, dispatch_uid=f"{name}.show_at_the_payment")
    case_closed.connect(show_at_the_order, dispatch_uid=f"{name}.show_at_the_order")
