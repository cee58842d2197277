"""kill -9 of a web worker or of the whole worker between and within all steps.

Clients do what clients do: they repeat with the same Idempotency-Key until an answer
comes. Afterwards the order is in the right state and nothing happened twice.
"""

import os
import signal
import threading
import time
from random import Random
from typing import Any
from uuid import uuid4

import httpx
import pytest
from django.core.management import call_command

from eventstore.models import Deadline
from payments.models import Payment, SandboxTransaction
from registrations.models import Notification, OrderSeat, OrderView, SeatTypeView
from tests.live_site import LiveSite
from tests.registrations.conftest import Summit
from tests.waiting import PATIENCE, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

REGISTRANT = {
    "first_name": "Registrant",
    "last_name": "One",
    "email": "registrant@example.org",
}
ATTENDEE = {
    "first_name": "Attendee",
    "last_name": "One",
    "email": "attendee@example.org",
}


class Patient:
    """A client that repeats until the answer comes."""

    def __init__(self, site: LiveSite, disturb: Any) -> None:
        self.site = site
        self.disturb = disturb
        self.headers: dict[str, str] = {}

    def call(self, method: str, path: str, body: Any = None) -> Any:
        headers = self.headers | {"Idempotency-Key": str(uuid4())}
        deadline = time.monotonic() + 2 * PATIENCE
        self.disturb()
        while True:
            try:
                answer = httpx.request(
                    method,
                    f"{self.site.url}/api/v1{path}",
                    json=body,
                    headers=headers,
                    timeout=PATIENCE / 2,
                )
                if answer.status_code < 500:
                    assert answer.status_code < 400, answer.text
                    return answer.json()
            except httpx.TransportError:
                pass
            assert time.monotonic() < deadline, "no answer after repeating"
            time.sleep(0.05)


def whole_way(client: Patient, summit: Summit) -> str:
    items = [
        {"seat_type": str(summit.general), "quantity": 2},
        {"seat_type": str(summit.party), "quantity": 1},
    ]
    order = client.call("POST", f"/conferences/{summit.slug}/orders/", {"items": items})
    client.headers = {"Authorization": f"Order {order['access_token']}"}
    at = f"/orders/{order['id']}"
    client.call("PUT", f"{at}/registrant/", REGISTRANT)
    payment = client.call("POST", f"{at}/payments/", {"provider": "sandbox"})
    client.call("POST", f"/sandbox/payments/{payment['id']}/", {"outcome": "accepted"})
    deadline = time.monotonic() + 90
    while client.call("GET", f"{at}/")["status"] != "confirmed":
        assert time.monotonic() < deadline, "never confirmed"
        time.sleep(0.1)
    client.call("PUT", f"{at}/seats/0/", ATTENDEE)
    return str(order["id"])


def nothing_doubled(summit: Summit, orders: list[str]) -> None:
    assert sorted(str(order.pk) for order in OrderView.objects.all()) == sorted(orders)
    assert {order.status for order in OrderView.objects.all()} == {"confirmed"}
    assert Payment.objects.count() == SandboxTransaction.objects.count() == len(orders)
    assert OrderSeat.objects.count() == 3 * len(orders)
    assert SeatTypeView.objects.get(pk=summit.general).sold == 2 * len(orders)
    assert not Deadline.objects.exists()
    call_command("check_invariants")
    call_command("projections", "verify")


def mails(kind: str) -> int:
    return Notification.objects.filter(kind=kind, status="sent").count()


def test_web_workers_are_killed_within_every_step(site, make_summit):
    summit, random = make_summit(), Random(5)
    site.start_worker()

    def kill_soon() -> None:
        """While the request is under way: all who might be working on it."""

        def kill() -> None:
            time.sleep(random.random() * 0.04)
            for pid in site.web_workers():
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue

        threading.Thread(target=kill).start()

    orders = [whole_way(Patient(site, kill_soon), summit) for _ in range(2)]

    nothing_doubled(summit, orders)
    until(lambda: mails("confirmation") == 2 and mails("seat_assigned") == 2)


def test_the_worker_is_killed_between_all_steps(site, make_summit):
    summit = make_summit()

    def restart_worker() -> None:
        site.kill_worker()
        site.start_worker()

    orders = [whole_way(Patient(site, restart_worker), summit) for _ in range(2)]

    nothing_doubled(summit, orders)
    # A task whose worker was killed with it in its hands comes back after `retry`.
    until(
        lambda: mails("confirmation") == 2 and mails("seat_assigned") == 2,
        seconds=3 * PATIENCE,
    )
    time.sleep(1)
    assert (mails("confirmation"), mails("seat_assigned")) == (2, 2)


def test_holds_end_while_the_worker_is_down_and_when_it_is_back(site, make_summit):
    summit = make_summit(quotas=(5, 5, 5))
    site.kill_web()
    site.environment["HOLD_SECONDS"] = "2"
    site.start_web()
    with httpx.Client(base_url=f"{site.url}/api/v1", timeout=PATIENCE) as http:

        def place(seat_type: Any, quantity: int) -> Any:
            items = [{"seat_type": str(seat_type), "quantity": quantity}]
            url = f"/conferences/{summit.slug}/orders/"
            return http.post(url, json={"items": items}).json()

        first, second = place(summit.general, 5), place(summit.workshop, 2)
        time.sleep(2.1)

        free = http.get(f"/conferences/{summit.slug}/seat-types/").json()["results"]
        assert [offer["available"] for offer in free] == [5, 5, 5]
        assert place(summit.general, 4)["status"] == "reserved"
        assert OrderView.objects.get(pk=first["id"]).status == "expired"
        assert OrderView.objects.get(pk=second["id"]).status == "reserved"

        site.start_worker()
        until(lambda: OrderView.objects.get(pk=second["id"]).status == "expired")
        until(lambda: not Deadline.objects.exists())
        call_command("check_invariants")
