"""An order whose hold has ended, while no worker came by."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from registrations.commands import order as orders
from registrations.commands.order_access import issue_token
from tests.registrations.api.client import Client, lines


def test_it_has_expired_for_everybody(api, general, conference):
    long_ago = timezone.now() - timedelta(minutes=16)
    order = api.post("/conferences/summit/orders/", {"items": lines({general: 1})})
    placed = order.json()
    late = UUID(placed["id"][:-4] + "ffff")
    orders.place_order(
        order_id=late,
        conference_id=conference.id,
        items=[(general.id, 1)],
        now=long_ago,
    )
    client = Client()
    token = issue_token(late, now=long_ago)
    answer = client.get(f"/orders/{late}/", Authorization=f"Order {token}")

    assert (placed["status"], answer.json()["status"]) == ("reserved", "expired")
