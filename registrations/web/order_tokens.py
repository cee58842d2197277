"""The order id that a seat selection form carries, signed.

The server chooses the id when it gives out the form. A form that comes back twice, from
two tabs or after a lost answer therefore names one order; and as only the browser that
got the form can hold the signature, the form also proves whose order it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from uuid_utils.compat import uuid7

if TYPE_CHECKING:
    from registrations.models.conference_view import ConferenceView


SALT = "registrations.web.order-tokens"
COOKIE = "next-order"
MAX_AGE = 24 * 3600


def new_order_id() -> UUID:
    return uuid7()


def issue(order_id: UUID, conference: ConferenceView) -> str:
    return signing.dumps([str(order_id), str(conference.id)], salt=SALT)


def read(token: str, conference: ConferenceView) -> UUID | None:
    try:
        order_id, conference_id = signing.loads(token, salt=SALT, max_age=MAX_AGE)
    except (signing.BadSignature, UnicodeError):
        return None
    return UUID(order_id) if conference_id == str(conference.id) else None


def from_cookie(request: HttpRequest, conference: ConferenceView) -> UUID | None:
    """The id that this browser was given before: in another tab, or going back."""
    return read(request.COOKIES.get(COOKIE, ""), conference)


def keep_in_cookie(
    response: HttpResponse, request: HttpRequest, token: str, slug: str
) -> HttpResponse:
    response.set_cookie(
        COOKIE,
        token,
        max_age=MAX_AGE,
        path=reverse("registrations:seat-selection", args=[slug]),
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return response
