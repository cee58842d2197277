"""Mails we owe people: queued with the fact that causes them, sent once after it.

Queueing writes a task row in the same transaction. Sending claims the mail with one
INSERT first, so that a task that runs twice sends once.
"""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django_q.tasks import async_task

from eventstore.events import RecordedEvent
from registrations.commands.order_access import issue_link
from registrations.domain.order_events import OrderConfirmed, OrderExpired
from registrations.domain.seat_assignments import SeatAssigned
from registrations.models.notification import Notification
from registrations.queries import conference_view, order_seats, order_view

logger = logging.getLogger(__name__)

Kind = Notification.Kind


def queue_for(recorded: RecordedEvent) -> None:
    """Queue the mail this event calls for, if any, in its transaction."""
    match recorded.event:
        case OrderConfirmed(order_id=order_id):
            _queue("send_confirmation", order_id=str(order_id))
        case OrderExpired(order_id=order_id):
            _queue("send_expiry_notice", order_id=str(order_id))
        case SeatAssigned(order_id=order_id, position=position):
            _queue(
                "send_seat_notice",
                order_id=str(order_id),
                position=position,
                event_id=str(recorded.id),
            )


def queue_refund_notice(order_id: UUID, refund_id: UUID, amount: str) -> None:
    _queue(
        "send_refund_notice",
        order_id=str(order_id),
        refund_id=str(refund_id),
        amount=amount,
    )


def _queue(task: str, **arguments: Any) -> None:
    async_task(f"registrations.tasks.{task}", **arguments)


def confirmation(order_id: UUID) -> None:
    """Tell the registrant that the order is confirmed, with code and link."""
    order = order_view.order(order_id)
    if order and order.status == order.Status.CONFIRMED and order.email:
        _send(Kind.CONFIRMATION, f"{order_id}", order, order.email, with_link=True)


def expiry_notice(order_id: UUID) -> None:
    """Tell the registrant, if we know him, that the seats were released."""
    order = order_view.order(order_id)
    if order and order.status == order.Status.EXPIRED and order.email:
        _send(Kind.EXPIRY, f"{order_id}", order, order.email)


def refund_notice(order_id: UUID, refund_id: UUID, amount: str) -> None:
    """Tell the registrant that money is on its way back, and why."""
    order = order_view.order(order_id)
    if order and order.email:
        _send(Kind.REFUND, f"{refund_id}", order, order.email, {"amount": amount})


def seat_notice(order_id: UUID, position: int, event_id: UUID) -> None:
    """Tell an attendee that a seat was assigned to him."""
    order = order_view.order(order_id)
    seat = order_seats.seat(order_id, position)
    if order and seat and seat.email:
        _send(Kind.SEAT_ASSIGNED, f"{event_id}", order, seat.email, {"seat": seat})


def _send(
    kind: Notification.Kind,
    key: str,
    order: Any,
    recipient: str,
    values: Mapping[str, Any] | None = None,
    *,
    with_link: bool = False,
) -> None:
    now = timezone.now()
    claimed, is_ours = Notification.objects.get_or_create(
        kind=kind,
        key=key,
        defaults={
            "order_id": order.pk,
            "organization_id": order.organization_id,
            "recipient": recipient,
            "claimed_at": now,
        },
    )
    if not is_ours:
        return
    context = _context(order, now, with_link=with_link) | dict(values or {})
    claimed.subject = _rendered(kind, "subject.txt", context).replace("\n", " ").strip()
    claimed.text = _rendered(kind, "txt", context)
    claimed.html = _rendered(kind, "html", context)
    deliver(claimed)


def deliver(notification: Notification) -> None:
    """Hand the mail over and note how it went; never inside a transaction."""
    mail = EmailMultiAlternatives(
        subject=notification.subject,
        body=notification.text,
        to=[notification.recipient],
        alternatives=[(notification.html, "text/html")],
    )
    try:
        mail.send()
    except OSError as error:
        logger.warning("Mail %s was not accepted: %s", notification.pk, error)
        notification.status = Notification.Status.FAILED
        notification.error = str(error)
    else:
        notification.status = Notification.Status.SENT
        notification.sent_at = timezone.now()
        notification.error = ""
    # The outbox keeps no key to an order: the link is only in the mail itself.
    notification.save()


def _context(order: Any, now: datetime, *, with_link: bool) -> dict[str, Any]:
    conference = conference_view.conference_by_id(order.conference_id)
    find = reverse(
        "registrations:order-find", args=[conference.slug if conference else ""]
    )
    context = {
        "order": order,
        "conference": conference,
        "find_url": settings.BASE_URL + find,
        "base_url": settings.BASE_URL,
    }
    if with_link:
        token = issue_link(order.pk, now=now)
        link = reverse("registrations:order-open", args=[token])
        context["order_url"] = settings.BASE_URL + link
    return context


def _rendered(kind: str, part: str, context: Mapping[str, Any]) -> str:
    return render_to_string(f"emails/{kind}.{part}", dict(context))
