"""The hosted page of a session, for browsers and for people who try things out."""

from html import escape
from typing import Any

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>{title}</title></head>
<body><main><h1>{title}</h1>{content}</main></body></html>
"""
_BUTTONS = """<p>{name}</p><p><strong>{amount} {currency}</strong></p>{note}
<form method="post">
<button name="action" value="pay">Pay</button>
<button name="action" value="decline">Decline</button>
<button name="action" value="cancel">Cancel</button>
</form>"""


def hosted(session: dict[str, Any], *, note: str = "") -> str:
    content = _BUTTONS.format(
        name=escape(session["client_reference_id"] or ""),
        amount=session["amount_total"],
        currency=session["currency"],
        note=f'<p role="alert">{escape(note)}</p>' if note else "",
    )
    return _PAGE.format(title="Stand-in of Stripe", content=content)


def closed(session: dict[str, Any]) -> str:
    content = f"<p>This page is {escape(session['status'])}.</p>"
    return _PAGE.format(title="Stand-in of Stripe", content=content)


def success_url(session: dict[str, Any]) -> str:
    url: str = session["success_url"]
    return url.replace("{CHECKOUT_SESSION_ID}", session["id"])
