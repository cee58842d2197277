"""The stand-in is as strict as Stripe: what it lets pass, Stripe should."""

import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest
import stripe as sdk

from tests.stand_ins.stripe import StripeStandIn
from tests.stand_ins.stripe.server import API_KEY, SECRET

LINE: dict[str, Any] = {
    "price_data": {
        "currency": "usd",
        "unit_amount": 1000,
        "product_data": {"name": "Seats"},
    },
    "quantity": 1,
}
PAGE: dict[str, Any] = {
    "mode": "payment",
    "line_items": [LINE],
    "success_url": "http://testserver/done?{CHECKOUT_SESSION_ID}",
    "cancel_url": "http://testserver/left",
}


@pytest.fixture
def stand_in() -> Iterator[StripeStandIn]:
    with StripeStandIn() as running:
        yield running


@pytest.fixture
def client(stand_in: StripeStandIn) -> Iterator[sdk.StripeClient]:
    yield from connected(stand_in, API_KEY)


def connected(stand_in: StripeStandIn, key: str) -> Iterator[sdk.StripeClient]:
    http = sdk.RequestsClient(timeout=5)
    base: Any = {"api": stand_in.url}
    yield sdk.StripeClient(
        key, base_addresses=base, http_client=http, max_network_retries=0
    )
    http.close()


def create(client: sdk.StripeClient, key: str = "", **changes: Any) -> Any:
    params: Any = PAGE | changes
    options: Any = {"idempotency_key": key} if key else {}
    return client.v1.checkout.sessions.create(params, options)


def price(**changes: Any) -> list[dict[str, Any]]:
    return [LINE | {"price_data": LINE["price_data"] | changes}]


def test_wrong_key_is_not_let_in(stand_in: StripeStandIn):
    for client in connected(stand_in, "sk_test_wrong"):
        with pytest.raises(sdk.AuthenticationError):
            create(client)


WRONG: dict[str, dict[str, Any]] = {
    "unknown": {"colour": "red"},
    "too soon over": {"expires_at": 1},
    "no line": {"line_items": []},
    "a fraction": {"line_items": price(unit_amount="10.5")},
    "nothing": {"line_items": price(unit_amount=0)},
    "too little": {"line_items": price(unit_amount=49)},
    "too much": {"line_items": price(unit_amount=100_000_000)},
    "capitals": {"line_items": price(currency="USD")},
    "three decimals": {"line_items": price(currency="kwd", unit_amount=5124)},
    "hundredths": {"line_items": price(currency="isk", unit_amount=550)},
    "long metadata": {"metadata": {"order": "x" * 501}},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_what_makes_no_sense_is_refused_and_not_kept(
    stand_in: StripeStandIn, client: sdk.StripeClient, wrong: dict[str, Any]
):
    with pytest.raises(sdk.InvalidRequestError) as refusal:
        create(client, key="key-1", **wrong)
    assert refusal.value.http_status == 400
    assert create(client, key="key-1").status == "open"


def test_what_is_not_there_is_missing(client: sdk.StripeClient):
    with pytest.raises(sdk.InvalidRequestError) as refusal:
        client.v1.payment_intents.retrieve("pi_1")
    assert (refusal.value.http_status, refusal.value.code) == (404, "resource_missing")


def test_same_key_same_answer(stand_in: StripeStandIn, client: sdk.StripeClient):
    first, second = (create(client, key="key-1") for _ in range(2))
    assert first.id == second.id
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert (stand_in.api.keys.seen["key-1"], stand_in.api.keys.effects["key-1"]) == (
        2,
        1,
    )


def test_same_key_for_something_else_is_an_error(client: sdk.StripeClient):
    create(client, key="key-1")
    with pytest.raises(sdk.IdempotencyError):
        create(client, key="key-1", client_reference_id="another")


def test_failure_is_kept_with_its_key(
    stand_in: StripeStandIn, client: sdk.StripeClient
):
    stand_in.faults.set("fail-after", times=1)
    for replayed in (None, "true"):
        with pytest.raises(sdk.APIError) as failure:
            create(client, key="key-1")
        assert failure.value.http_status == 500
        assert (failure.value.headers or {}).get("Idempotent-Replayed") == replayed
    assert stand_in.api.keys.effects["key-1"] == 1


def test_refund_beyond_the_charge(stand_in: StripeStandIn, client: sdk.StripeClient):
    intent = stand_in.books.pay(create(client).id)["id"]
    with pytest.raises(sdk.InvalidRequestError, match="greater than unrefunded"):
        client.v1.refunds.create({"payment_intent": intent, "amount": 1001})
    client.v1.refunds.create({"payment_intent": intent})
    with pytest.raises(sdk.InvalidRequestError) as refusal:
        client.v1.refunds.create({"payment_intent": intent, "amount": 1})
    assert refusal.value.code == "charge_already_refunded"


def test_money_that_never_came_is_not_given_back(
    stand_in: StripeStandIn, client: sdk.StripeClient
):
    session = create(client)
    intent = stand_in.books.decline(session.id)["id"]
    with pytest.raises(sdk.InvalidRequestError, match="successful charge"):
        client.v1.refunds.create({"payment_intent": intent})


def test_open_session_expires_once(stand_in: StripeStandIn, client: sdk.StripeClient):
    opened = create(client)
    expired = client.v1.checkout.sessions.expire(opened.id)
    assert (expired.id, expired.status, expired.url) == (opened.id, "expired", None)
    assert len(list(stand_in.books.told("checkout.session.expired", opened.id))) == 1
    with pytest.raises(sdk.InvalidRequestError) as refusal:
        client.v1.checkout.sessions.expire(opened.id)
    assert refusal.value.http_status == 400
    assert 'Only Checkout Sessions with a status in ["open"]' in str(refusal.value)
    assert len(list(stand_in.books.told("checkout.session.expired"))) == 1
    assert httpx.post(opened.url, data={"action": "pay"}).status_code == 410


def test_paid_or_unknown_session_does_not_expire(
    stand_in: StripeStandIn, client: sdk.StripeClient
):
    paid = create(client)
    stand_in.books.pay(paid.id)
    with pytest.raises(sdk.InvalidRequestError, match="a status of complete"):
        client.v1.checkout.sessions.expire(paid.id)
    with pytest.raises(sdk.InvalidRequestError) as missing:
        client.v1.checkout.sessions.expire("cs_test_nobody")
    assert missing.value.code == "resource_missing"


def test_lists_come_in_pages_newest_first(
    stand_in: StripeStandIn, client: sdk.StripeClient
):
    made = [create(client).id for _ in range(5)]
    page = client.v1.checkout.sessions.list({"limit": 2})
    assert ([one.id for one in page.data], page.has_more) == (made[:2:-1], True)
    assert [one.id for one in page.auto_paging_iter()] == made[::-1]


def test_events_are_listed_by_time_and_type(
    stand_in: StripeStandIn, client: sdk.StripeClient
):
    stand_in.clock = lambda: 1_000_000
    stand_in.books.pay(create(client).id)
    stand_in.clock = lambda: 2_000_000
    stand_in.books.pay(create(client).id)
    params: Any = {"created": {"gte": 1_500_000}, "types": ["payment_intent.succeeded"]}
    (event,) = client.v1.events.list(params).data
    assert (event.created, event.type) == (2_000_000, "payment_intent.succeeded")


def test_objects_are_expanded_on_request(
    stand_in: StripeStandIn, client: sdk.StripeClient
):
    session = create(client)
    stand_in.books.pay(session.id)
    whole: Any = {"expand": ["payment_intent.latest_charge.balance_transaction"]}
    found: Any = client.v1.checkout.sessions.retrieve(session.id, whole)
    assert found.payment_intent.latest_charge.balance_transaction.fee == 59
    plain: Any = client.v1.checkout.sessions.retrieve(session.id)
    assert plain.payment_intent == found.payment_intent.id


def test_payer_is_sent_back_from_the_hosted_page(
    stand_in: StripeStandIn, client: sdk.StripeClient
):
    session = create(client)
    url = str(session.url)
    with httpx.Client() as browser:
        assert "Decline" in browser.get(url).text
        declined = browser.post(url, data={"action": "decline"})
        assert "declined" in declined.text
        left = browser.post(url, data={"action": "cancel"})
        assert left.headers["location"] == PAGE["cancel_url"]
        paid = browser.post(url, data={"action": "pay"})
        assert paid.headers["location"] == f"http://testserver/done?{session.id}"
        assert browser.get(url).status_code == 410
    assert stand_in.books.session(session.id)["payment_status"] == "paid"


class Listener(BaseHTTPRequestHandler):
    heard: list[tuple[bytes, str]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.heard.append((body, self.headers["stripe-signature"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


def test_events_are_sent_signed():
    Listener.heard = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}/"
        with StripeStandIn(webhook_url=url) as stand_in:
            for client in connected(stand_in, API_KEY):
                stand_in.books.pay(create(client).id)
            stand_in.webhooks.wait()
            told = [kind for kind, status in stand_in.webhooks.answers if status == 200]
        server.shutdown()
    assert told[-1] == "checkout.session.completed"
    for body, header in Listener.heard:
        assert sdk.WebhookSignature.verify_header(body, header, SECRET, tolerance=60)
        assert json.loads(body)["object"] == "event"


def test_runs_as_a_process_of_its_own():
    """For tests whose own process is killed."""
    command = [sys.executable, "-m", "tests.stand_ins.stripe"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        set_to = {"kind": "down", "times": "1", "only": "GET /v1/events"}
        headers = {"Authorization": f"Bearer {API_KEY}"}
        with httpx.Client(base_url=url, headers=headers) as browser:
            assert browser.post("/stand-in/faults", data=set_to).status_code == 200
            with pytest.raises(httpx.RemoteProtocolError):
                browser.get("/v1/events")
            assert browser.get("/v1/events").json()["data"] == []
            assert browser.get("/stand-in/counted").json()["charges"] == {}
        process.terminate()
        assert process.wait(10) == 0
