"""What everybody may see: the list of conferences and one conference."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from registrations.queries import conference_view
from registrations.web.access import published_conference
from registrations.web.cancellation_terms import outlook_of
from registrations.web.offers import prices_to_pay, why_none

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
def orders_find(request: HttpRequest) -> HttpResponse:
    """For whom has no address at hand: an order is found with its conference."""
    listed = conference_view.announced_conferences()
    if len(listed) == 1:
        return redirect("registrations:order-find", listed[0].slug)
    context = {"conferences": listed}
    return render(request, "registrations/orders_find.html", context)


@require_safe
@published_conference
def conference(request: HttpRequest, shown: ConferenceView) -> HttpResponse:
    now = timezone.now()
    offers = conference_view.seat_types(shown.id, now=now)
    prices = prices_to_pay(offers, shown.tax_rate)
    context = {
        "conference": shown,
        "offers": offers,
        "why_none": why_none(offers),
        "cheapest": next((price for price in prices if price.amount), None),
        "has_free_seats": any(not price.amount for price in prices),
        "is_over": _is_over(shown, now),
        "outlook": outlook_of(shown, now=now),
        "is_free": bool(offers) and not any(offer.price.amount for offer in offers),
    }
    return render(request, "registrations/conference.html", context)


def _is_over(shown: ConferenceView, now: datetime) -> bool:
    return shown.ends_on < now.astimezone(shown.zone).date()
