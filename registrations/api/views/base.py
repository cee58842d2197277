"""What all views of the API have in common."""

from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
)
from django.urls import Resolver404, resolve
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registrations.api.authentication import TOKEN, HasOrderToken, OrderToken
from registrations.api.parsing import (
    FORBIDDEN,
    JSONNegotiation,
    LengthRequired,
    StrictJSONParser,
)
from registrations.api.problems import not_found
from registrations.commands.order_access import order_of_token
from registrations.queries import order_view

if TYPE_CHECKING:
    from registrations.models.order_view import OrderView

EMPTY = (204, 304)
S = TypeVar("S", bound=serializers.BaseSerializer[Any])


class APIEndpoint(APIView):
    """JSON in, JSON out, problems otherwise."""

    parser_classes = [StrictJSONParser]
    renderer_classes = [JSONRenderer]
    content_negotiation_class: type[DefaultContentNegotiation] = JSONNegotiation
    authentication_classes = []
    is_personal = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        for name, values in request.query_params.lists():
            if any(FORBIDDEN.search(str(text)) for text in (name, *values)):
                raise exceptions.ValidationError(
                    {"": [_("The query has a character that cannot be used.")]}
                )
        if "Transfer-Encoding" in request.headers:
            raise LengthRequired
        super().initial(request, *args, **kwargs)

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """The methods are in `Allow`; there is nothing else to say."""
        return Response(status=204)

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        if self.is_personal:
            response["Cache-Control"] = "no-store"
            patch_vary_headers(response, ["Authorization"])
        if response.status_code in EMPTY and "Content-Type" in response:
            del response["Content-Type"]  # Django names one for pages
        return super().finalize_response(request, response, *args, **kwargs)


def body_of(request: Request, serializer: type[S]) -> Any:
    """The validated body. Raises ValidationError naming the fields."""
    sent = serializer(data=request.data)
    sent.is_valid(raise_exception=True)
    return sent.validated_data


class OrderEndpoint(APIEndpoint):
    """Something of one order; `self.order` is it, and the caller may see it.

    401 where no token was sent, and the same 404 for an order that does not exist and
    for one that the token does not open.
    """

    authentication_classes = [OrderToken]
    permission_classes = [HasOrderToken]
    is_personal = True
    order: "OrderView"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.order = opened_order(kwargs["order_id"], str(request.auth))


def opened_order(order_id: UUID, token: str) -> "OrderView":
    """The order, if this is its token. Raises Http404."""
    if not TOKEN.fullmatch(token) or not order_of_token(order_id, token):
        raise Http404
    order = order_view.order(order_id)
    if order is None:
        raise Http404
    return order


def unknown_address(request: HttpRequest) -> HttpResponse:
    """What is not there. A forgotten slash is put right with method and body kept,
    which Django's own redirect would lose."""
    with_slash = f"{request.path_info}/"
    try:
        match = resolve(with_slash)
    except Resolver404:
        return not_found()
    if request.path_info.endswith("/") or match.func is unknown_address:
        return not_found()
    query = request.META.get("QUERY_STRING", "")
    address = f"{request.path}/" + (f"?{query}" if query else "")
    return HttpResponsePermanentRedirect(address, preserve_request=True)


unknown_address.csrf_exempt = True  # type: ignore[attr-defined] # writes nothing
