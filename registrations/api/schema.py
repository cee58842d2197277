"""The OpenAPI 3.1 document: what the contract says about every call, said once."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, TypeVar

from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerExtension,
)
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    inline_serializer,
)
from rest_framework import serializers

from registrations.api.examples import ANSWERS, BODIES
from registrations.api.pages import LARGEST_PAGE
from registrations.api.problem_types import PROBLEM_TYPES
from registrations.api.problems import MEDIA_TYPE

OWN_ORDER = (401, 404)

Method = TypeVar("Method", bound=Callable[..., Any])
Kind = type[serializers.Serializer[Any]]


class FieldErrorSerializer(serializers.Serializer[Any]):
    """What is wrong with one field."""

    field = serializers.CharField(
        allow_blank=True, help_text="Dotted path; empty for the request as a whole."
    )
    message = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """A refusal (RFC 9457)."""

    type = serializers.URLField(help_text="Where the code is explained.")
    title = serializers.CharField()
    status = serializers.IntegerField(min_value=400, max_value=599)
    detail = serializers.CharField()
    code = serializers.CharField(help_text="Stable; for programs.")
    errors = FieldErrorSerializer(  # type: ignore[assignment] # the field of this name
        many=True, required=False, help_text="With status 400: what is wrong where."
    )


class ProblemTypeSerializer(serializers.Serializer[Any]):
    """What one code of a problem means."""

    code = serializers.CharField()
    status = serializers.IntegerField(min_value=400, max_value=599)
    title = serializers.CharField()
    meaning = serializers.CharField()


def described(  # noqa: PLR0913 a description has many parts, most optional
    operation: str,
    summary: str,
    answer: Kind | None,
    *,
    status: int = 200,
    body: Kind | None = None,
    query: Iterable[Kind] = (),
    listed: bool = False,
    tagged: bool = False,
    file: str = "",
    refusals: Iterable[int] = (),
) -> Callable[[Method], Method]:
    """Describes one method of a view, with all that follows from the conventions.

    `listed` means pages of it, `tagged` that it carries an ETag, `file` is the type of
    what is answered instead. `refusals` are those of this call; what every call of its
    kind may answer is added.
    """

    def describe(method: Method) -> Method:
        reads = method.__name__ == "get"
        keyed = getattr(method, "is_idempotent", False)
        usual = {406, *([] if reads or body is None else [400, 411, 413, 415])}
        usual |= {400} if listed else set()
        usual |= {409, 422} if keyed else set()
        usual |= {412} if tagged and not reads and 401 in refusals else set()
        parameters: list[Kind | OpenApiParameter] = [
            *query,
            *(PAGING if listed else []),
            *(KEYED if keyed else []),
            *(_tagging(reads, status, conditional=401 in refusals) if tagged else []),
        ]
        responses: dict[Any, Any] = {status: _answer(answer, status, listed)}
        if file:
            responses = {(status, file): OpenApiTypes.BINARY}
        if tagged and reads:
            responses[304] = OpenApiResponse(
                description="You have this version already."
            )
        for code in sorted(usual | set(refusals)):
            responses[code, MEDIA_TYPE] = _problem(code)
        responses["default", MEDIA_TYPE] = OpenApiResponse(
            ProblemSerializer, description="Any other refusal."
        )
        return extend_schema(
            operation_id=operation,
            summary=summary,
            request=body,
            responses=responses,
            parameters=parameters,
            examples=[*BODIES.get(body, []), *ANSWERS.get(answer, [])],
        )(method)

    return describe


def _answer(answer: Kind | None, status: int, listed: bool) -> OpenApiResponse:
    phrase = HTTPStatus(status).phrase
    if answer is None or not listed:
        return OpenApiResponse(answer, description=phrase)
    name = answer.__name__.removesuffix("Serializer")
    neighbour: Any = {"allow_null": True, "help_text": "Absolute address."}
    page = inline_serializer(
        f"{name}Page",
        {
            "next": serializers.URLField(**neighbour),
            "previous": serializers.URLField(**neighbour),
            "results": answer(many=True),
        },
    )
    return OpenApiResponse(page, description=phrase)


def _problem(status: int) -> OpenApiResponse:
    codes = [
        f"`{code}`" for code, kind in PROBLEM_TYPES.items() if kind.status == status
    ]
    return OpenApiResponse(
        ProblemSerializer,
        description=f"{HTTPStatus(status).phrase}. Codes: {', '.join(codes)}.",
    )


def _header(name: str, description: str, **more: Any) -> OpenApiParameter:
    return OpenApiParameter(
        name, str, OpenApiParameter.HEADER, description=description, **more
    )


PAGING = [
    OpenApiParameter("cursor", str, description="From `next` or `previous`."),
    OpenApiParameter(
        "page_size",
        {"type": "integer", "minimum": 1},
        description=f"Rows on a page; more than {LARGEST_PAGE} means {LARGEST_PAGE}.",
    ),
]
KEYED = [
    _header(
        "Idempotency-Key",
        "1 to 255 printable ASCII characters, best a random UUID. The same key with the"
        " same request gets the first answer again; kept for 48 hours.",
    ),
    _header(
        "Idempotency-Replayed",
        "`true` where this is the first answer again.",
        response=[200, 201],
    ),
]


def _tagging(reads: bool, status: int, *, conditional: bool) -> list[OpenApiParameter]:
    """ETag on the answer; the condition on the request where it can have one."""
    condition = (
        _header("If-None-Match", "Answer 304 where this `ETag` is the current one.")
        if reads
        else _header("If-Match", "Refuse (412) unless this `ETag` is the current one.")
    )
    tag = _header("ETag", "The version of what is answered.", response=[status])
    return ([condition] if conditional else []) + ([tag] if status != 204 else [])


class OrderTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # not annotated there
    target_class = "registrations.api.authentication.OrderToken"
    name = "orderToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Order <access_token>`, from placing or finding the order.",
        }


class ClosedObject(OpenApiSerializerExtension):  # type: ignore[no-untyped-call] # not annotated there
    """Says of every body what StrictSerializer does: nothing besides these fields."""

    target_class = "registrations.api.serializers.fields.StrictSerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        schema = auto_schema._map_serializer(  # type: ignore[no-untyped-call] # nor there
            self.target, direction, bypass_extensions=True
        )
        return {**schema, "additionalProperties": False}
