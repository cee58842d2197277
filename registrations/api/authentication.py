"""Who may see an order: whoever holds its access token."""

import re

from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

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


class HasOrderToken(BasePermission):
    """Some token was sent: without one the answer is 401."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.auth is not None
