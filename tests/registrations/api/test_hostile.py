"""The hostile corpus against every call: no answer is 5xx, none takes long."""

import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from registrations.models.order_view import OrderView
from tests.registrations.api import contract, hostile
from tests.registrations.api.client import Client, lines, refusal
from tests.registrations.api.conftest import ATTENDEE, REGISTRANT

pytestmark = pytest.mark.django_db

ADDRESS = {"street": "Hauptstrasse 1", "city": "Berlin", "country": "DE"}
Probes = Iterator[tuple[str, dict[str, Any]]]
# Its own time, not the clock's; far above what any probe needs on a busy machine.
LONGEST = 5
CALLS = sorted((method, path) for method, path, _operation in contract.operations())


class Target:
    """A call that would succeed but for the probe."""

    def __init__(self, client: Client, method: str, path: str, names: Any) -> None:
        self.client = client
        self.method = method
        self.template = path.removeprefix("/api/v1")
        self.names = names
        self.path = self.template.format(**names)

    def probe(self, what: str, **changes: Any) -> None:
        sent = {"method": self.method, "path": self.path, "body": None, **changes}
        began = time.thread_time()
        answer = self.client.send(**sent)
        took = time.thread_time() - began
        where = f"{self.method} {self.template}: {what}"
        assert answer.status_code < 500, where
        assert took < LONGEST, f"{where} took {took:.1f} s"
        if answer.status_code >= 400 and sent["method"] != "HEAD":
            refusal(answer)

    def spoiled_paths(self) -> Iterator[str]:
        for name in self.names:
            if f"{{{name}}}" in self.template:
                for part in hostile.PARTS:
                    yield self.template.format(**{**self.names, name: part})


@pytest.fixture
def bodies(free: Any) -> dict[str, Any]:
    return {
        "/orders/": {"items": lines({free: 1}), "registrant": REGISTRANT},
        "/find/": {"email": REGISTRANT["email"], "code": "222222"},
        "/items/": {"items": lines({free: 1})},
        "/registrant/": REGISTRANT,
        "/billing-address/": ADDRESS,
        "/payments/": {"provider": "sandbox"},
        "/seats/{position}/": ATTENDEE,
        "/sandbox/payments/{payment_id}/": {"outcome": "accepted"},
    }


@pytest.fixture(params=CALLS, ids=lambda call: " ".join(call))
def target(
    request: Any, api: Client, placed: Client, confirmed: Client, settings: Any
) -> Target:
    settings.THROTTLES = {}
    method, path = request.param
    payment = placed.post(
        placed.order_path("payments/"), {"provider": "sandbox"}
    ).json()
    placed.post(placed.order_path("payments/"), {"provider": "invoice"})
    (invoice,) = placed.get(placed.order_path("documents/")).json()["results"]
    client = confirmed if "seats" in path or "cancel" in path else placed
    names = {
        "slug": "summit",
        "order_id": client.order["id"],
        "payment_id": payment["id"],
        "position": 0,
        "document_id": invoice["id"],
        "code": "not-found",
    }
    return Target(client, method, path, names)


def test_the_corpus_is_large_enough():
    single = [hostile.BODIES, hostile.QUERIES, hostile.HEADERS, hostile.PARTS]
    assert sum(map(len, single)) + len(hostile.VALUES) >= 150


def test_hostile_requests(target, bodies):
    """One setting for all probes of a call; each group finds it untouched."""
    groups = (
        hostile_bodies(),
        hostile_values(target, bodies),
        hostile_queries(target),
        hostile_headers(),
        hostile_addresses_and_methods(target),
    )
    for probes in groups:
        with transaction.atomic():
            for what, changes in probes:
                target.probe(what, **changes)
            assert all(OrderView.objects.values_list("code", flat=True))
            transaction.set_rollback(True)


def hostile_bodies() -> Probes:
    for name, body in hostile.BODIES.items():
        yield name, {"body": body}


def hostile_values(target: Target, bodies: dict[str, Any]) -> Probes:
    body: Any = next(
        (bodies[end] for end in bodies if target.template.endswith(end)), {}
    )
    for name, changed in hostile.mutations(body):
        yield name, {"body": changed}


def hostile_queries(target: Target) -> Probes:
    for query in hostile.QUERIES:
        yield query, {"path": target.path + query}


def hostile_headers() -> Probes:
    for headers in hostile.HEADERS:
        yield str(headers)[:80], {"body": {}, **headers}


def hostile_addresses_and_methods(target: Target) -> Probes:
    for path in target.spoiled_paths():
        yield path[:80], {"path": path}
    for method in hostile.METHODS:
        yield method, {"method": method}
        without = {"method": method, "path": target.path[:-1]}
        yield f"{method} without a slash", without


@pytest.mark.parametrize("page", ["schema", "docs"])
def test_the_documentation_bears_it_too(api, page):
    for query in hostile.QUERIES:
        assert api.django.get(f"/api/v1/{page}/{query}").status_code < 500, query
    for headers in hostile.HEADERS:
        answer = api.django.get(f"/api/v1/{page}/", headers=headers)
        assert answer.status_code < 500, headers
    for method in hostile.METHODS:
        assert api.django.generic(method, f"/api/v1/{page}/").status_code < 500, method


# What exactly some of them are answered


@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        (b"[]", {}, (400, "malformed-body")),
        (b'{"a": "\\u0000"}', {}, (400, "malformed-body")),
        (hostile.BODIES["3 MB"], {}, (413, "body-too-large")),
        (hostile.BODIES["one byte too long"], {}, (413, "body-too-large")),
        (b"{}", {"Transfer-Encoding": "chunked"}, (411, "length-required")),
        (b"{}", {"Content-Encoding": "gzip"}, (415, "unsupported-media-type")),
        (b"a=1", {"Content-Type": "text/plain"}, (415, "unsupported-media-type")),
        (b"{}", {"Accept": "text/html"}, (406, "not-acceptable")),
        (b"{}", {"Accept": "image/*, text/*;q=0.5"}, (406, "not-acceptable")),
    ],
)
def test_refusals_say_what_is_wrong(api, general, body, headers, expected):
    answer = api.post("/conferences/summit/orders/", body, **headers)
    assert refusal(answer) == expected


@pytest.mark.parametrize(
    "accept",
    ["*/*", "application/*", "application/problem+json", "text/html, */*;q=0.1", ""],
)
def test_who_takes_anything_gets_json(api, conference, accept):
    answer = api.get("/conferences/", Accept=accept)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")


def test_what_has_no_content_has_no_type(api, placed):
    path = placed.order_path()
    answers = [
        placed.get(path, If_None_Match="*"),
        placed.delete(placed.order_path("billing-address/")),
        placed.send("OPTIONS", path, None),
    ]
    assert [answer.status_code for answer in answers] == [304, 204, 204]
    assert [answer.get("Content-Type") for answer in answers] == [None] * 3


def test_an_unknown_address_is_a_problem(api):
    for path in ("/", "/nothing/", "/conferences/summit/nothing/", "/orders/1/"):
        assert refusal(api.get(path)) == (404, "not-found")


def test_a_wrong_method_is_told_the_right_ones(api, conference):
    answer = api.post("/conferences/summit/", {})
    assert refusal(answer) == (405, "method-not-allowed")
    assert answer["Allow"] == "GET, HEAD, OPTIONS"
    assert api.send("OPTIONS", "/conferences/summit/", None)["Allow"] == answer["Allow"]


def test_a_forgotten_slash_loses_neither_method_nor_body(api, general):
    path = "/conferences/summit/orders"
    answer = api.post(f"{path}?a=1", {"items": lines({general: 1})})
    assert answer.status_code == 308
    assert answer["Location"] == f"/api/v1{path}/?a=1"
    assert refusal(api.get("/nothing")) == (404, "not-found")


def test_ids_are_of_version_7_and_never_the_clients(api, general):
    chosen = "00000000-0000-0000-0000-000000000001"
    body = {"items": lines({general: 1}), "id": chosen}
    assert api.post("/conferences/summit/orders/", body).status_code == 400
    assert UUID(api.place("summit", {general: 1}).order["id"]).version == 7
