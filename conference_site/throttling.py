"""Counts how often something was tried; exact also across processes.

One statement per rule decides: PostgreSQL makes parallel upserts of one key come one
after the other, and each learns which number it is. If the table cannot be reached,
the request fails: a limit that gives way under attack is none.
"""

from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

COUNT = """
INSERT INTO conference_site_throttlecounter AS counter (key, used, ends_at)
VALUES (%(key)s, 1, %(ends_at)s)
ON CONFLICT (key) DO UPDATE SET
    used = CASE WHEN counter.ends_at <= %(now)s THEN 1
                ELSE LEAST(counter.used + 1, %(limit)s + 1) END,
    ends_at = CASE WHEN counter.ends_at <= %(now)s THEN excluded.ends_at
                   ELSE counter.ends_at END
RETURNING used, ends_at
"""
CLEAN_UP = """
DELETE FROM conference_site_throttlecounter WHERE key IN (
    SELECT key FROM conference_site_throttlecounter WHERE ends_at <= %(now)s
    LIMIT 1000 FOR UPDATE SKIP LOCKED)
"""


def seconds_to_wait(key: str, limit: int, seconds: int, *, now: datetime) -> int:
    """Count one try; 0 lets it pass, else the seconds until the window ends."""
    values: dict[str, str | int | datetime] = {
        "key": key,
        "limit": limit,
        "now": now,
        "ends_at": now + timedelta(seconds=seconds),
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNT, values)
        used, ends_at = cursor.fetchone()
        if used == 1 and key.startswith("0"):  # one new window in sixteen
            cursor.execute(CLEAN_UP, values)
    return max(ceil((ends_at - now).total_seconds()), 1) if used > limit else 0


def key(name: str, scope: str, value: str) -> str:
    """Addresses and names are kept as keyed hashes only."""
    return salted_hmac(
        f"throttle {name} {scope}", value, algorithm="sha256"
    ).hexdigest()


def scope_value(request: HttpRequest, scope: str) -> str:
    if scope == "address":
        return client_address(request)
    if scope == "username":
        return request.POST.get("username", "").strip().casefold()
    raise ValueError(f"There is no throttle scope “{scope}”.")


def client_address(request: HttpRequest) -> str:
    """Who really asks: of X-Forwarded-For counts only what our own proxies wrote.

    Each trusted proxy appends the address it sees, so that with n of them the client
    is the n-th from the right; anything further left is the client's own claim. Of an
    IPv6 address the /64 counts, which one household or machine has to itself.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    hops = [hop.strip() for hop in forwarded if hop.strip()]
    hops = hops[-settings.TRUSTED_PROXIES :] if settings.TRUSTED_PROXIES else []
    claimed = hops[0] if hops else request.META.get("REMOTE_ADDR", "")
    try:
        address = ip_address(claimed)
    except ValueError:
        return str(claimed)
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ip_network((address, 64), strict=False))
    return str(address)
