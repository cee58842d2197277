"""Whether Stripe signed a callback, and when; how old it may be is not judged here."""

from datetime import UTC, datetime

import stripe
from django.conf import settings


def signed_at(body: bytes, header: str) -> datetime | None:
    """None unless it was signed with one of our secrets: two while they are changed."""
    if not header.isascii():
        # The SDK compares in constant time, and that refuses other characters loudly.
        return None
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None  # Stripe signs text
    for secret in settings.STRIPE_WEBHOOK_SECRETS:
        try:
            stripe.WebhookSignature.verify_header(text, header, secret, tolerance=None)
        except stripe.SignatureVerificationError:
            continue
        return _time_in(header)
    return None


def _time_in(header: str) -> datetime | None:
    """The time that the signature covers: the first one, as the SDK reads it."""
    parts = (part.split("=", 1) for part in header.split(","))
    for name, *value in parts:
        if name == "t" and value:
            try:
                return datetime.fromtimestamp(int(value[0]), UTC)
            except (ValueError, OverflowError, OSError):
                return None
    return None
