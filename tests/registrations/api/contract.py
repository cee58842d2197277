"""Holds every answer the tests get against the generated OpenAPI document."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from registrations.api.views.documentation import openapi_document

PROBLEM = "application/problem+json"


@cache
def document() -> dict[str, Any]:
    return openapi_document()


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


@cache
def routes() -> list[tuple[str, re.Pattern[str], dict[str, Any]]]:
    return [
        (method, re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), operation)
        for method, path, operation in operations()
    ]


def operation_of(method: str, path: str) -> dict[str, Any] | None:
    """The first route wins, as in Django."""
    for known, route, operation in routes():
        if known == method.replace("HEAD", "GET") and route.fullmatch(path):
            return operation
    return None


def validate(schema: dict[str, Any], value: Any) -> None:
    _validator(json.dumps(schema)).validate(value)


@cache
def _validator(schema: str) -> Draft202012Validator:
    whole = {**json.loads(schema), "components": document()["components"]}
    return Draft202012Validator(whole, format_checker=FormatChecker())


def check(method: str, path: str, answer: Any) -> None:
    """Raises where the document does not say this of this call."""
    operation = operation_of(method, path.partition("?")[0])
    if operation is None:
        assert answer.status_code in {204, 308, 400, 404, 405}, answer.content
        if answer.status_code >= 400 and method != "HEAD":
            validate({"$ref": "#/components/schemas/Problem"}, answer.json())
        return
    said = operation["responses"]
    expected = said.get(str(answer.status_code)) or said["default"]
    if answer.status_code < 400:
        assert str(answer.status_code) in said, f"{answer.status_code} is not foreseen."
        for name in set(expected.get("headers", {})) - {"Idempotency-Replayed"}:
            assert name in answer, f"{name} is missing."
    if not expected.get("content"):
        assert answer.content == b""
        return
    media_type = answer["Content-Type"]
    assert media_type in expected["content"], media_type
    if method != "HEAD" and "json" in media_type:
        validate(expected["content"][media_type]["schema"], answer.json())
