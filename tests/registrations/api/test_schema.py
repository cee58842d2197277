"""The OpenAPI document. That it is true of every answer is checked by `contract`."""

import io
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command
from django.test import Client

from registrations.api.problem_types import PROBLEM_TYPES
from registrations.api.urls import app_name, urlpatterns
from registrations.domain import errors
from tests.registrations.api import contract

COMMITTED = Path(__file__).parents[3] / "docs" / "openapi.yaml"
NOT_DESCRIBED = {"schema", "docs", "unknown-address"}


def generated() -> str:
    document = io.StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=document)
    return document.getvalue()


def test_the_committed_document_is_the_generated_one():
    assert COMMITTED.read_text() == generated(), (
        "Write it again: manage.py spectacular --file docs/openapi.yaml"
    )


@pytest.mark.parametrize("accept", ["application/vnd.oai.openapi+json", "*/*"])
def test_the_document_is_served(accept):
    answer = Client().get("/api/v1/schema/", headers={"Accept": accept})
    assert answer.status_code == 200
    served = yaml.safe_load(answer.content)
    assert served["openapi"].startswith("3.1")
    assert served == yaml.safe_load(COMMITTED.read_text())


def test_every_address_is_described():
    def names(patterns):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                yield from names(pattern.url_patterns)
            else:
                yield pattern.name

    assert app_name == "api"
    described = {path for _method, path, _operation in contract.operations()}
    assert len(described) == len(set(names(urlpatterns)) - NOT_DESCRIBED)


def test_conventions_hold_for_every_call():
    for method, path, operation in contract.operations():
        where = f"{method} {path}"
        said = operation["responses"]
        headers = {
            each["name"] for each in operation["parameters"] if each["in"] == "header"
        }
        assert operation["summary"], where
        assert "default" in said, where
        assert all(
            contract.PROBLEM in answer["content"]
            for status, answer in said.items()
            if status == "default" or status >= "400"
        ), where
        assert ("Idempotency-Key" in headers) == (method == "POST"), where
        assert ("422" in said) == (method == "POST"), where
        assert ("If-Match" in headers) == ("412" in said), where
        if "/orders/{order_id}/" in path:
            assert operation["security"] == [{"orderToken": []}], where
            assert {"401", "404"} <= set(said), where
            assert method == "GET" or "If-Match" in headers, where


def test_examples_are_true_to_their_schemas():
    seen = 0
    for _method, _path, operation in contract.operations():
        parts = [*operation["responses"].values(), operation.get("requestBody", {})]
        for part in parts:
            for content in part.get("content", {}).values():
                for example in content.get("examples", {}).values():
                    contract.validate(content["schema"], example["value"])
                    seen += 1
    assert seen > 15


def test_request_bodies_allow_nothing_besides():
    schemas = contract.document()["components"]["schemas"]
    for _method, _path, operation in contract.operations():
        for content in operation.get("requestBody", {}).get("content", {}).values():
            name = content["schema"]["$ref"].rpartition("/")[2]
            assert schemas[name]["additionalProperties"] is False, name


def test_every_refusal_of_the_domain_has_a_type():
    def kinds(kind):
        yield kind
        for each in kind.__subclasses__():
            yield from kinds(each)

    codes = {kind.code for kind in kinds(errors.DomainError)} - {"refused"}
    assert codes <= set(PROBLEM_TYPES)


@pytest.mark.parametrize("code", sorted(PROBLEM_TYPES))
def test_every_type_of_problem_is_explained_at_its_address(code):
    answer = Client().get(f"/api/v1/problems/{code}/").json()
    assert answer["code"] == code
    assert answer["status"] == PROBLEM_TYPES[code].status
    assert answer["title"]
    assert answer["meaning"]


def test_an_unknown_type_is_not_there():
    assert Client().get("/api/v1/problems/teapot/").status_code == 404
