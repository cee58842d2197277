"""Changing, confirming and cancelling an order."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from conferences import services
from tests.registrations.api.client import errors, lines, refusal
from tests.registrations.api.conftest import REGISTRANT
from tests.registrations.api.test_order import ORDER, usd

pytestmark = pytest.mark.django_db


def test_changing_the_items_keeps_the_clock(placed, general, workshop):
    answer = placed.put(
        placed.order_path("items/"), {"items": lines({general: 1, workshop: 2})}
    )
    order = answer.json()
    assert answer.status_code == 200
    assert set(order) == ORDER
    assert order["total"] == usd("1199.00")
    assert order["hold_expires_at"] == placed.order["hold_expires_at"]
    assert order["version"] > placed.order["version"]
    assert answer["ETag"] == f'"{order["version"]}"'


def test_naming_the_registrant(api, general):
    client = api.place("summit", {general: 1})
    answer = client.put(client.order_path("registrant/"), REGISTRANT)
    assert answer.json()["registrant"] == REGISTRANT
    answer = client.put(client.order_path("registrant/"), {"first_name": "Registrant"})
    assert set(errors(answer)) == {"last_name", "email"}


@pytest.mark.parametrize("rest", ["items/", "registrant/"])
def test_a_stale_write_is_refused(placed, general, rest):
    body = {"items": lines({general: 1})} if rest == "items/" else REGISTRANT
    path, first = placed.order_path(rest), f'"{placed.order["version"]}"'
    changed = {**REGISTRANT, "first_name": "Another"} if rest == "registrant/" else body
    assert placed.put(path, changed, If_Match=first).status_code == 200
    stale = placed.put(path, body, If_Match=first)
    assert refusal(stale) == (412, "stale-version")
    current = placed.get(placed.order_path())["ETag"]
    assert placed.put(path, body, If_Match=current).status_code == 200


def test_who_has_the_current_version_gets_304(placed):
    tag = placed.get(placed.order_path())["ETag"]
    answer = placed.get(placed.order_path(), If_None_Match=tag)
    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", tag)
    assert answer["Cache-Control"] == "no-store"


def test_an_order_whose_hold_has_ended_cannot_be_changed(placed, general):
    later = datetime.fromisoformat(placed.order["hold_expires_at"])
    with time_machine.travel(later, tick=False):
        answer = placed.put(placed.order_path("items/"), {"items": lines({general: 1})})
        assert refusal(answer) == (409, "order-already-expired")
        answer = placed.put(placed.order_path("registrant/"), REGISTRANT)
        assert refusal(answer) == (409, "order-already-expired")


def test_a_free_order_is_confirmed_without_a_payment(placed_free):
    assert placed_free.order["is_free"] is True
    answer = placed_free.post(placed_free.order_path("confirm/"))
    assert answer.status_code == 200
    assert answer.json()["status"] == "confirmed"
    assert answer.json()["hold_expires_at"] is None
    again = placed_free.post(placed_free.order_path("confirm/"))
    assert again.json() == answer.json()


def test_what_costs_money_is_confirmed_by_its_payment(placed):
    answer = placed.post(placed.order_path("confirm/"))
    assert refusal(answer) == (409, "payment-needed")


def test_confirming_needs_a_registrant_and_all_seats(api, free):
    client = api.place("summit", {free: 1})
    answer = client.post(client.order_path("confirm/"))
    assert refusal(answer) == (409, "registrant-missing")
    api.place("summit", {free: 18})
    short = api.place("summit", {free: 5}, registrant=REGISTRANT)
    answer = short.post(short.order_path("confirm/"))
    assert refusal(answer) == (409, "seats-not-reserved")


def test_a_confirmed_order_cannot_be_changed(confirmed, free):
    answer = confirmed.put(confirmed.order_path("items/"), {"items": lines({free: 1})})
    assert refusal(answer) == (409, "order-already-confirmed")


def test_cancelling_gives_the_seats_back(api, confirmed):
    answer = confirmed.post(confirmed.order_path("cancel/"), {})
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    (offer,) = api.get("/conferences/summit/seat-types/").json()["results"]
    assert offer["available"] == 20


def test_only_a_confirmed_order_is_cancelled(placed):
    answer = placed.post(placed.order_path("cancel/"))
    assert refusal(answer) == (409, "order-not-confirmed")


def test_it_can_be_too_late_to_cancel(conference, confirmed):
    services.update_conference(
        conference_id=conference.id,
        changes={"cancellation_until": datetime.now(UTC) - timedelta(hours=1)},
    )
    answer = confirmed.post(confirmed.order_path("cancel/"))
    assert refusal(answer) == (409, "cancellation-closed")


@pytest.mark.parametrize("rest", ["confirm/", "cancel/"])
def test_a_body_that_says_more_is_refused(placed_free, rest):
    answer = placed_free.post(placed_free.order_path(rest), {"total": "0.00"})
    assert errors(answer) == {"total": "Unknown field."}


@pytest.mark.parametrize("rest", ["confirm/", "cancel/", "payments/"])
def test_posts_honour_if_match(placed, rest):
    body = {"provider": "sandbox"} if rest == "payments/" else {}
    answer = placed.post(placed.order_path(rest), body, If_Match='"999"')
    assert refusal(answer) == (412, "stale-version")
