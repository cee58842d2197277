"""What tests of cancelling ask for, and what they look at afterwards."""

from decimal import Decimal
from typing import Any

from payments import services as payments
from registrations.commands.cancellation import Wish
from registrations.models import OrderSeat, OrderView, SeatTypeView
from tests.registrations.conftest import NOW

TEN_PERCENT = [{"days_before": 7, "percent_kept": Decimal(10)}]


def wish(order: OrderView, *positions: int, **more: Any) -> Wish:
    """These seats of the order; without any all of them."""
    named = frozenset(positions) if positions else None
    values = {"by": "registrant", "now": NOW, "positions": named, **more}
    return Wish(order_id=order.pk, **values)


def refunds(order: OrderView) -> list[tuple[str, str, str]]:
    return [
        (str(refund.amount.quantize(Decimal("0.01"))), refund.reason, refund.status)
        for payment in payments.payments_of(order.pk)
        for refund in payments.refunds_of(payment.pk)
    ]


def positions(order: OrderView) -> list[int]:
    seats = OrderSeat.objects.filter(order_id=order.pk).order_by("position")
    return list(seats.values_list("position", flat=True))


def sold(seat_type: Any) -> int:
    return SeatTypeView.objects.get(pk=seat_type).sold
