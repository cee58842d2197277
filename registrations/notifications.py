"""Mails we owe people: queued with the fact that causes them, sent once after it.

Queueing writes a task row in the same transaction. Sending claims the mail with one
INSERT first, so that a task that runs twice sends once.
"""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django_q.tasks import async_task

from eventstore.events import RecordedEvent
from payments import services as payments
from registrations.commands.order_access import issue_link
from registrations.domain.order_events import OrderConfirmed, OrderExpired
from registrations.domain.seat_assignments import SeatAssigned
from registrations.domain.values import Money
from registrations.models.notification import Notification
from registrations.queries import (
    conference_view,
    history,
    order_seats,
    order_view,
    outbox,
)

logger = logging.getLogger(__name__)

Kind = Notification.Kind

# Strangers type names, and mail programs make links of what looks like an address.
NOT_A_NAME = re.compile(r"[/\\<>@:\[\](){}|]|www|\w[.\u3002\uff0e\uff61]\w\w", re.I)
LONGEST_SUBJECT = 250


# Queueing


def queue_for(recorded: RecordedEvent) -> None:
    """Queue the mail this event calls for, if any, in its transaction."""
    match recorded.event:
        case OrderConfirmed(order_id=order_id):
            _queue("send_confirmation", order_id=str(order_id))
        case OrderExpired(order_id=order_id):
            _queue("send_expiry_notice", order_id=str(order_id))
        case SeatAssigned(order_id=order_id):
            _queue(
                "send_seat_notice", order_id=str(order_id), event_id=str(recorded.id)
            )


def queue_refund_notice(order_id: UUID, refund_id: UUID) -> None:
    _queue("send_refund_notice", order_id=str(order_id), refund_id=str(refund_id))


def queue_again(notification_id: int) -> None:
    """Send a mail anew that failed or whose worker died; see `send_again`."""
    _queue("send_again", notification_id=notification_id)


def _queue(task: str, **arguments: Any) -> None:
    async_task(f"registrations.tasks.{task}", **arguments)


# Sending


def confirmation(order_id: UUID) -> None:
    """Tell the registrant that the order is confirmed, with code and link."""
    _send(Kind.CONFIRMATION, order_id, key=str(order_id))


def expiry_notice(order_id: UUID) -> None:
    """Tell the registrant, if we know him, that the seats were released."""
    _send(Kind.EXPIRY, order_id, key=str(order_id))


def refund_notice(order_id: UUID, refund_id: UUID) -> None:
    """Tell the registrant that money is on its way back, and why."""
    _send(Kind.REFUND, order_id, key=str(refund_id))


def seat_notice(order_id: UUID, event_id: UUID) -> None:
    """Tell an attendee that a seat was assigned to him."""
    _send(Kind.SEAT_ASSIGNED, order_id, key=str(event_id))


def send_again(notification_id: int) -> None:
    """Write a mail anew, with a link of its own, and send it.

    Only one that failed or was claimed long ago; one UPDATE decides who does it. What
    is no longer true (the order was cancelled meanwhile) is not sent, and the row says
    so.
    """
    now = timezone.now()
    if (
        not outbox.stuck(now)
        .filter(pk=notification_id)
        .update(status=Notification.Status.CLAIMED, claimed_at=now, error="")
    ):
        return
    claimed = Notification.objects.get(pk=notification_id)
    letter = _letter(Kind(claimed.kind), claimed.order_id, claimed.key)
    if letter is None:
        claimed.status = Notification.Status.FAILED
        claimed.error = _("Not sent: the order has changed, there is nothing to tell.")
        claimed.save()
        return
    claimed.recipient = letter.recipient
    _deliver(claimed, letter)


def _send(kind: Notification.Kind, order_id: UUID, *, key: str) -> None:
    letter = _letter(kind, order_id, key)
    if letter is None:
        return
    claimed, is_ours = Notification.objects.get_or_create(
        kind=kind,
        key=key,
        defaults={
            "order_id": order_id,
            "organization_id": letter.order.organization_id,
            "recipient": letter.recipient,
            "claimed_at": timezone.now(),
        },
    )
    if is_ours:
        _deliver(claimed, letter)


# Writing


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Whom to tell about which order; made from how things are now."""

    order: Any
    recipient: str
    name: str
    values: Mapping[str, Any] = field(default_factory=dict)


def _letter(kind: Notification.Kind, order_id: UUID, key: str) -> Letter | None:
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
    """Only for whoever was assigned then and sits there still."""
    assigned = history.event(UUID(key))
    if not isinstance(assigned, SeatAssigned):
        return None
    seat = order_seats.seat(order.pk, assigned.position)
    if seat is None or seat.email.casefold() != assigned.attendee.same_address:
        return None
    return Letter(
        order=order, recipient=seat.email, name=seat.first_name, values={"seat": seat}
    )


LETTERS: dict[Notification.Kind, Callable[[Any, str], Letter | None]] = {
    Kind.CONFIRMATION: _confirmation,
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


def _context(letter: Letter) -> dict[str, Any]:
    conference = conference_view.conference_by_id(letter.order.conference_id)
    slug = conference.slug if conference else "-"
    return {
        "order": letter.order,
        "conference": conference,
        "name": sayable(letter.name),
        "base_url": settings.BASE_URL,
        "find_url": _address("order-find", slug),
        "conference_url": _address("conference", slug),
        **letter.values,
    }


def _address(name: str, argument: str) -> str:
    path: str = reverse(f"registrations:{name}", args=[argument])
    return f"{settings.BASE_URL}{path}"


def _deliver(claimed: Notification, letter: Letter) -> None:
    """Hand the mail over and note how it went; never inside a transaction.

    The outbox keeps no key to an order: the link with the token is only in the mail
    itself, the row has a copy without it.
    """
    context = _context(letter)
    subject = _rendered(claimed.kind, "subject.txt", context)
    claimed.subject = " ".join(subject.split())[:LONGEST_SUBJECT]
    hidden = context | {"order_url": _address("order-open", "hidden")}
    claimed.text = _rendered(claimed.kind, "txt", hidden)
    claimed.html = _rendered(claimed.kind, "html", hidden)
    try:
        _mail(claimed, letter, context).send()
    except (OSError, ValueError) as error:
        # Refused by the mail server, or an address that cannot be written to.
        logger.warning("Mail %s was not accepted: %s", claimed.pk, error)
        claimed.status = Notification.Status.FAILED
        claimed.error = str(error)
    else:
        claimed.status = Notification.Status.SENT
        claimed.sent_at = timezone.now()
        claimed.error = ""
    claimed.save()


def _mail(
    claimed: Notification, letter: Letter, context: dict[str, Any]
) -> EmailMultiAlternatives:
    if claimed.kind == Kind.CONFIRMATION:
        token = issue_link(letter.order.pk, now=timezone.now())
        context = context | {"order_url": _address("order-open", token)}
    return EmailMultiAlternatives(
        subject=claimed.subject,
        body=_rendered(claimed.kind, "txt", context),
        to=[letter.recipient],
        alternatives=[(_rendered(claimed.kind, "html", context), "text/html")],
    )


def _rendered(kind: str, part: str, context: Mapping[str, Any]) -> str:
    return render_to_string(f"emails/{kind}.{part}", dict(context))
