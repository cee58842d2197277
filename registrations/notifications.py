"""Mails we owe people: queued with the fact that causes them, sent once after it.

Queueing writes a task row in the same transaction. Sending claims the mail with one
INSERT first, so that a task that runs twice sends once.
"""

import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django_q.tasks import async_task

from eventstore.events import RecordedEvent
from eventstore.store import lock
from payments import services as payments
from registrations.commands.order_access import issue_link
from registrations.documents.enclosures import enclosed
from registrations.domain.order import Order
from registrations.domain.order_events import (
    OrderCancelled,
    OrderConfirmed,
    OrderExpired,
    OrderPaymentStarted,
    OrderSeatsCancelled,
)
from registrations.domain.seat_assignments import (
    SeatAssigned,
    SeatAssignments,
    SeatAssignmentsClosed,
    SeatsWithdrawn,
)
from registrations.letters import (
    Letter,
    letter_of,
    sayable,
    seat_key,
    vacated_keys,
)
from registrations.models.notification import Notification
from registrations.queries import (
    conference_view,
    outbox,
)

logger = logging.getLogger(__name__)

Kind = Notification.Kind

# Never to an attendee: whoever has the link can change the order.
WITH_LINK = (
    Kind.CONFIRMATION,
    Kind.INVOICE,
    Kind.CANCELLATION,
    Kind.SEATS_CANCELLED,
)

LONGEST_SUBJECT = 250


# Queueing


def queue_for(recorded: RecordedEvent) -> None:
    """Queue the mail this event calls for, if any, in its transaction."""
    match recorded.event:
        case OrderConfirmed(order_id=order_id):
            _queue("send_confirmation", order_id=str(order_id))
        case OrderPaymentStarted(order_id=order_id, provider=provider) if (
            payments.is_paid_by_hand(provider)
        ):
            payment_id = str(recorded.event.payment_id)
            _queue("send_invoice", order_id=str(order_id), payment_id=payment_id)
        case OrderCancelled(order_id=order_id):
            _queue("send_cancellation", order_id=str(order_id))
        case OrderSeatsCancelled(order_id=order_id):
            event_id = str(recorded.id)
            _queue("send_seats_cancellation", order_id=str(order_id), event_id=event_id)
        case (
            SeatsWithdrawn(order_id=order_id) | SeatAssignmentsClosed(order_id=order_id)
        ):
            _queue(
                "send_attendee_cancellations",
                order_id=str(order_id),
                event_id=str(recorded.id),
            )
        case OrderExpired(order_id=order_id):
            _queue("send_expiry_notice", order_id=str(order_id))
        case SeatAssigned(order_id=order_id, position=position, attendee=attendee):
            key = seat_key(order_id, position, attendee.same_address)
            _queue("send_seat_notice", order_id=str(order_id), key=key)


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


def invoice(order_id: UUID, payment_id: UUID) -> None:
    """Tell the registrant what to pay until when and where, with code and link."""
    _send(Kind.INVOICE, order_id, key=str(payment_id))


def cancellation(order_id: UUID) -> None:
    """Tell the registrant that the order was cancelled and its seats were given
    back."""
    _send(Kind.CANCELLATION, order_id, key=str(order_id))


def seats_cancellation(order_id: UUID, event_id: UUID) -> None:
    """Tell the registrant which seats were given back by this event, and what for."""
    _send(Kind.SEATS_CANCELLED, order_id, key=str(event_id))


def attendee_cancellations(order_id: UUID, event_id: UUID) -> None:
    """Tell everybody who had to leave a seat at this event, each once."""
    for key in vacated_keys(order_id, event_id):
        _send(Kind.SEAT_CANCELLED, order_id, key=key)


def expiry_notice(order_id: UUID) -> None:
    """Tell the registrant, if we know him, that the seats were released."""
    _send(Kind.EXPIRY, order_id, key=str(order_id))


def refund_notice(order_id: UUID, refund_id: UUID) -> None:
    """Tell the registrant that money is on its way back, and why."""
    _send(Kind.REFUND, order_id, key=str(refund_id))


def seat_notice(order_id: UUID, key: str) -> None:
    """Tell an attendee that a seat was assigned to him; `letters.seat_key` made it."""
    _send(Kind.SEAT_ASSIGNED, order_id, key=key)


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
    letter = letter_of(Kind(claimed.kind), claimed.order_id, claimed.key)
    if letter is None:
        claimed.status = Notification.Status.FAILED
        claimed.error = _("Not sent: the order has changed, there is nothing to tell.")
        _note(claimed)
        return
    claimed.recipient = letter.recipient
    _deliver(claimed, letter)


def _send(kind: Notification.Kind, order_id: UUID, *, key: str) -> None:
    with transaction.atomic():
        # Who erases the recipient waits, or has been and leaves nobody to write to.
        lock(Order.stream(order_id), SeatAssignments.stream(order_id))
        letter = letter_of(kind, order_id, key)
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
    context["subject"] = claimed.subject
    hidden = context | {"order_url": _address("order-open", "hidden")}
    claimed.text = _rendered(claimed.kind, "txt", hidden)
    claimed.html = _rendered(claimed.kind, "html", hidden)
    try:
        _mail(claimed, letter, context).send()
    except (OSError, ValueError) as error:
        # Refused by the mail server, or an address that cannot be written to.
        # Not the error itself: it names the address.
        kind = type(error).__name__
        logger.warning("Mail %s was not accepted: %s", claimed.pk, kind)
        claimed.status = Notification.Status.FAILED
        claimed.error = str(error)
    else:
        claimed.status = Notification.Status.SENT
        claimed.sent_at = timezone.now()
        claimed.error = ""
    _note(claimed)


def _note(claimed: Notification) -> None:
    """Unless the recipient was erased while the mail was under way."""
    fields = ("recipient", "subject", "text", "html", "status", "error", "sent_at")
    Notification.objects.filter(
        pk=claimed.pk, status=Notification.Status.CLAIMED
    ).update(**{name: getattr(claimed, name) for name in fields})


def _mail(
    claimed: Notification, letter: Letter, context: dict[str, Any]
) -> EmailMultiAlternatives:
    if claimed.kind in WITH_LINK:
        token = issue_link(letter.order.pk, now=timezone.now())
        context = context | {"order_url": _address("order-open", token)}
    contact = getattr(context["conference"], "contact_email", "")
    return EmailMultiAlternatives(
        subject=claimed.subject,
        body=_rendered(claimed.kind, "txt", context),
        to=[letter.recipient],
        reply_to=[contact] if contact else None,
        # Nobody's absence is told to us, nor our mail answered by another machine.
        headers={"Auto-Submitted": "auto-generated"},
        attachments=enclosed(claimed.kind, letter.order.pk, claimed.key),
        alternatives=[(_rendered(claimed.kind, "html", context), "text/html")],
    )


def _rendered(kind: str, part: str, context: Mapping[str, Any]) -> str:
    return render_to_string(f"emails/{kind}.{part}", dict(context))
