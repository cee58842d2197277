"""What became of an order's payments, as its pages tell it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from payments import services as payments

if TYPE_CHECKING:
    from registrations.models.order_view import OrderView

# Money that the order did not ask for, or no longer.
SURPLUS = frozenset(
    {
        "already-paid",
        "amount-differs",
        "order-cancelled-before",
        "paid-after-rejection",
    }
)


@dataclass(frozen=True)
class Return:
    """Money on its way back, or there already."""

    payment: payments.Payment
    refund: payments.Refund

    @property
    def is_surplus(self) -> bool:
        return self.refund.reason in SURPLUS


@dataclass(frozen=True)
class MadePayment:
    payment: payments.Payment
    status: str
    returns: list[Return]

    @property
    def is_open(self) -> bool:
        return self.status == "initiated"


def fits(payment: payments.Payment, order: OrderView) -> bool:
    """Whether it is what the order costs now; otherwise it is not to be paid."""
    total = order.total
    return (payment.amount, payment.currency) == (total.amount, total.currency)


def made_for(order: OrderView) -> list[MadePayment]:
    return [_made(payment, order) for payment in payments.payments_of(order.id)]


def open_for(order: OrderView) -> list[payments.Payment]:
    """The payments that can be gone on with."""
    return [made.payment for made in made_for(order) if made.is_open]


def returns_of(made: Iterable[MadePayment]) -> list[Return]:
    return [back for one in made for back in one.returns]


def _made(payment: payments.Payment, order: OrderView) -> MadePayment:
    status: str = payment.status
    if status == "rejected" or (status == "initiated" and not fits(payment, order)):
        # Why matters less than that no money came and none is to be sent.
        status = "not_paid"
    # Asked only where there is something to find.
    refunds = payments.refunds_of(payment.pk) if payment.refunded_amount else []
    returns = [
        Return(payment, refund)
        for refund in refunds
        if refund.status != refund.Status.WITHDRAWN
    ]
    return MadePayment(payment, status, returns)
