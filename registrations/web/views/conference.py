"""What everybody may see: the list of conferences and one conference."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from registrations.queries import conference_view
from registrations.web.access import published_conference

if TYPE_CHECKING:
    from registrations.models.conference_view import ConferenceView


@require_safe
def conferences(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    listed = conference_view.published_conferences()
    context = {
        "upcoming": [shown for shown in listed if not _is_over(shown, now)],
        "past": [shown for shown in reversed(listed) if _is_over(shown, now)],
    }
    return render(request, "registrations/conferences.html", context)


@require_safe
@published_conference
def conference(request: HttpRequest, shown: ConferenceView) -> HttpResponse:
    now = timezone.now()
    offers = conference_view.seat_types(shown.id, now=now)
    buyable = [offer for offer in offers if offer.on_sale and offer.selectable]
    context = {
        "conference": shown,
        "offers": offers,
        "cheapest": min(
            (offer.price for offer in buyable), key=lambda p: p.amount, default=None
        ),
        "is_over": _is_over(shown, now),
    }
    return render(request, "registrations/conference.html", context)


def _is_over(shown: ConferenceView, now: datetime) -> bool:
    return shown.ends_on < now.astimezone(shown.zone).date()
