"""Giving seats back over the API: the quote, and exactly what it says."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from conferences import services
from payments import services as payments
from tests.registrations.api.client import Client
from tests.registrations.api.conftest import REGISTRANT

TIERS = [
    {"days_before": 30, "percent_kept": Decimal("12.5")},
    {"days_before": 7, "fee_per_seat": Decimal(25)},
]


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.fixture
def terms(conference: Any) -> None:
    services.set_cancellation_tiers(conference_id=conference.id, tiers=TIERS)


@pytest.fixture
def paid(api: Client, conference: Any, general: Any, workshop: Any) -> Client:
    """Two general admissions and a workshop, paid: $898."""
    placed = api.place("summit", {general: 2, workshop: 1}, registrant=REGISTRANT)
    started = placed.post(placed.order_path("payments/"), {"provider": "sandbox"})
    path = f"/sandbox/payments/{started.json()['id']}/"
    assert placed.post(path, {"outcome": "accepted"}).status_code == 200
    return placed


def asked_back(client: Client) -> list[Decimal]:
    order_id = UUID(client.order_path().split("/")[2])
    return [
        refund.amount
        for payment in payments.payments_of(order_id)
        for refund in payments.refunds_of(payment.pk)
    ]


def quote(client: Client, query: str = "") -> Any:
    return client.get(client.order_path(f"cancellation/{query}"))


def cancel(client: Client, body: dict[str, Any] | None = None, **headers: str) -> Any:
    return client.post(client.order_path("cancel/"), body or {}, **headers)


def test_a_quote_says_what_some_seats_come_to(paid, terms, general, workshop):
    answer = quote(paid, "?positions=0,2")
    assert answer.status_code == 200
    assert answer.json() == {
        "value": usd("699.00"),
        "kept": usd("87.38"),
        "refund": usd("611.62"),
        "total": usd("199.00"),
        "is_whole": False,
        "tier": {"days_before": 30, "percent_kept": "12.5", "fee_per_seat": None},
        "keeps_everything": False,
        "lines": [
            {
                "seat_type": str(general.id),
                "name": "General admission",
                "quantity": 1,
                "value": usd("199.00"),
                "kept": usd("24.88"),
            },
            {
                "seat_type": str(workshop.id),
                "name": "CQRS Workshop",
                "quantity": 1,
                "value": usd("500.00"),
                "kept": usd("62.50"),
            },
        ],
    }
    assert asked_back(paid) == []


def test_a_quote_for_the_whole_order(paid, terms):
    whole = quote(paid).json()
    assert (whole["is_whole"], whole["refund"]) == (True, usd("785.75"))


def test_what_was_quoted_is_what_happens(paid, terms):
    refund = quote(paid, "?positions=0,2").json()["refund"]
    answer = cancel(paid, {"positions": [2, 0], "expected_refund": refund})
    assert answer.status_code == 200
    order = answer.json()
    assert (order["status"], order["total"], order["kept"]) == (
        "confirmed",
        usd("199.00"),
        usd("87.38"),
    )
    assert asked_back(paid) == [Decimal("611.62")]
    seats = paid.get(paid.order_path("seats/")).json()["results"]
    assert [seat["position"] for seat in seats] == [1]


def test_another_amount_than_expected_does_nothing(paid, terms):
    before = quote(paid).json()["refund"]
    services.set_cancellation_tiers(
        conference_id=payments.payments_of(paid.order_path().split("/")[2])[
            0
        ].conference_id,
        tiers=TIERS[1:],
    )
    answer = cancel(paid, {"expected_refund": before})
    assert refusal(answer) == (409, "quote-changed")
    other = usd("823.00") | {"currency": "EUR"}
    assert refusal(cancel(paid, {"expected_refund": other})) == (409, "quote-changed")
    assert asked_back(paid) == []
    assert cancel(paid, {"expected_refund": usd("823.00")}).status_code == 200
    assert asked_back(paid) == [Decimal("823.00")]


def test_the_same_seats_again_change_nothing(paid, terms):
    for _ in range(2):
        answer = cancel(paid, {"positions": [1]})
        assert (answer.status_code, answer.json()["total"]) == (200, usd("699.00"))
    assert asked_back(paid) == [Decimal("174.12")]


def test_the_last_seats_cancel_the_order(paid):
    assert cancel(paid, {"positions": [0]}).json()["status"] == "confirmed"
    assert cancel(paid, {"positions": [1, 2]}).json()["status"] == "cancelled"
    assert asked_back(paid) == [Decimal(199), Decimal(699)]
    assert refusal(quote(paid)) == (409, "order-already-cancelled")


@pytest.mark.parametrize("positions", [[9], [0, 9]])
def test_seats_of_others_are_refused_by_name(paid, positions):
    answer = cancel(paid, {"positions": positions})
    assert refusal(answer) == (400, "seats-not-held")
    assert answer.json()["errors"][0]["field"] == "positions"
    query = ",".join(map(str, positions))
    assert refusal(quote(paid, f"?positions={query}")) == (400, "seats-not-held")


@pytest.mark.parametrize(
    "body",
    [
        {"positions": []},
        {"positions": ["0"]},
        {"positions": [-1]},
        {"positions": [True]},
        {"positions": [0.5]},
        {"positions": "0"},
        {"positions": list(range(10_001))},
        {"expected_refund": "12.00"},
        {"expected_refund": {"amount": 12, "currency": "USD"}},
        {"expected_refund": {"amount": "-12", "currency": "USD"}},
        {"expected_refund": {"amount": "1e3", "currency": "USD"}},
        {"expected_refund": {"amount": "NaN", "currency": "USD"}},
        {"expected_refund": {"amount": ".", "currency": "USD"}},
        {"expected_refund": {"amount": "٣", "currency": "USD"}},
        {"expected_refund": {"amount": "1.00"}},
        {"expected_refund": usd("1.00") | {"tip": "1.00"}},
        {"refund": "1.00"},
    ],
)
def test_bodies_that_cannot_be_meant_are_refused(paid, body):
    assert refusal(cancel(paid, body)) == (400, "invalid-input")
    assert asked_back(paid) == []


@pytest.mark.parametrize("positions", ["", "x", "0,", "-1", "0;1", "1" * 7, "٣"])
def test_queries_that_cannot_be_meant_are_refused(paid, positions):
    assert refusal(quote(paid, f"?positions={positions}")) == (400, "invalid-input")


def test_a_quote_needs_a_confirmed_order_in_time(placed, paid, conference):
    assert refusal(quote(placed)) == (409, "order-not-confirmed")
    services.update_conference(
        conference_id=conference.id,
        changes={"cancellation_until": datetime.now(UTC) - timedelta(hours=1)},
    )
    assert refusal(quote(paid)) == (409, "cancellation-closed")
    assert refusal(cancel(paid, {"positions": [0]})) == (409, "cancellation-closed")


def test_the_version_of_the_order_is_honoured(paid):
    assert refusal(cancel(paid, {"positions": [0]}, If_Match='"1"')) == (
        412,
        "stale-version",
    )


def test_the_catalogue_says_the_terms(api, conference, terms):
    shown = api.get("/conferences/summit/").json()["cancellation"]
    assert shown["tiers"] == [
        {"days_before": 30, "percent_kept": "12.5", "fee_per_seat": None},
        {"days_before": 7, "percent_kept": None, "fee_per_seat": usd("25.00")},
    ]
    assert shown["until"].endswith("Z")
