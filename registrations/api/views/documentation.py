"""The API explains itself: the schema, a page to browse it, and the problem types."""

from threading import Lock
from typing import Any

from django.http import Http404
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from registrations.api.problem_types import PROBLEM_TYPES
from registrations.api.schema import ProblemTypeSerializer, described
from registrations.api.views.base import APIEndpoint

_generating = Lock()
_generated: dict[str, Any] = {}


def openapi_document() -> dict[str, Any]:
    """The document, generated once: it costs half a second and never changes, and its
    generator does not bear two threads."""
    with _generating:
        if not _generated:
            made = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call] # not annotated there
            _generated.update(made)
    return _generated


class Schema(APIEndpoint):
    """The OpenAPI document, as YAML or, for who asks for it, as JSON."""

    renderer_classes = [OpenApiYamlRenderer, OpenApiJsonRenderer, JSONRenderer]
    content_negotiation_class = DefaultContentNegotiation

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        return Response(openapi_document())


class Docs(SpectacularSwaggerSplitView):
    """The schema as a page. Its scripts are files of this site, and they keep to the
    site's content policy."""

    authentication_classes = []
    url_name = "api:schema"
    template_name = "api/docs.html"


class ProblemTypeDetail(APIEndpoint):
    """Where the `type` of a problem points to."""

    @described(
        "explain_problem",
        "Explain a problem's code",
        ProblemTypeSerializer,
        refusals=[404],
    )
    def get(self, request: Request, code: str) -> Response:
        kind = PROBLEM_TYPES.get(code)
        if kind is None:
            raise Http404
        content: dict[str, Any] = {
            "code": code,
            "status": kind.status,
            "title": kind.title,
            "meaning": kind.meaning,
        }
        return Response(ProblemTypeSerializer(content).data)
