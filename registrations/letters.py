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
from registrations.queries.vacated_seats import cancelled_seats, vacated_seats

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
    back = _refunds(order.pk, "order-cancelled")
    refund = Money.of(sum((one.amount for one in back), Decimal(0)), order.currency)
    seats = [(line.reserved, line.name) for line in order.lines if line.reserved]
    return _to_registrant(
        order, seats=seats, refund=refund, by_transfer=_are_by_transfer(back)
    )


def _seats_cancelled(order: Any, key: str) -> Letter | None:
    """What one cancellation of some seats did, whatever followed it."""
    event = cancelled_seats(order.pk, UUID(key))
    if event is None:
        return None
    names = {line.seat_type: line.name for line in event.lines}
    back = _refunds(order.pk, "seats-cancelled")
    return _to_registrant(
        order,
        seats=[(one.quantity, names[one.seat_type]) for one in event.seats],
        kept_seats=[(one.quantity, one.name) for one in event.lines if one.quantity],
        refund=Money.of(event.refund_amount, event.currency),
        had_a_price=bool(event.value),
        by_transfer=_are_by_transfer(back),
    )


def _refunds(order_id: UUID, reason: str) -> list[payments.Refund]:
    return [
        refund
        for payment in payments.payments_of(order_id)
        for refund in payments.refunds_of(payment.pk)
        if refund.reason == reason
    ]


def _are_by_transfer(refunds: list[payments.Refund]) -> bool:
    """Whether the organizer has to transfer all of it himself."""
    return all(payments.is_paid_by_hand(one.payment.provider) for one in refunds)


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


def _seat_cancelled(order: Any, key: str) -> Letter | None:
    """To whoever sat there, of all the seats that were taken from him at once.

    Not to the registrant: he is told of the cancellation itself.
    """
    event_id, position = key.split("/")
    vacated = vacated_seats(order.pk, UUID(event_id))
    for seat in vacated:
        if str(seat.position) != position:
            continue
        address = seat.attendee.same_address
        if address == order.email.casefold():
            return None
        his = [one for one in vacated if one.attendee.same_address == address]
        return Letter(
            order=order,
            recipient=seat.attendee.email,
            name=seat.attendee.first_name,
            values={"seats": [one.seat_type_name for one in his]},
        )
    return None


def vacated_keys(order_id: UUID, event_id: UUID) -> list[str]:
    """The keys of the notices to those who had to leave seats at this event.

    One for each address: that of the first seat it had.
    """
    first: dict[str, int] = {}
    for seat in vacated_seats(order_id, event_id):
        first.setdefault(seat.attendee.same_address, seat.position)
    return [f"{event_id}/{position}" for position in first.values()]


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
    Kind.SEATS_CANCELLED: _seats_cancelled,
    Kind.SEAT_CANCELLED: _seat_cancelled,
}


def sayable(name: str) -> str:
    """A name as we repeat it in a mail; nothing if it is rather an address or markup.

    Whoever assigns a seat chooses what we write to a stranger, so a name must not
    become a link in any mail program, nor start a line of its own.
    """
    printable = "".join(sign if sign.isprintable() else " " for sign in name)
    words = " ".join(printable.split())
    return "" if NOT_A_NAME.search(words) else words
