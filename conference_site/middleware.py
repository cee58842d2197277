"""What happens around every request, in the order of settings.MIDDLEWARE."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]


class HostileInputMiddleware:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)


class RequestContextMiddleware(HostileInputMiddleware):
    pass


class ThrottleMiddleware(HostileInputMiddleware):
    pass
