"""The concurrency cases of the domain rules, section 10, over HTTP and four
processes."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from django.core.management import call_command
from django.db import connection

from registrations.models import OrderView, SeatTypeView
from tests.live_site import LiveSite
from tests.registrations.conftest import Summit
from tests.waiting import PATIENCE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]
AT_ONCE = 32


def client(site: LiveSite) -> httpx.Client:
    limits = httpx.Limits(max_connections=AT_ONCE)
    return httpx.Client(
        base_url=f"{site.url}/api/v1", timeout=2 * PATIENCE, limits=limits
    )


def place(
    http: httpx.Client, summit: Summit, *items: tuple[Any, int]
) -> httpx.Response:
    wanted = [{"seat_type": str(id), "quantity": n} for id, n in items]
    return http.post(f"/conferences/{summit.slug}/orders/", json={"items": wanted})


def everybody(site: LiveSite, summit: Summit, number: int, *items) -> Counter[str]:
    """So many registrants at once; how their orders came out."""
    with client(site) as http, ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda _: place(http, summit, *items), range(number)))
    assert {answer.status_code for answer in answers} == {201}
    return Counter(outcome(answer.json()) for answer in answers)


def outcome(order: dict[str, Any]) -> str:
    reserved = sum(line["reserved"] for line in order["lines"])
    if order["status"] == "reserved":
        return "complete"
    return "partial" if reserved else "nothing"


@pytest.fixture(autouse=True)
def no_deadlocks_no_errors(site: LiveSite):
    def deadlocks() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT deadlocks FROM pg_stat_database"
                " WHERE datname = current_database()"
            )
            return int(cursor.fetchone()[0])

    before = deadlocks()
    yield
    assert deadlocks() == before
    assert site.errors() == ""
    call_command("check_invariants")


def test_four_registrants_for_four_workshop_seats(site, make_summit):
    summit = make_summit(quotas=(0, 4, 0))

    assert everybody(site, summit, 4, (summit.workshop, 2)) == {
        "complete": 2,
        "nothing": 2,
    }


def test_two_hundred_registrants_for_two_hundred_seats(site, make_summit):
    summit = make_summit(quotas=(0, 200, 0))

    assert everybody(site, summit, 200, (summit.workshop, 2)) == {
        "complete": 100,
        "nothing": 100,
    }


def test_never_more_than_either_quota(site, make_summit):
    summit = make_summit(quotas=(100, 200, 0))

    outcomes = everybody(site, summit, 200, (summit.workshop, 1), (summit.general, 2))

    assert outcomes["complete"] == 50
    held = {row.name: (row.held, row.remaining) for row in SeatTypeView.objects.all()}
    assert held["General admission"] == (100, 0)
    assert held["CQRS Workshop"] == (200, 0)


def test_twenty_want_ten_seats_and_pay(site, make_summit):
    summit = make_summit(quotas=(10, 0, 0))

    def whole_flow(number: int) -> str:
        with client(site) as http:
            order = place(http, summit, (summit.general, 1)).json()
            http.headers["Authorization"] = f"Order {order['access_token']}"
            registrant = {
                "first_name": "Registrant",
                "last_name": f"Number {number}",
                "email": f"registrant{number}@example.org",
            }
            at = f"/orders/{order['id']}"
            http.put(f"{at}/registrant/", json=registrant)
            payment = http.post(f"{at}/payments/", json={"provider": "sandbox"})
            if payment.status_code == 201:
                http.post(
                    f"/sandbox/payments/{payment.json()['id']}/",
                    json={"outcome": "accepted"},
                ).raise_for_status()
            else:
                assert payment.status_code == 409
            return str(http.get(f"{at}/").json()["status"])

    with ThreadPoolExecutor(20) as pool:
        statuses = Counter(pool.map(whole_flow, range(20)))

    assert statuses == {"confirmed": 10, "partially_reserved": 10}
    assert SeatTypeView.objects.get(pk=summit.general).sold == 10
    assert OrderView.objects.filter(status="confirmed").count() == 10
