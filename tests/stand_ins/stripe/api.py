"""What the API answers: who may ask, what is asked for, once per idempotency key."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.stand_ins.stripe import forms, lists
from tests.stand_ins.stripe.books import Books
from tests.stand_ins.stripe.errors import ApiError
from tests.stand_ins.stripe.faults import Faults
from tests.stand_ins.stripe.idempotency import Answer, Keys

KINDS = {
    "checkout/sessions": "checkout.session",
    "payment_intents": "payment_intent",
    "charges": "charge",
    "refunds": "refund",
    "disputes": "dispute",
    "balance_transactions": "balance_transaction",
    "events": "event",
}
_ONE = re.compile(r"/v1/(?P<kind>[a-z_/]+?)(/(?P<id>[a-z]+_[A-Za-z0-9_]+))?")
_EXPIRE = re.compile(r"/v1/checkout/sessions/(?P<id>cs_[A-Za-z0-9_]+)/expire")


class NoAnswer(Exception):
    """The connection ends here."""


@dataclass
class Request:
    method: str
    target: str
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def tree(self) -> dict[str, Any]:
        text = self.body if self.method == "POST" else urlsplit(self.target).query
        return forms.decoded(text)


class Api:
    def __init__(self, books: Books, *, api_key: str, faults: Faults) -> None:
        self.books = books
        self.api_key = api_key
        self.faults = faults
        self.keys = Keys()
        self.requests: list[tuple[str, str]] = []

    def answer(self, request: Request) -> tuple[int, dict[str, Any], dict[str, str]]:
        """Status, body and headers; raises NoAnswer."""
        self.requests.append((request.method, request.path))
        fault = self.faults.next(f"{request.method} {request.path}")
        if fault == "down":
            raise NoAnswer
        if fault == "slow":
            self.faults.take_time()
        try:
            self._let_in(request)
            (status, body), is_replayed = self._once(request, fault)
        except ApiError as refused:
            status, body, is_replayed = refused.status, refused.body, False
        if fault == "lose-answer":
            raise NoAnswer
        return status, body, {"Idempotent-Replayed": "true"} if is_replayed else {}

    def _let_in(self, request: Request) -> None:
        if request.headers.get("authorization") != f"Bearer {self.api_key}":
            raise ApiError("Invalid API Key provided: sk_test_****", status=401)

    def _once(self, request: Request, fault: str) -> tuple[Answer, bool]:
        key = request.headers.get("idempotency-key", "")
        if request.method != "POST" or not key:
            return self._faulty(request, fault, key), False
        same = (request.path, request.tree)
        return self.keys.once(key, same, lambda: self._faulty(request, fault, key))

    def _faulty(self, request: Request, fault: str, key: str) -> Answer:
        broken = ApiError("Something went wrong.", status=500, kind="api_error")
        if fault == "fail-before":
            return 500, broken.body
        if fault == "refuse":
            raise ApiError(
                "Insufficient funds in your Stripe balance to refund this amount.",
                code="balance_insufficient",
                is_stored=True,
            )
        if fault == "busy":
            self.faults.take_time()
        answer = 200, self._carry_out(request)
        if request.method == "POST":
            self.keys.count_effect(key)
        return (500, broken.body) if fault == "fail-after" else answer

    def _carry_out(self, request: Request) -> dict[str, Any]:
        with self.books.lock:
            self.books.refunds_stay_pending = self.faults.refunds_stay_pending
            if request.method == "POST":
                return self._write(request)
            return self._read(request)

    def _write(self, request: Request) -> dict[str, Any]:
        tree = request.tree
        expand = [str(path) for path in forms.values_of(tree.get("expand"))]
        commands: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "/v1/checkout/sessions": self.books.create_session,
            "/v1/refunds": self.books.refund,
        }
        expiry = _EXPIRE.fullmatch(request.path)
        if expiry:
            return self.books.expanded(self.books.expire(expiry["id"]), expand)
        if request.path not in commands:
            raise _no_such_url(request)
        return self.books.expanded(commands[request.path](tree), expand)

    def _read(self, request: Request) -> dict[str, Any]:
        asked = _ONE.fullmatch(request.path)
        kind = KINDS.get(asked["kind"]) if asked else None
        if asked is None or kind is None:
            raise _no_such_url(request)
        query = request.tree
        expand = [str(path) for path in forms.values_of(query.get("expand"))]
        if asked["id"]:
            forms.only(query, "expand")
            return self.books.expanded(self._one(kind, asked["id"]), expand)
        found = self.books.events[::-1] if kind == "event" else self.books.all(kind)
        return self.books.expanded(lists.page(kind, request.path, found, query), expand)

    def _one(self, kind: str, name: str) -> dict[str, Any]:
        if kind == "checkout.session":
            return self.books.session(name)
        return self.books.get(kind, name)


def _no_such_url(request: Request) -> ApiError:
    return ApiError(
        f"Unrecognized request URL ({request.method}: {request.path}).", status=404
    )
