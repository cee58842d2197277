"""How far everything is, in the text that Prometheus reads."""

from collections.abc import Iterator
from datetime import datetime
from ipaddress import ip_address

from django.conf import settings
from django.db.models import Count, Min
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from eventstore.status import ProjectorStatus, Status, status
from payments.models import Case

# Traces of a proxy: then the address says nothing about who asks.
FORWARDED = ["HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_FORWARDED"]


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """For machines of this network, or whoever has METRICS_TOKEN; for others there is
    no such page."""
    if not (_has_token(request) or _is_near(request)):
        raise Http404
    now = timezone.now()
    lines = "\n".join([*_lines(status(now)), *_cases(now)])
    return HttpResponse(f"{lines}\n", content_type="text/plain; version=0.0.4")


def _has_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "")
    expected = f"Bearer {settings.METRICS_TOKEN}"
    return bool(settings.METRICS_TOKEN) and constant_time_compare(given, expected)


def _is_near(request: HttpRequest) -> bool:
    behind_proxy = settings.TRUSTED_PROXIES or settings.SECURE_PROXY_SSL_HEADER
    if behind_proxy or any(name in request.META for name in FORWARDED):
        return False
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return address.is_loopback or address.is_private


def _lines(now: Status) -> Iterator[str]:
    yield from _gauge("horizon_position", "No event appears below.", now.horizon)
    yield from _gauge(
        "horizon_age_seconds", "Age of the oldest append under way.", now.horizon_age
    )
    yield from _gauge(
        "deadline_age_seconds", "How long the longest due waits.", now.deadline_age
    )
    for name, sentence in (
        ("position", "How far a projector has come."),
        ("events", "Events that a projector lags behind."),
        ("seconds", "Seconds that a projector lags behind."),
        ("parked", "Streams that a projector cannot follow."),
    ):
        yield from _gauge_of_projectors(name, sentence, now.projectors)


def _cases(now: datetime) -> Iterator[str]:
    """Each kind has its line, also where there is nothing: alarms want a zero."""
    rows = Case.objects.filter(closed_at__isnull=True).order_by().values_list("kind")
    found = {
        kind: (count, (now - oldest).total_seconds())
        for kind, count, oldest in rows.annotate(Count("pk"), Min("opened_at"))
    }
    for place, name, sentence in (
        (0, "needs_attention", "Open cases that somebody should look at."),
        (1, "needs_attention_oldest_seconds", "Age of the oldest open case."),
    ):
        yield f"# HELP {name} {sentence}"
        yield f"# TYPE {name} gauge"
        for kind in Case.Kind:
            value = found.get(kind, (0, 0.0))[place]
            yield f'{name}{{kind="{kind}"}} {value}'


def _gauge(name: str, sentence: str, value: float) -> Iterator[str]:
    yield f"# HELP eventstore_{name} {sentence}"
    yield f"# TYPE eventstore_{name} gauge"
    yield f"eventstore_{name} {value}"


def _gauge_of_projectors(
    name: str, sentence: str, projectors: tuple[ProjectorStatus, ...]
) -> Iterator[str]:
    yield f"# HELP eventstore_projector_{name} {sentence}"
    yield f"# TYPE eventstore_projector_{name} gauge"
    for one in projectors:
        labels = f'projector="{one.name}",kind="{one.kind}"'
        yield f"eventstore_projector_{name}{{{labels}}} {getattr(one, name)}"
