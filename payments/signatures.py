"""Signatures of callbacks: HMAC-SHA256 over the time of signing and the body."""

import hashlib
import hmac
import re
from datetime import UTC, datetime

from django.conf import settings

HEADER = "Payment-Signature"
# Twelve digits reach beyond the year 9999, which datetime does not: ten are enough.
_SHAPE = re.compile(r"t=([0-9]{1,10}),v1=([0-9a-f]{64})", re.ASCII)


def signed(body: bytes, *, now: datetime) -> str:
    """The header's value for this body, signed at this time."""
    timestamp = str(int(now.timestamp()))
    return f"t={timestamp},v1={_digest(timestamp, body)}"


def signed_at(body: bytes, header: str) -> datetime | None:
    """When the body was signed with our key; None when it was not.

    The caller judges the age, so that a replay can be told from a forgery.
    """
    shape = _SHAPE.fullmatch(header)
    if shape is None:
        return None
    timestamp, digest = shape.groups()
    if not hmac.compare_digest(_digest(timestamp, body), digest):
        return None
    return datetime.fromtimestamp(int(timestamp), UTC)


def _digest(timestamp: str, body: bytes) -> str:
    key = settings.PAYMENT_CALLBACK_KEY.encode()
    return hmac.new(key, f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
