"""The API explains itself: the schema, a page to browse it, and the problem types."""

from typing import Any

from csp.decorators import csp_update
from django.http import Http404
from django.utils.decorators import method_decorator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

from registrations.api.problem_types import PROBLEM_TYPES
from registrations.api.schema import ProblemTypeSerializer, described
from registrations.api.views.base import APIEndpoint


class Schema(SpectacularAPIView):
    """The OpenAPI document, as JSON or YAML."""

    authentication_classes = []
    renderer_classes = [OpenApiYamlRenderer, OpenApiJsonRenderer]


@method_decorator(csp_update({}), name="dispatch")
class Docs(SpectacularSwaggerSplitView):
    """The schema as a page, with its scripts from this site."""

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
