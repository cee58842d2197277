"""Whom a mail is for and what it tells; made from how things are now, not then."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from payments import services as payments
from registrations.domain.values import Money
from registrations.models.notification import Notification
from registrations.queries import order_seats, order_view

Kind = Notification.Kind

# Strangers type names, and mail programs make links of what looks like an address.
NOT_A_NAME = re.compile(r"[/\\<>@:\[\](){}|]|www|\w[.\u3002\uff0e\uff61]\w\w", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Whom to tell about which order; made from how things are now."""

    order: Any
    recipient: str
    name: str
    values: Mapping[str, Any] = field(default_factory=dict)


def letter_of(kind: Notification.Kind, order_id: UUID, key: str) -> Letter | None:
    """None where there is nobody to tell, or nothing any more."""
    order = order_view.order(order_id)
    return LETTERS[kind](order, key) if order else None


def _to_registrant(order: Any, **values: Any) -> Letter | None:
    if not order.email:
        return None
    return Letter(
        order=order, recipient=order.email, name=order.first_name, values=values
    )


def _confirmation(order: Any, _key: str) -> Letter | None:
    is_confirmed = order.status == order.Status.CONFIRMED
    return _to_registrant(order) if is_confirmed else None


def _invoice(order: Any, key: str) -> Letter | None:
    """Only while it is still to be paid, and what it says is what the order costs."""
    payment = payments.payment(UUID(key))
    if payment is None or not order.is_open or payment.amount != order.total_amount:
        return None
    return _to_registrant(order, payment=payment)


def _cancellation(order: Any, _key: str) -> Letter | None:
    if order.status != order.Status.CANCELLED:
        return None
    back = [
        refund.amount
        for payment in payments.payments_of(order.pk)
        for refund in payments.refunds_of(payment.pk)
        if refund.reason == "order-cancelled"
    ]
    refund = Money.of(sum(back, Decimal(0)), order.currency)
    return _to_registrant(order, refund=refund)


def _expiry(order: Any, _key: str) -> Letter | None:
    is_expired = order.status == order.Status.EXPIRED
    return _to_registrant(order) if is_expired else None


def _refund(order: Any, key: str) -> Letter | None:
    for payment in payments.payments_of(order.pk):
        for refund in payments.refunds_of(payment.pk):
            if str(refund.pk) == key:
                amount = Money.of(refund.amount, payment.currency)
                return _to_registrant(order, amount=amount, reason=refund.reason)
    return None


def _seat_assigned(order: Any, key: str) -> Letter | None:
    """Only for whoever sits there still, once per seat and address."""
    position = int(key.split("/")[1])
    seat = order_seats.seat(order.pk, position)
    if seat is None or key != seat_key(order.pk, position, seat.email.casefold()):
        return None
    return Letter(
        order=order, recipient=seat.email, name=seat.first_name, values={"seat": seat}
    )


def seat_key(order_id: UUID, position: int, address: str) -> str:
    """The key of an attendee's notice; tells the address to nobody."""
    told = hashlib.sha256(f"{order_id}/{address}".encode()).hexdigest()[:32]
    return f"{order_id}/{position}/{told}"


LETTERS: dict[Notification.Kind, Callable[[Any, str], Letter | None]] = {
    Kind.CONFIRMATION: _confirmation,
    Kind.INVOICE: _invoice,
    Kind.CANCELLATION: _cancellation,
    Kind.EXPIRY: _expiry,
    Kind.REFUND: _refund,
    Kind.SEAT_ASSIGNED: _seat_assigned,
}


def sayable(name: str) -> str:
    """A name as we repeat it in a mail; nothing if it is rather an address or markup.

    Whoever assigns a seat chooses what we write to a stranger, so a name must not
    become a link in any mail program, nor start a line of its own.
    """
    printable = "".join(sign if sign.isprintable() else " " for sign in name)
    words = " ".join(printable.split())
    return "" if NOT_A_NAME.search(words) else words
