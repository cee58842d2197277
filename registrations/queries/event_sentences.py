"""What each event that concerns an order says in one sentence: the order's own here,
those of its money and its seats in two files beside this one."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registrations.domain import order_events as order
from registrations.queries import (  # noqa: F401 for what they say
    money_sentences,
    seat_sentences,
)
from registrations.queries.sentences import (
    SENTENCES,
    Names,
    amount_of,
    numbers,
    person,
    says,
    sentence,
    with_address,
)

__all__ = ["ATTENTION", "RETURNED_BECAUSE", "SENTENCES", "Names", "person", "sentence"]


@says(order.OrderPlaced)
def _placed(event: order.OrderPlaced, names: Names) -> str:
    return _("Placed under the code %(code)s: %(seats)s; held until %(time)s.") % {
        "code": event.code,
        "seats": names.seats(event.seats),
        "time": names.time(event.hold_expires_at),
    }


@says(order.OrderUpdated)
def _updated(event: order.OrderUpdated, names: Names) -> str:
    return _("Other seats were asked for: %s.") % names.seats(event.seats)


@says(order.OrderReservationCompleted)
def _completed(event: order.OrderReservationCompleted, names: Names) -> str:
    return _("All seats asked for are reserved: %s.") % names.seats(event.seats)


@says(order.OrderPartiallyReserved)
def _partially(event: order.OrderPartiallyReserved, names: Names) -> str:
    if not any(item.quantity for item in event.seats):
        return _("Not all seats could be reserved: none were left.")
    return _("Not all seats could be reserved, only: %s.") % names.seats(event.seats)


@says(order.OrderTotalsCalculated)
def _totals(event: order.OrderTotalsCalculated, names: Names) -> str:
    if event.is_free_of_charge:
        return _("Priced: free of charge.")
    return _("Priced: %s.") % amount_of(event.total, event.currency)


@says(order.OrderRegistrantAssigned)
def _registrant(event: order.OrderRegistrantAssigned, names: Names) -> str:
    return _("The registrant is %s.") % with_address(event.registrant)


@says(order.OrderBillingAddressGiven)
def _billing(event: order.OrderBillingAddressGiven, names: Names) -> str:
    address = event.billing_address
    if address is None:
        return _("Documents are made out to the registrant, or this was erased.")
    lines = (address.company, address.street, address.postcode, address.city)
    return _("Documents are made out to: %s.") % ", ".join(filter(None, lines))


@says(order.OrderPaymentStarted)
def _payment_started(event: order.OrderPaymentStarted, names: Names) -> str:
    return _(
        "A payment of %(amount)s by %(provider)s was started; held until %(time)s."
    ) % {
        "amount": amount_of(event.amount, event.currency),
        "provider": names.providers.get(event.provider, event.provider),
        "time": names.time(event.hold_expires_at),
    }


@says(order.OrderPaymentRejected)
def _payment_rejected(event: order.OrderPaymentRejected, names: Names) -> str:
    until = names.time(event.hold_expires_at)
    return _("The payment came to nothing; held until %s.") % until


@says(order.OrderPaid)
def _paid(event: order.OrderPaid, names: Names) -> str:
    return _("Paid: %s.") % amount_of(event.amount, event.currency)


@says(order.OrderConfirmed)
def _confirmed(event: order.OrderConfirmed, names: Names) -> str:
    return _("Confirmed: %s.") % names.seats(event.seats)


@says(order.OrderExpired)
def _expired(event: order.OrderExpired, names: Names) -> str:
    return _("Expired: it was not confirmed in time.")


@says(order.OrderRevived)
def _revived(event: order.OrderRevived, names: Names) -> str:
    return _("Taken up again: a payment came late and the seats are held once more.")


@says(order.OrderCancelled)
def _cancelled(event: order.OrderCancelled, names: Names) -> str:
    said = _("Cancelled by %(who)s: %(seats)s given back.") % {
        "who": event.cancelled_by,
        "seats": names.seats(event.seats),
    }
    # Before there were terms everything was given back, and nothing said so.
    if event.refund_amount is None:
        return said
    return f"{said} {_money_of(event)}"


@says(order.OrderSeatsCancelled)
def _seats_cancelled(event: order.OrderSeatsCancelled, names: Names) -> str:
    said = _("Seats cancelled by %(who)s: %(seats)s (%(numbers)s).") % {
        "who": event.cancelled_by,
        "seats": names.seats(event.seats),
        "numbers": numbers(event.positions),
    }
    rest = _("The order costs %s now.") % amount_of(event.total, event.currency)
    return f"{said} {_money_of(event)} {rest}"


def _money_of(event: order.OrderCancelled | order.OrderSeatsCancelled) -> str:
    said = _("%(refund)s goes back, %(kept)s is kept.") % {
        "refund": amount_of(event.refund_amount or Decimal(0), event.currency),
        "kept": amount_of(event.kept_amount, event.currency),
    }
    return f"{said} {event.note}" if event.note else said


# Why money goes back, and what needs attention, by the code in the event
RETURNED_BECAUSE = {
    "already-paid": gettext_lazy("the order was paid already"),
    "amount-differs": gettext_lazy("it is not what the order costs"),
    "order-cancelled": gettext_lazy("the order was cancelled"),
    "order-cancelled-before": gettext_lazy("the order had been cancelled before"),
    "organizer": gettext_lazy("the organizer gave it back"),
    "paid-after-rejection": gettext_lazy("it came after it had been rejected"),
    "seats-gone": gettext_lazy("it came late and the seats were gone"),
}
ATTENTION = {
    "refund-by-hand": gettext_lazy("a refund is to be settled by hand"),
    "refund-failed": gettext_lazy("a refund failed"),
    "refund-disputed": gettext_lazy("a refund waits for the end of a dispute"),
}


@says(order.OrderPaymentReturned)
def _returned(event: order.OrderPaymentReturned, names: Names) -> str:
    return _("%(amount)s came in and is given back: %(reason)s.") % {
        "amount": amount_of(event.amount, event.currency),
        "reason": RETURNED_BECAUSE.get(event.reason, event.reason),
    }


@says(order.OrderPaymentRefunded)
def _refunded(event: order.OrderPaymentRefunded, names: Names) -> str:
    return _("%s was given back.") % amount_of(event.amount, event.currency)


@says(order.OrderNeedsAttention)
def _attention(event: order.OrderNeedsAttention, names: Names) -> str:
    return _("Needs attention, %(reason)s: %(note)s") % {
        "reason": ATTENTION.get(event.reason, event.reason),
        "note": event.note,
    }


@says(order.OrderAttentionSettled)
def _settled(event: order.OrderAttentionSettled, names: Names) -> str:
    return _("Settled by %(who)s: %(note)s") % {
        "who": event.settled_by,
        "note": event.note or _("(erased)"),
    }
