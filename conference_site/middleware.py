"""What happens around every request, in the order of settings.MIDDLEWARE."""

from collections.abc import Callable
from functools import cache, cached_property
from typing import Any
from urllib.parse import unquote_to_bytes
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from conference_site import charsets, throttling
from conference_site.views import is_database_trouble, problem, service_unavailable
from conferences import access
from eventstore.context import context

GetResponse = Callable[[HttpRequest], HttpResponse]

LONGEST_ADDRESS = 4_000


class HostileInputMiddleware:
    """Answers 400 to text that no person types and PostgreSQL cannot store.

    U+0000, lone surrogates, bytes that are no UTF-8 and other encodings would end as
    an error deep inside; forms and serializers need not think of them any more.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _is_hostile(request):
            return problem(request, 400, _("This request cannot be understood."))
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        # Views without CSRF protection read the raw body themselves; parsing it here
        # would take it away from them.
        if request.method == "POST" and not getattr(view, "csrf_exempt", False):
            for name, values in request.POST.lists():
                if "\0" in name or any("\0" in value for value in values):
                    return problem(request, 400, _("The form has unusable characters."))
        return None


def _is_hostile(request: HttpRequest) -> bool:
    query = request.META.get("QUERY_STRING", "")
    if len(request.path_info) + len(query) > LONGEST_ADDRESS:
        return True
    params = request.content_params or {}
    is_ours = charsets.is_ours(params.get("charset", ""))
    if not is_ours or request.content_type == charsets.REFUSED:
        return True
    try:
        text = request.path_info + unquote_to_bytes(query).decode()
        text.encode()
    except UnicodeError:
        return True
    # A quoted cookie may hold "\000", and the session key is looked up as it is.
    return "\0" in text or any("\0" in value for value in request.COOKIES.values())


class _Tenancy:
    """Attributes that ask the database only when somebody reads them."""

    user: Any

    @cached_property
    def organization_roles(self) -> dict[UUID, str]:
        return access.roles_of(self.user)

    @cached_property
    def organization_ids(self) -> set[UUID] | None:
        if access.sees_everything(self.user):
            return None
        return set(self.organization_roles)


@cache
def _with_tenancy(request_class: type[HttpRequest]) -> type[HttpRequest]:
    # None has to stay None, so that SimpleLazyObject will not do; properties need a
    # class of their own.
    return type(request_class.__name__, (_Tenancy, request_class), {})


class RequestContextMiddleware:
    """Says who asks, for whom, and under which id this request is spoken of.

    Sets `request.id` (also sent as X-Request-ID, and the correlation of every event),
    `request.client_address` (as far as proxies are to be believed),
    `request.organization_ids` (None: all of them) and `request.organization_roles`.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = uuid4()
        request.__class__ = _with_tenancy(type(request))  # type: ignore[arg-type]  # classes are hashable
        request.id = request_id  # type: ignore[attr-defined]
        request.client_address = throttling.client_address(request)  # type: ignore[attr-defined]
        with context(actor=_actor(request), correlation=request_id):
            response = self.get_response(request)
        response["X-Request-ID"] = str(request_id)
        return response

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        """A database that is busy or away is no bug: say when to come back."""
        if is_database_trouble(exception):
            return service_unavailable(request, exception)
        return None


def _actor(request: HttpRequest) -> str:
    """Only the admin knows its users: a look at other sessions would cost a query."""
    if request.path_info.startswith("/api/"):
        return "api"
    if request.path_info.startswith(reverse("admin:index")):
        return (
            f"user:{request.user.pk}" if request.user.is_authenticated else "anonymous"
        )
    return "registrant"


class ThrottleMiddleware:
    """Refuses what comes too often, by settings.THROTTLES (view name -> rules).

    Counts POST only: looking is free. Each count commits by itself before the view
    runs, so that a failing view does not give the attempt back.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if request.method != "POST" or request.resolver_match is None:
            return None
        name = request.resolver_match.view_name
        now = timezone.now()
        for scope, limit, seconds in settings.THROTTLES.get(name, ()):
            key = throttling.key(name, scope, throttling.scope_value(request, scope))
            wait = throttling.seconds_to_wait(key, limit, seconds, now=now)
            if wait:
                return _too_many(request, wait)
        return None


def _too_many(request: HttpRequest, wait: int) -> HttpResponse:
    detail = _("Too many tries. Wait %(minutes)d minutes and try again.") % {
        "minutes": -(-wait // 60)
    }
    response = problem(request, 429, detail)
    response["Retry-After"] = str(wait)
    return response
