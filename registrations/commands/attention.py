"""What needs attention is shown at the order and in the list of cases: kept in step."""

from uuid import UUID

from django.db import transaction

from eventstore import store
from payments import services as payments
from registrations.domain.order import Order


@transaction.atomic
def settle_attention(*, order_id: UUID, payment_id: UUID, by: str, note: str) -> None:
    """Somebody closed a case of this payment: nothing is left to show at the order,
    unless another one of it is open."""
    if payments.is_unsettled(payment_id):
        return
    with store.change(Order, order_id) as order:
        if order.exists and payment_id in order.open_cases:
            order.settle(payment_id, by=by, note=note)
