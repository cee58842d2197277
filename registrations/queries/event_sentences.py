"""What each event that concerns an order says in one sentence."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registrations.domain import order_events as order
from registrations.domain import payment_account as account
from registrations.domain import seat_assignments, seats_availability
from registrations.domain.tax_parts import gross
from registrations.domain.values import Money, PersonalInfo, SeatQuantity

E = TypeVar("E")
Sentence = Callable[[Any, "Names"], str]

SENTENCES: dict[type, Sentence] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """How ids and instants are read: by the conference's present names, in its zone.

    `attendees` are those who sit where when the event happens, by position.
    """

    seat_types: Mapping[UUID, str]
    zone: ZoneInfo | None
    attendees: Mapping[int, str] = field(default_factory=dict)
    providers: Mapping[str, str] = field(default_factory=dict)

    def seats(self, seats: Iterable[SeatQuantity]) -> str:
        listed = [
            f"{item.quantity} x {self.seat_types.get(item.seat_type, item.seat_type)}"
            for item in seats
        ]
        return ", ".join(listed) or _("no seats")

    def time(self, moment: datetime) -> str:
        local = timezone.localtime(moment, self.zone)
        return f"{date_format(local, 'DATETIME_FORMAT')} ({local.tzname()})"


def sentence(event: Any, names: Names) -> str:
    """The event in plain words. Raises KeyError for one that nobody described."""
    return SENTENCES[type(event)](event, names)


def says(kind: type[E]) -> Callable[[Callable[[E, Names], str]], Sentence]:
    def describe(words: Callable[[E, Names], str]) -> Sentence:
        SENTENCES[kind] = words
        return words

    return describe


def person(known: PersonalInfo) -> str:
    """Their name; nobody has none but who was erased."""
    name = f"{known.first_name} {known.last_name}".strip()
    return name or _("somebody who was erased")


def _with_address(known: PersonalInfo) -> str:
    return f"{person(known)} ({known.email})" if known.email else person(known)


def _money(amount: Decimal, currency: str) -> str:
    return str(Money.of(amount, currency))


# The order


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
    return _("Priced: %s.") % _money(event.total, event.currency)


@says(order.OrderRegistrantAssigned)
def _registrant(event: order.OrderRegistrantAssigned, names: Names) -> str:
    return _("The registrant is %s.") % _with_address(event.registrant)


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
        "amount": _money(event.amount, event.currency),
        "provider": names.providers.get(event.provider, event.provider),
        "time": names.time(event.hold_expires_at),
    }


@says(order.OrderPaymentRejected)
def _payment_rejected(event: order.OrderPaymentRejected, names: Names) -> str:
    until = names.time(event.hold_expires_at)
    return _("The payment came to nothing; held until %s.") % until


@says(order.OrderPaid)
def _paid(event: order.OrderPaid, names: Names) -> str:
    return _("Paid: %s.") % _money(event.amount, event.currency)


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
        "numbers": _numbers(event.positions),
    }
    rest = _("The order costs %s now.") % _money(event.total, event.currency)
    return f"{said} {_money_of(event)} {rest}"


def _money_of(event: order.OrderCancelled | order.OrderSeatsCancelled) -> str:
    said = _("%(refund)s goes back, %(kept)s is kept.") % {
        "refund": _money(event.refund_amount or Decimal(0), event.currency),
        "kept": _money(event.kept_amount, event.currency),
    }
    return f"{said} {event.note}" if event.note else said


def _numbers(positions: Iterable[int]) -> str:
    return ", ".join(str(position + 1) for position in positions)


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
        "amount": _money(event.amount, event.currency),
        "reason": RETURNED_BECAUSE.get(event.reason, event.reason),
    }


@says(order.OrderPaymentRefunded)
def _refunded(event: order.OrderPaymentRefunded, names: Names) -> str:
    return _("%s was given back.") % _money(event.amount, event.currency)


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


# Its money, payment by payment


@says(account.PaymentCharged)
def _charged(event: account.PaymentCharged, names: Names) -> str:
    return _("%(amount)s came in by %(method)s.") % {
        "amount": _money(event.amount, event.currency),
        "method": names.providers.get(event.method, event.method),
    }


@says(account.PaymentAllotted)
def _allotted(event: account.PaymentAllotted, names: Names) -> str:
    amount = _money(gross(event.parts), event.currency)
    return _("%s that came in before pays for the order now.") % amount


@says(account.PaymentGivenBack)
def _given_back(event: account.PaymentGivenBack, names: Names) -> str:
    return _("%(amount)s went back by %(method)s.") % {
        "amount": _money(event.amount, event.currency),
        "method": names.providers.get(event.method, event.method),
    }


@says(account.PaymentFeeCharged)
def _fee_charged(event: account.PaymentFeeCharged, names: Names) -> str:
    return _("%(method)s keeps a fee of %(amount)s.") % {
        "amount": _money(event.amount, event.currency),
        "method": names.providers.get(event.method, event.method),
    }


@says(account.PaymentDisputed)
def _disputed(event: account.PaymentDisputed, names: Names) -> str:
    amount = _money(event.amount, event.currency)
    return _("The payer disputes the payment: his bank took %s back.") % amount


@says(account.PaymentDisputeWon)
def _dispute_won(event: account.PaymentDisputeWon, names: Names) -> str:
    amount = _money(event.amount, event.currency)
    return _("The dispute was won: %s came back.") % amount


@says(account.PaymentDisputeLost)
def _dispute_lost(event: account.PaymentDisputeLost, names: Names) -> str:
    amount = _money(event.amount, event.currency)
    return _("The dispute was lost: %s is gone.") % amount


# Its seats


@says(seat_assignments.SeatAssignmentsCreated)
def _numbered(event: seat_assignments.SeatAssignmentsCreated, names: Names) -> str:
    if len(event.seats) == 1:
        return _("The seat was numbered 1.")
    return _("The seats were numbered 1 to %d.") % len(event.seats)


@says(seat_assignments.SeatAssigned)
def _assigned(event: seat_assignments.SeatAssigned, names: Names) -> str:
    return _("Seat %(number)d was assigned to %(person)s.") % {
        "number": event.position + 1,
        "person": _with_address(event.attendee),
    }


@says(seat_assignments.SeatAssignmentUpdated)
def _renamed(event: seat_assignments.SeatAssignmentUpdated, names: Names) -> str:
    return _("Seat %(number)d: %(email)s is called %(name)s now.") % {
        "number": event.position + 1,
        "email": event.attendee.email or "-",
        "name": person(event.attendee),
    }


@says(seat_assignments.SeatUnassigned)
def _unassigned(event: seat_assignments.SeatUnassigned, names: Names) -> str:
    before = names.attendees.get(event.position)
    if before is None:
        return _("Seat %d was taken from its attendee.") % (event.position + 1)
    return _("Seat %(number)d was taken from %(name)s.") % {
        "number": event.position + 1,
        "name": before,
    }


@says(seat_assignments.SeatsWithdrawn)
def _withdrawn(event: seat_assignments.SeatsWithdrawn, names: Names) -> str:
    sat = [names.attendees[one] for one in event.positions if one in names.attendees]
    said = _("Seats that are no longer part of the order: %s.") % _numbers(
        event.positions
    )
    return f"{said} {_('Who sat there: %s.') % ', '.join(sat)}" if sat else said


@says(seat_assignments.SeatAssignmentsClosed)
def _closed(event: seat_assignments.SeatAssignmentsClosed, names: Names) -> str:
    return _("Nobody sits on these seats any more.")


@says(seats_availability.SeatsReserved)
def _reserved(event: seats_availability.SeatsReserved, names: Names) -> str:
    seats = names.seats(event.seats)
    if event.over_quota:
        return _("Held over the quota: %s.") % seats
    return _("Held: %s.") % seats


@says(seats_availability.SeatsReservationExtended)
def _extended(event: seats_availability.SeatsReservationExtended, names: Names) -> str:
    return _("The hold now ends on %s.") % names.time(event.expires_at)


@says(seats_availability.SeatsReservationCommitted)
def _sold(event: seats_availability.SeatsReservationCommitted, names: Names) -> str:
    return _("Sold: %s.") % names.seats(event.seats)


@says(seats_availability.SeatsReservationCancelled)
def _released(event: seats_availability.SeatsReservationCancelled, names: Names) -> str:
    return _("Released: %s.") % names.seats(event.seats)


@says(seats_availability.SeatsReturned)
def _back_on_sale(event: seats_availability.SeatsReturned, names: Names) -> str:
    return _("Back on sale: %s.") % names.seats(event.seats)
