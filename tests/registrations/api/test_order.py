"""Orders: placing, changing, confirming, cancelling."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import time_machine

from conferences import services
from tests.registrations.api.client import Client, errors, lines, refusal
from tests.registrations.api.conftest import REGISTRANT

pytestmark = pytest.mark.django_db

ORDER = {
    "id", "code", "conference", "status", "version", "placed_at", "hold_expires_at",
    "registrant", "total", "is_free", "lines",
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
            "line_total": usd("597.00"),
            "message": "",
        },
        {
            "seat_type": str(workshop.id),
            "name": "CQRS Workshop",
            "unit_price": usd("500.00"),
            "requested": 1,
            "reserved": 1,
            "line_total": usd("500.00"),
            "message": "",
        },
    ]
    held = datetime.fromisoformat(order["hold_expires_at"])
    assert held - datetime.fromisoformat(order["placed_at"]) == timedelta(minutes=15)
    assert order["placed_at"].endswith("Z")


def test_the_answer_is_tagged_and_not_cached(api, general):
    answer = api.post(PLACE, {"items": lines({general: 1})})
    assert answer["ETag"] == f'"{answer.json()["version"]}"'
    assert answer["Cache-Control"] == "no-store"


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


# Who may see it


def test_an_order_is_shown_to_whoever_holds_its_token(placed):
    answer = placed.get(placed.order_path())
    assert answer.json() == {
        key: value for key, value in placed.order.items() if key != "access_token"
    }


@pytest.mark.parametrize("scheme", ["", "Bearer x", "Order", "Order ", "Basic eDp5"])
def test_without_a_token_the_answer_is_401(placed, scheme):
    answer = placed.get(placed.order_path(), Authorization=scheme)
    assert refusal(answer) == (401, "not-authenticated")
    assert answer["WWW-Authenticate"] == 'Order realm="orders"'


def test_a_hidden_order_looks_like_none(api, placed, general):
    other = api.place("summit", {general: 1})
    path = placed.order_path()
    answers = [
        placed.get(path, Authorization=f"Order {other.token}"),
        placed.get(path, Authorization="Order x"),
        placed.get(path, Authorization=f"Order {placed.token} x"),
        placed.get(path, Authorization=f"Order {placed.token[:-1]}"),
        placed.get(f"/orders/{uuid4()}/"),
        placed.get("/orders/not-a-uuid/"),
    ]
    assert {refusal(answer) for answer in answers} == {(404, "not-found")}
    assert len({answer.content for answer in answers}) == 1


def test_the_scheme_is_read_in_any_case(placed):
    answer = placed.get(placed.order_path(), Authorization=f"order {placed.token}")
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("method", "rest"),
    [
        ("GET", ""),
        ("PUT", "items/"),
        ("PUT", "registrant/"),
        ("POST", "payments/"),
        ("GET", f"payments/{UUID(int=7)}/"),
        ("POST", "confirm/"),
        ("POST", "cancel/"),
        ("GET", "seats/"),
        ("GET", "seats/0/"),
        ("PUT", "seats/0/"),
        ("DELETE", "seats/0/"),
    ],
)
def test_every_call_on_an_order_asks_for_its_token(api, placed, general, method, rest):
    other = api.place("summit", {general: 1})
    path = placed.order_path(rest)
    without = Client().send(method, path, {})
    assert refusal(without) == (401, "not-authenticated")
    foreign = placed.send(method, path, {}, Authorization=f"Order {other.token}")
    assert refusal(foreign) == (404, "not-found")
    assert foreign["Cache-Control"] == "no-store"


# Changing


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


# Confirming and cancelling


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


# Finding it again

FIND = "/conferences/summit/orders/find/"


def test_mail_and_code_open_an_order_with_a_new_token(placed):
    sought = {"email": " REGISTRANT@example.org ", "code": placed.order["code"].lower()}
    answer = Client().post(FIND, sought)
    assert answer.status_code == 200
    found = answer.json()
    assert set(found) == ORDER | {"access_token"}
    assert found["access_token"] != placed.token
    for token in (placed.token, found["access_token"]):
        shown = placed.get(placed.order_path(), Authorization=f"Order {token}")
        assert shown.status_code == 200


def test_unknown_mail_and_wrong_code_get_the_same_answer(api, placed, general):
    api.place("summit", {general: 1})  # one without a registrant
    code, email = placed.order["code"], REGISTRANT["email"]
    wrong = "222222" if code != "222222" else "333333"
    answers = [
        api.post(FIND, {"email": "nobody@example.org", "code": code}),
        api.post(FIND, {"email": email, "code": wrong}),
        api.post("/conferences/other/orders/find/", {"email": email, "code": code}),
    ]
    assert {refusal(answer) for answer in answers} == {(404, "not-found")}
    assert len({answer.content for answer in answers}) == 1
    assert set(errors(api.post(FIND, {"email": 7}))) == {"email", "code"}


def test_a_confirmed_order_is_found_after_unpublishing(conference, confirmed, api):
    sought = {"email": REGISTRANT["email"], "code": confirmed.order["code"]}
    services.unpublish(conference_id=conference.id)
    assert api.post(FIND, sought).status_code == 200
    assert confirmed.get(confirmed.order_path()).status_code == 200


def test_an_open_order_of_an_unpublished_conference_is_not_found(
    conference, placed, api
):
    sought = {"email": REGISTRANT["email"], "code": placed.order["code"]}
    services.unpublish(conference_id=conference.id)
    assert refusal(api.post(FIND, sought)) == (404, "not-found")


def test_finding_is_throttled(api, placed):
    sought = {"email": REGISTRANT["email"], "code": "222222"}
    for _attempt in range(20):
        api.post(FIND, sought)
    answer = api.post(FIND, sought)
    assert refusal(answer) == (429, "throttled")
    assert int(answer["Retry-After"]) > 0


def test_an_order_answers_without_growing_numbers_of_queries(
    api, general, workshop, free, django_assert_num_queries
):
    small = api.place("summit", {general: 1})
    large = api.place("summit", {general: 5, workshop: 2, free: 3})
    for client in (small, large):
        with django_assert_num_queries(4):
            client.get(client.order_path())
