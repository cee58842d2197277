"""Who may see an order, and finding it again by e-mail and code."""

from uuid import UUID, uuid4

import pytest

from conferences import services
from tests.registrations.api.client import Client, errors, refusal
from tests.registrations.api.conftest import REGISTRANT
from tests.registrations.api.test_order import ORDER

pytestmark = pytest.mark.django_db


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
    # The remedy: "credentials were not provided" is untrue to who sent others.
    assert "Authorization: Order <access_token>" in answer.json()["detail"]


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
        ("GET", "cancellation/"),
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
    said = answers[0].json()["detail"]
    assert said == "There is no order with this e-mail address and code."
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
    for _attempt in range(60):
        api.post(FIND, sought)
    answer = api.post(FIND, sought)
    assert refusal(answer) == (429, "throttled")
    assert int(answer["Retry-After"]) > 0
