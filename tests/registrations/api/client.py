"""A JSON client as somebody outside would write it, who also checks the contract."""

import json
from collections.abc import Mapping
from typing import Any

from django.test import Client as DjangoClient

from tests.registrations.api import contract

BASE = "/api/v1"
PROBLEM = "application/problem+json"


class Client:
    """Sends JSON, and the token of the order it has placed."""

    def __init__(self, *, raises: bool = True) -> None:
        self.django = DjangoClient(raise_request_exception=raises)
        self.token = ""
        self.order: dict[str, Any] = {}

    def order_path(self, rest: str = "") -> str:
        return f"/orders/{self.order['id']}/{rest}"

    def place(self, slug: str, items: Mapping[Any, int], **more: Any) -> "Client":
        """A new client who has placed this order."""
        body = {"items": lines(items), **more}
        answer = self.post(f"/conferences/{slug}/orders/", body)
        assert answer.status_code == 201, answer.content
        client = Client()
        client.order = answer.json()
        client.token = client.order["access_token"]
        return client

    def get(self, path: str, **headers: str) -> Any:
        return self.send("GET", path, None, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("POST", path, body, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("PUT", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.send("DELETE", path, None, **headers)

    def send(self, method: str, path: str, body: Any, **headers: str) -> Any:
        """Header names with underscores for hyphens; a body of bytes goes as it is."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token and "Authorization" not in sent:
            sent["Authorization"] = f"Order {self.token}"
        content_type = sent.pop("Content-Type", "application/json")
        if body is None:
            body = b""
        elif not isinstance(body, bytes):
            body = json.dumps(body).encode()
        url = BASE + path
        answer = self.django.generic(method, url, body, content_type, headers=sent)
        contract.check(method, url, answer)
        return answer


def lines(items: Mapping[Any, int]) -> list[dict[str, Any]]:
    return [
        {"seat_type": str(seat_type.id), "quantity": quantity}
        for seat_type, quantity in items.items()
    ]


def refusal(answer: Any) -> tuple[int, str]:
    """Status and code of a problem; checks its form on the way."""
    assert answer["Content-Type"] == PROBLEM
    assert answer["Cache-Control"] == "no-store"
    problem = answer.json()
    known = {"type", "title", "status", "detail", "code"}
    assert known <= set(problem) <= known | {"errors"}
    assert problem["status"] == answer.status_code
    assert problem["type"].endswith(f"/api/v1/problems/{problem['code']}/")
    assert problem["title"]
    assert problem["detail"]
    return answer.status_code, problem["code"]


def errors(answer: Any) -> dict[str, str]:
    """The invalid fields of a 400 and what is said of each."""
    assert answer.status_code == 400, answer.content
    return {each["field"]: each["message"] for each in answer.json()["errors"]}
