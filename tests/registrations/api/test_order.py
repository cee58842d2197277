"""Orders: placing, changing, confirming, cancelling."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from conferences import services
from tests.registrations.api.client import errors, lines, refusal
from tests.registrations.api.conftest import REGISTRANT, seat_type

pytestmark = pytest.mark.django_db

ORDER = {
    "id", "code", "conference", "status", "version", "placed_at", "hold_expires_at",
    "registrant", "billing_address", "net_total", "tax_total", "total", "kept",
    "is_free", "lines",
}  # fmt: skip
PLACE = "/conferences/summit/orders/"


def usd(amount):
    return {"amount": amount, "currency": "USD"}


def test_placing_reserves_and_prices_in_one_step(api, general, workshop):
    answer = api.post(PLACE, {"items": lines({general: 3, workshop: 1})})
    order = answer.json()
    assert answer.status_code == 201
    assert set(order) == ORDER | {"access_token"}
    assert UUID(order["id"]).version == 7
    assert (order["status"], order["conference"]) == ("reserved", "summit")
    assert order["total"] == usd("1097.00")
    assert (order["registrant"], order["is_free"]) == (None, False)
    assert order["lines"] == [
        {
            "seat_type": str(general.id),
            "name": "General admission",
            "unit_price": usd("199.00"),
            "requested": 3,
            "reserved": 3,
            "net": usd("597.00"),
            "tax": usd("0.00"),
            "line_total": usd("597.00"),
            "message": "",
        },
        {
            "seat_type": str(workshop.id),
            "name": "CQRS Workshop",
            "unit_price": usd("500.00"),
            "requested": 1,
            "reserved": 1,
            "net": usd("500.00"),
            "tax": usd("0.00"),
            "line_total": usd("500.00"),
            "message": "",
        },
    ]
    held = datetime.fromisoformat(order["hold_expires_at"])
    assert held - datetime.fromisoformat(order["placed_at"]) == timedelta(minutes=15)
    assert order["placed_at"].endswith("Z")


def test_tax_is_shown_by_line_and_in_total(api, make_conference):
    conference = make_conference(tax_name="VAT", tax_rate=Decimal(19))
    within = seat_type(conference, "Day", "119", position=1)
    on_top = seat_type(
        conference, "Workshop", "50", price_includes_tax=False, position=2
    )
    order = api.place("summit", {within: 2, on_top: 1}).order
    parts = ("unit_price", "net", "tax", "line_total")
    shown = [[line[part]["amount"] for part in parts] for line in order["lines"]]
    assert shown == [
        ["119.00", "200.00", "38.00", "238.00"],
        ["50.00", "50.00", "9.50", "59.50"],
    ]
    assert order["net_total"] == usd("250.00")
    assert order["tax_total"] == usd("47.50")
    assert order["total"] == usd("297.50")


def test_the_answer_is_tagged_and_not_cached(api, general):
    answer = api.post(PLACE, {"items": lines({general: 1})})
    assert answer["ETag"] == f'"{answer.json()["version"]}"'
    assert answer["Cache-Control"] == "no-store"


def test_the_answer_says_where_the_order_is(api, general):
    key = {"Idempotency-Key": "0123456789abcdef"}
    body = {"items": lines({general: 1})}
    answers = [api.post("/conferences/summit/orders/", body, **key) for _ in range(2)]

    where = f"/api/v1/orders/{answers[0].json()['id']}/"
    assert [answer["Location"] for answer in answers] == [where, where]


def test_a_registrant_may_come_along(placed):
    assert placed.order["registrant"] == REGISTRANT


def test_lines_of_one_seat_type_are_added_together(api, general):
    items = lines({general: 1}) + lines({general: 2})
    (line,) = api.post(PLACE, {"items": items}).json()["lines"]
    assert (line["requested"], line["reserved"]) == (3, 3)


def test_what_is_short_is_said_line_by_line(api, general, workshop):
    api.place("summit", {general: 18, workshop: 4})
    order = api.post(PLACE, {"items": lines({general: 3, workshop: 1})}).json()
    assert order["status"] == "partially_reserved"
    assert order["total"] == usd("398.00")
    assert [(line["reserved"], line["message"]) for line in order["lines"]] == [
        (2, "Could not reserve all the requested seats."),
        (0, "Sold out"),
    ]


def test_nothing_reserved_is_not_free(api, workshop):
    api.place("summit", {workshop: 4})
    order = api.post(PLACE, {"items": lines({workshop: 1})}).json()
    assert (order["is_free"], order["status"]) == (False, "partially_reserved")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"total": "0.00"}, "total"),
        ({"status": "confirmed"}, "status"),
        ({"price": 0, "currency": "EUR"}, "price"),
        ({"items": None}, "items"),
        ({"items": {}}, "items"),
        ({"items": "all"}, "items"),
        ({"items": [1]}, "items.0"),
        ({"registrant": {}}, "registrant.first_name"),
        ({"registrant": None}, "registrant"),
        ({"registrant": []}, "registrant"),
        ({"registrant": {**REGISTRANT, "is_staff": True}}, "registrant.is_staff"),
        ({"registrant": {**REGISTRANT, "email": "registrant"}}, "registrant.email"),
        ({"registrant": {**REGISTRANT, "first_name": " "}}, "registrant.first_name"),
        ({"registrant": {**REGISTRANT, "last_name": 7}}, "registrant.last_name"),
        (
            {"registrant": {**REGISTRANT, "last_name": "x" * 101}},
            "registrant.last_name",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(api, general, change, field):
    answer = api.post(PLACE, {"items": lines({general: 1}), **change})
    assert refusal(answer) == (400, "invalid-input")
    assert field in errors(answer)


def test_all_invalid_fields_are_named_at_once(api, placed, general):
    nobody = {"first_name": " ", "email": "registrant", "title": "Dr"}
    named = {"first_name", "last_name", "email", "title"}
    assert set(errors(placed.put(placed.order_path("registrant/"), nobody))) == named

    wrong = {"items": [{"quantity": -1}], "registrant": nobody, "total": 0}
    items = {"items.0.quantity", "items.0.seat_type"}
    assert set(errors(api.post(PLACE, wrong))) == {
        "total", *items, *(f"registrant.{name}" for name in named)
    }  # fmt: skip


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ({"quantity": True}, "quantity"),
        ({"quantity": 1.0}, "quantity"),
        ({"quantity": "1"}, "quantity"),
        ({"quantity": None}, "quantity"),
        ({"quantity": -1}, "quantity"),
        ({"quantity": [1]}, "quantity"),
        ({"seat_type": None}, "seat_type"),
        ({"seat_type": 1}, "seat_type"),
        ({"seat_type": True}, "seat_type"),
        ({"seat_type": []}, "seat_type"),
        ({"seat_type": "general"}, "seat_type"),
        ({"seat_type": "urn:uuid:" + str(uuid4())}, "seat_type"),
        ({"unit_price": "0.01"}, "unit_price"),
        ({"discount": 100}, "discount"),
    ],
)
def test_items_are_taken_for_what_they_are(api, general, item, field):
    (line,) = lines({general: 1})
    answer = api.post(PLACE, {"items": [{**line, **item}]})
    assert refusal(answer) == (400, "invalid-input")
    assert list(errors(answer)) == [f"items.0.{field}"]


def test_the_domains_refusals_name_the_item(api, general, workshop):
    def refused(items):
        answer = api.post(PLACE, {"items": items})
        return (*refusal(answer), *errors(answer))

    unknown = {"seat_type": str(uuid4()), "quantity": 1}
    good = lines({general: 1})
    assert refused([]) == (400, "no-items", "items")
    assert refused(lines({general: 0})) == (400, "no-items", "items")
    assert refused([*good, unknown]) == (400, "unknown-seat-type", "items.1")
    assert refused(lines({general: 21})) == (400, "too-many-seats", "items.0")
    huge = lines({general: 2**63 - 1})
    assert refused(huge) == (400, "too-many-seats", "items.0")
    services.update_seat_type(seat_type_id=workshop.id, changes={"is_closed": True})
    closed = [*good, *lines({workshop: 1})]
    assert refused(closed) == (400, "seat-type-closed", "items.1")
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    services.update_seat_type(
        seat_type_id=general.id, changes={"on_sale_from": tomorrow}
    )
    assert refused(good) == (400, "not-on-sale", "items.0")


def test_an_order_has_up_to_50_lines(api, general):
    assert api.post(PLACE, {"items": lines({general: 0}) * 49 + lines({general: 1})})
    answer = api.post(PLACE, {"items": lines({general: 1}) * 51})
    assert list(errors(answer)) == ["items"]


def test_no_order_at_an_unpublished_conference(api, conference, general):
    services.unpublish(conference_id=conference.id)
    answer = api.post(PLACE, {"items": lines({general: 1})})
    assert refusal(answer) == (404, "not-found")


def test_an_order_answers_without_growing_numbers_of_queries(
    api, general, workshop, free, django_assert_num_queries
):
    small = api.place("summit", {general: 1})
    large = api.place("summit", {general: 5, workshop: 2, free: 3})
    for client in (small, large):
        with django_assert_num_queries(4):
            client.get(client.order_path())
