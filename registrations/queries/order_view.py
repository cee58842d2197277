"""What pages and commands ask about orders."""

import hmac
from uuid import UUID

from django.db.models import QuerySet

from registrations.models.order_view import OrderView


def orders() -> QuerySet[OrderView]:
    """Orders with their lines at hand."""
    return OrderView.objects.prefetch_related("line_rows")


def order(order_id: UUID) -> OrderView | None:
    return orders().filter(pk=order_id).first()


def order_exists(order_id: UUID) -> bool:
    return OrderView.objects.filter(pk=order_id).exists()


def conference_has_orders(conference_id: UUID) -> bool:
    return OrderView.objects.filter(conference_id=conference_id).exists()


def code_is_taken(conference_id: UUID, code: str) -> bool:
    return OrderView.objects.filter(conference_id=conference_id, code=code).exists()


def find(conference_id: UUID, *, email: str, code: str) -> OrderView | None:
    """The order with this code, if this address belongs to it.

    One look-up and one comparison whatever is wrong: the answer does not tell which.
    """
    found = (
        orders().filter(conference_id=conference_id, code=code.strip().upper()).first()
    )
    given = email.strip().casefold().encode(errors="replace")
    known = found.email.casefold().encode() if found and found.email else b""
    same = hmac.compare_digest(given, known)
    return found if found and known and same else None
