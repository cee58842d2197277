"""Who may see what: published conferences everybody, orders their own browser."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from registrations.queries import conference_view, order_view

if TYPE_CHECKING:
    from registrations.models.conference_view import ConferenceView
    from registrations.models.order_view import OrderView

SESSION_KEY = "orders"
REMEMBERED = 50

ConferencePage = Callable[[HttpRequest, "ConferenceView"], HttpResponse]


def remember_order(request: HttpRequest, order_id: UUID) -> None:
    """From now on this browser may see the order."""
    known = [text for text in _orders(request) if text != str(order_id)]
    request.session[SESSION_KEY] = [*known, str(order_id)][-REMEMBERED:]


def order_or_404(request: HttpRequest, order_id: UUID) -> OrderView:
    order = order_view.order(order_id) if str(order_id) in _orders(request) else None
    if order is None:
        raise Http404
    return order


def conference_of(order: OrderView) -> ConferenceView:
    conference = conference_view.conference_by_id(order.conference_id)
    if conference is None:
        raise Http404
    return conference


def announced_conference(page: ConferencePage) -> Callable[..., HttpResponse]:
    """The page gets a conference that was published once: its orders stay reachable."""

    @wraps(page)
    def guarded(request: HttpRequest, slug: str) -> HttpResponse:
        conference = conference_view.conference(slug)
        if conference is None or not conference.was_published:
            raise Http404
        return page(request, conference)

    return guarded


def not_open(request: HttpRequest, conference: ConferenceView) -> HttpResponse:
    """It is no secret that there was such a conference, and its orders are found."""
    context = {"conference": conference, "status": 404}
    page = render(request, "registrations/not_open.html", context, status=404)
    page["Cache-Control"] = "no-store"
    return page


def published_conference(page: ConferencePage) -> Callable[..., HttpResponse]:
    """The page gets the conference instead of its slug; unpublished means closed."""

    @wraps(page)
    def guarded(request: HttpRequest, slug: str) -> HttpResponse:
        conference = conference_view.conference(slug)
        if conference is not None and conference.is_published:
            return page(request, conference)
        if conference is not None and conference.replacement_url:
            return redirect(conference.replacement_url)
        if conference is not None and conference.was_published:
            return not_open(request, conference)
        raise Http404

    return guarded


def _orders(request: HttpRequest) -> list[str]:
    orders: list[str] = request.session.get(SESSION_KEY, [])
    return orders
