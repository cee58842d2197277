"""Who may see an order: whoever holds its access token."""

import re
from uuid import UUID

from django.http import Http404
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

SCHEME = "Order"
# Anything else cannot be one of ours and need not reach the database.
TOKEN = re.compile(r"[A-Za-z0-9_-]{16,200}")


class OrderToken(BaseAuthentication):
    """`Authorization: Order <access_token>`; the token becomes `request.auth`.

    Says only what was sent. Whether it opens the order is a question to the order.
    """

    def authenticate(self, request: Request) -> tuple[None, str] | None:
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != SCHEME.lower() or not token.strip():
            return None
        return None, token.strip()

    def authenticate_header(self, request: Request) -> str:
        return f'{SCHEME} realm="orders"'
