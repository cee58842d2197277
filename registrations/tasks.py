"""Entry points for django-q2: ids in, one call. They may run twice and be late."""

from uuid import UUID

from registrations import notifications


def send_confirmation(*, order_id: str, **_: object) -> None:
    notifications.confirmation(UUID(order_id))


def send_expiry_notice(*, order_id: str, **_: object) -> None:
    notifications.expiry_notice(UUID(order_id))


def send_refund_notice(
    *, order_id: str, refund_id: str, amount: str, **_: object
) -> None:
    notifications.refund_notice(UUID(order_id), UUID(refund_id), amount)


def send_seat_notice(
    *, order_id: str, position: int, event_id: str, **_: object
) -> None:
    notifications.seat_notice(UUID(order_id), position, UUID(event_id))
