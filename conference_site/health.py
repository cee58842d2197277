"""Answers for load balancers and supervisors."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe


@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """The process answers. Touches nothing else, so a broken database is no reason
    to kill a healthy process."""
    return JsonResponse({"status": "ok"})
