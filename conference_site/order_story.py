"""What an order says of itself, for the story of a case about its money."""

from uuid import UUID

from payments.admin.story import Entry
from registrations.queries import order_view
from registrations.queries.history import STREAMS, order_history

# Who sits where says nothing about money, and payments speak for themselves.
LEFT_OUT = ("seat-assignments", "payment-account")
NEEDS_EYES = {"order-needs-attention", "order-payment-returned"}


def order_story(order_id: UUID) -> list[Entry]:
    order = order_view.order(order_id)
    if order is None:
        return []
    left_out = {str(STREAMS[stream]) for stream in LEFT_OUT}
    return [
        Entry(
            at=entry.at,
            source=entry.stream,
            text=entry.summary,
            who=entry.who,
            is_odd=entry.type in NEEDS_EYES,
        )
        for entry in order_history(order)
        if entry.stream not in left_out
    ]
