"""Entry points for django-q2: ids in, one call. They may run twice and be late."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from registrations import notifications
from registrations.documents import files
from registrations.models.idempotency import IdempotentAnswer


def send_confirmation(*, order_id: str, **_: object) -> None:
    notifications.confirmation(UUID(order_id))


def send_invoice(*, order_id: str, payment_id: str, **_: object) -> None:
    notifications.invoice(UUID(order_id), UUID(payment_id))


def send_cancellation(*, order_id: str, **_: object) -> None:
    notifications.cancellation(UUID(order_id))


def send_seats_cancellation(*, order_id: str, event_id: str, **_: object) -> None:
    notifications.seats_cancellation(UUID(order_id), UUID(event_id))


def send_attendee_cancellations(*, order_id: str, event_id: str, **_: object) -> None:
    notifications.attendee_cancellations(UUID(order_id), UUID(event_id))


def send_expiry_notice(*, order_id: str, **_: object) -> None:
    notifications.expiry_notice(UUID(order_id))


def send_refund_notice(*, order_id: str, refund_id: str, **_: object) -> None:
    notifications.refund_notice(UUID(order_id), UUID(refund_id))


def send_seat_notice(*, order_id: str, key: str, **_: object) -> None:
    notifications.seat_notice(UUID(order_id), key)


def render_document(*, document_id: str, **_: object) -> None:
    """Make the file before anybody asks for it."""
    files.pdf_of(UUID(document_id))


def send_again(*, notification_id: int, **_: object) -> None:
    notifications.send_again(notification_id)


def purge_idempotency_answers(*, now: datetime | None = None, **_: object) -> None:
    """Forget what repeated API requests were answered with, after 48 hours."""
    IdempotentAnswer.objects.outdated(now or timezone.now()).delete()
