"""Tokens that let a registrant without an account reach his order."""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from registrations.models.order_access import OrderAccessToken


def issue_token(order_id: UUID, *, now: datetime) -> str:
    """A new token (256 random bits), shown once: only its hash is kept."""
    token = secrets.token_urlsafe(32)
    OrderAccessToken.objects.create(
        order_id=order_id, token_hash=token_digest(token), issued_at=now
    )
    return token


def order_of_token(order_id: UUID, token: str) -> bool:
    """Whether this token opens this order.

    The look-up is by hash, so its timing tells nothing about the token.
    """
    return OrderAccessToken.objects.filter(
        order_id=order_id, token_hash=token_digest(token)
    ).exists()


def token_digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def issue_link(order_id: UUID, *, now: datetime) -> str:
    """What the link in a mail carries: the order and a token of its own."""
    return f"{order_id.hex}.{issue_token(order_id, now=now)}"


def order_of_link(value: str) -> UUID | None:
    """The order such a link opens; None if it is not one of ours."""
    order_hex, _, token = value.partition(".")
    try:
        order_id = UUID(hex=order_hex)
    except ValueError:
        return None
    return order_id if order_of_token(order_id, token) else None
