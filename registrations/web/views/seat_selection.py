"""Choosing seats: for a new order, and again while the order is not complete."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from registrations.commands import order as order_commands
from registrations.domain.errors import (
    ConferenceClosed,
    DomainError,
    InvalidItems,
    OrderAlreadyPlaced,
)
from registrations.queries import conference_view, order_view
from registrations.web import order_tokens
from registrations.web.access import (
    conference_of,
    not_open,
    order_or_404,
    published_conference,
    remember_order,
)
from registrations.web.errors import problems_of, sentence_for
from registrations.web.forms import SeatSelectionForm
from registrations.web.holds import hold_of
from registrations.web.offers import why_none
from registrations.web.order_payments import open_for
from registrations.web.responses import order_instead, see_other

if TYPE_CHECKING:
    from registrations.models.conference_view import ConferenceView
    from registrations.models.order_view import OrderLineView, OrderView


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@published_conference
def seat_selection(request: HttpRequest, conference: ConferenceView) -> HttpResponse:
    now = timezone.now()
    if request.method == "POST":
        return _place(request, conference, now)
    order_id = order_tokens.from_cookie(request, conference)
    begun = order_view.order(order_id) if order_id else None
    is_new = "new" in request.GET
    hold = hold_of(begun, now) if begun and not is_new else None
    if begun and hold and not hold.is_long:
        # The back button or a second tab: this browser goes on with what it holds.
        remember_order(request, begun.id)
        messages.info(
            request, _("You have begun this order. Go on with it, or start a new one.")
        )
        return redirect("registrations:order-change", begun.id)
    if order_id is None or begun or is_new:
        order_id = order_tokens.new_order_id()
    return _new_order_page(request, conference, order_id, _form(conference, now))


def _place(
    request: HttpRequest, conference: ConferenceView, now: datetime
) -> HttpResponse:
    order_id = order_tokens.read(request.POST.get("order", ""), conference)
    form = _form(conference, now, request.POST)
    if order_id is None:
        form.add_error(
            None, _("This page was open for too long. Check it and submit it again.")
        )
        order_id = order_tokens.new_order_id()
    if not form.is_valid():
        return _new_order_page(request, conference, order_id, form)
    try:
        _reserve(order_id, conference, form.items, now)
    except InvalidItems as refusal:
        form.refuse(refusal)
        return _new_order_page(request, conference, order_id, form)
    except ConferenceClosed:
        return not_open(request, conference)
    except DomainError as refusal:
        messages.error(request, sentence_for(refusal))
    remember_order(request, order_id)
    return _after_reserving(order_id, now)


def _reserve(
    order_id: UUID,
    conference: ConferenceView,
    items: list[tuple[UUID, int]],
    now: datetime,
) -> None:
    """The same form again, or with other quantities: the same order."""
    if order_view.order_exists(order_id):
        order_commands.change_items(order_id=order_id, items=items, now=now)
        return
    try:
        order_commands.place_order(
            order_id=order_id, conference_id=conference.id, items=items, now=now
        )
    except OrderAlreadyPlaced:
        # Its twin, sent at the same moment, was faster; both see that one's result.
        return


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def order_change(request: HttpRequest, order_id: UUID) -> HttpResponse:
    now = timezone.now()
    order = order_or_404(request, order_id)
    conference = conference_of(order)
    if hold_of(order, now) is None or not conference.is_published:
        return order_instead(request, order)
    if request.method != "POST":
        form = _form(conference, now, order=order)
        return _change_page(request, order, form, now)
    form = _form(conference, now, request.POST, order=order)
    if not form.is_valid():
        return _change_page(request, order, form, now)
    try:
        order_commands.change_items(order_id=order_id, items=form.items, now=now)
    except InvalidItems as refusal:
        form.refuse(refusal)
        return _change_page(request, order, form, now)
    except DomainError as refusal:
        messages.error(request, sentence_for(refusal))
        return see_other("order", order_id)
    return _after_reserving(order_id, now)


def _after_reserving(order_id: UUID, now: datetime) -> HttpResponse:
    order = order_view.order(order_id)
    if order is None or hold_of(order, now) is None:
        return see_other("order", order_id)
    if order.status == "reserved":
        return see_other("checkout", order_id)
    return see_other("order-change", order_id)


def _lines(order: OrderView) -> list[OrderLineView]:
    lines: list[OrderLineView] = order.lines
    return lines


def _form(
    conference: ConferenceView,
    now: datetime,
    typed: QueryDict | None = None,
    *,
    order: OrderView | None = None,
) -> SeatSelectionForm:
    lines = _lines(order) if order else []
    return SeatSelectionForm(
        conference_view.seat_types(
            conference.id, now=now, order_id=order.id if order else None
        ),
        typed,
        tax_rate=conference.tax_rate,
        flags={line.seat_type_id: line.message for line in lines},
        sold_out={
            line.seat_type_id for line in lines if line.requested and not line.reserved
        },
        initial=SeatSelectionForm.initial_for(
            (line.seat_type_id, line.reserved) for line in lines
        ),
    )


def _new_order_page(
    request: HttpRequest,
    conference: ConferenceView,
    order_id: UUID,
    form: SeatSelectionForm,
) -> HttpResponse:
    token = order_tokens.issue(order_id, conference)
    context = {
        "conference": conference,
        "form": form,
        "why_none": why_none(form.offers),
        "is_over": timezone.now() >= conference.ends_at,
        "problems": problems_of(form) if form.is_bound else [],
        "order_token": token,
    }
    page = render(request, "registrations/seat_selection.html", context)
    return order_tokens.keep_in_cookie(page, request, token, conference.slug)


def _change_page(
    request: HttpRequest, order: OrderView, form: SeatSelectionForm, now: datetime
) -> HttpResponse:
    has_seats = any(line.reserved for line in _lines(order))
    context = {
        "conference": conference_of(order),
        "order": order,
        "form": form,
        "why_none": why_none(form.offers),
        "problems": problems_of(form) if form.is_bound else [],
        "hold": hold_of(order, now) if has_seats else None,
        "is_partial": order.status == "partially_reserved",
        "has_open_payment": bool(open_for(order)),
        "has_seats": has_seats,
    }
    return render(request, "registrations/seat_selection.html", context)
