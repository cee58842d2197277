"""Giving seats back: choose them, see what it comes to, confirm exactly that."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from payments.services import payments_of
from registrations.commands.cancellation import Wish, cancel_as_registrant
from registrations.domain.cancellation import Quote
from registrations.domain.errors import (
    DomainError,
    InvalidPositions,
    NoSeatsChosen,
    QuoteChanged,
    SeatsNotHeld,
)
from registrations.domain.values import Money
from registrations.queries import order_seats
from registrations.queries.cancellation import policy_of, preview
from registrations.web.access import conference_of, order_or_404
from registrations.web.cancellation_terms import outlook_of, terms_in_words
from registrations.web.errors import Problem, sentence_for
from registrations.web.responses import HttpResponseSeeOther, see_other

if TYPE_CHECKING:
    from registrations.models.conference_view import ConferenceView
    from registrations.models.order_seats import OrderSeat
    from registrations.models.order_view import OrderView

ALL = "all"
SEATS_PER_PAGE = 100
SEATS_NAMED = 20
LONGEST_NUMBER = 6


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, order_id: UUID) -> HttpResponse:
    now = timezone.now()
    order = order_or_404(request, order_id)
    conference = conference_of(order)
    state = _state(order, conference, now)
    if state == "cancelled" and request.method == "POST":
        # The second click of two: the order's page says what the first one did.
        return see_other("order", order_id)
    if state != "confirmed":
        context = _context(order, conference, now) | {"state": state}
        return render(request, "registrations/cancel_not_possible.html", context)
    if request.method == "POST":
        return _carry_out(request, order, now)
    try:
        return _show(request, order, conference, now)
    except DomainError as refusal:
        # Somebody was faster, between one look and the other.
        messages.error(request, sentence_for(refusal))
        return see_other("order", order_id)


def _show(
    request: HttpRequest, order: OrderView, conference: ConferenceView, now: datetime
) -> HttpResponse:
    """The preview where it is said which seats are meant, else the choice."""
    seats = order_seats.seats_of(order.id)
    try:
        positions = _positions(request)
        if positions is None and ALL not in request.GET and len(seats) > 1:
            return _choose(request, order, conference, seats, now)
        quote = preview(order.id, positions, now=now)
    except InvalidPositions as refusal:
        return _choose(request, order, conference, seats, now, sentence_for(refusal))
    return _preview(request, order, conference, seats, positions, quote, now)


def _state(order: OrderView, conference: ConferenceView, now: datetime) -> str:
    status = order.status_at(now)
    if status in {"cancelled", "expired"}:
        return status
    if status != "confirmed":
        return "open"
    return "confirmed" if now < conference.cancellation_ends_at else "too_late"


def _positions(request: HttpRequest) -> frozenset[int] | None:
    """The seats that are named; None: none are. Raises InvalidPositions."""
    asked = request.POST if request.method == "POST" else request.GET
    named = [text for value in asked.getlist("positions") for text in value.split(",")]
    if named == [ALL] or (not named and "chosen" not in request.GET):
        return None
    if not named:
        raise NoSeatsChosen
    if any(not _is_number(text) for text in named):
        raise SeatsNotHeld
    return frozenset(int(text) for text in named)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER


# Doing it


def _carry_out(request: HttpRequest, order: OrderView, now: datetime) -> HttpResponse:
    """Exactly what the preview said, or nothing and another preview."""
    named = request.POST.get("positions", "")
    try:
        refund = _expected_refund(request)
        wish = Wish(
            order_id=order.id, by="registrant", now=now, positions=_positions(request)
        )
        cancel_as_registrant(wish, expected_refund=refund)
    except QuoteChanged:
        messages.warning(
            request,
            _(
                "Nothing was cancelled: what you get back has changed since you looked."
                " This is how it is now."
            ),
        )
        return _see_preview(order, named)
    except InvalidPositions as refusal:
        messages.error(request, sentence_for(refusal))
        return see_other("cancel", order.id)
    except DomainError as refusal:
        messages.error(request, sentence_for(refusal))
    else:
        messages.success(request, _("The seats were given back."))
    return see_other("order", order.id)


def _expected_refund(request: HttpRequest) -> Money:
    """What the page said. Raises QuoteChanged where no page said so."""
    try:
        amount = Decimal(request.POST.get("refund", "")[:30])
    except InvalidOperation as error:
        raise QuoteChanged from error
    if not amount.is_finite():
        raise QuoteChanged
    return Money(amount, request.POST.get("currency", ""))


def _see_preview(order: OrderView, named: str) -> HttpResponse:
    query = {"positions": named} if named not in {"", ALL} else {ALL: "1"}
    address = reverse("registrations:cancel", args=[order.id])
    return HttpResponseSeeOther(f"{address}?{urlencode(query)}")


# Showing it


def _context(
    order: OrderView, conference: ConferenceView, now: datetime
) -> dict[str, object]:
    return {
        "order": order,
        "conference": conference,
        "outlook": outlook_of(conference, now=now),
    }


def _choose(
    request: HttpRequest,
    order: OrderView,
    conference: ConferenceView,
    seats: list[OrderSeat],
    now: datetime,
    refusal: str = "",
) -> HttpResponse:
    # Those on which nobody sits yet are the easiest to part with.
    offered = sorted(seats, key=lambda seat: (seat.is_assigned, seat.position))
    pages = Paginator(offered, SEATS_PER_PAGE)
    context = _context(order, conference, now) | {
        "page": pages.get_page(request.GET.get("page")),
        "problems": [Problem(refusal, "id_positions")] if refusal else [],
    }
    return render(request, "registrations/cancel.html", context)


def _preview(  # noqa: PLR0913 a page has many parts
    request: HttpRequest,
    order: OrderView,
    conference: ConferenceView,
    seats: list[OrderSeat],
    positions: frozenset[int] | None,
    quote: Quote,
    now: datetime,
) -> HttpResponse:
    chosen = [one for one in seats if positions is None or one.position in positions]
    context = _context(order, conference, now) | {
        "quote": quote,
        "refund": f"{quote.refund:f}",
        "positions": ALL
        if positions is None
        else ",".join(map(str, sorted(positions))),
        "seats": chosen[:SEATS_NAMED],
        "more_seats": len(chosen[SEATS_NAMED:]),
        "has_choice": len(seats) > 1,
        "terms": terms_in_words(
            quote.tier,
            keeps_everything=quote.keeps_everything,
            currency=quote.currency,
        ),
        "until": _until(conference, now),
        "not_there": quote.due - quote.refund,
        "is_disputed": any(one.disputed_amount for one in payments_of(order.id)),
    }
    return render(request, "registrations/cancel_preview.html", context)


def _until(conference: ConferenceView, now: datetime) -> datetime:
    """How long the terms of this moment hold."""
    periods = policy_of(conference).periods()
    return next(period.until for period in periods if now <= period.until)
