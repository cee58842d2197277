"""Reading admin pages as an organizer does."""

import re
from html import unescape
from typing import Any
from uuid import UUID

from django.test import Client
from django.urls import reverse

MODELS = ["orderview", "orderseat", "conferenceview", "notification", "document"]


def listing(model: str) -> str:
    return reverse(f"admin:registrations_{model}_changelist")


def page(model: str, key: Any) -> str:
    return reverse(f"admin:registrations_{model}_change", args=[key])


def step(name: str, order_id: UUID) -> str:
    return reverse(f"admin:registrations_orderview_{name}", args=[order_id])


def text(html: str) -> str:
    """What a person reads: no markup, white space in one piece."""
    body = html.partition("<body")[2] or html
    without = re.sub(r"<script.*?</script>|<[^>]*>", " ", body, flags=re.S)
    return " ".join(unescape(without).split())


def read(client: Client, address: str, **query: str) -> str:
    response = client.get(address, query)
    assert response.status_code == 200, (address, query, response.status_code)
    return text(response.content.decode())


def rows(client: Client, model: str, **query: str) -> list[str]:
    """The first column of the list, top to bottom."""
    response = client.get(listing(model), query)
    assert response.status_code == 200, (model, query, response.status_code)
    html = response.content.decode()
    return [
        text(cell)
        for cell in re.findall(r'<th class="field-.*?</th>', html, flags=re.S)
    ]


def said(response: Any) -> list[str]:
    """The messages on the page that followed."""
    return [str(message) for message in response.context["messages"]]


# The ledger of the month in which the tests happen
MARCH = {"since": "2026-03-01", "until": "2026-03-31"}


def ledger(conference_id: UUID, name: str = "conference") -> str:
    return reverse(f"admin:registrations_ledgerentry_{name}", args=[conference_id])
