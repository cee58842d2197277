"""Who sits where: one row per seat, as many at a time as one likes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from registrations.commands import seat_assignments as seat_commands
from registrations.domain.errors import DomainError, StaleVersion
from registrations.queries import order_seats
from registrations.web.access import conference_of, order_or_404
from registrations.web.errors import problems_of, sentence_for
from registrations.web.forms import AttendeeForm
from registrations.web.responses import see_other

if TYPE_CHECKING:
    from registrations.models.order_seats import OrderSeat
    from registrations.models.order_view import OrderView

# So many that their fields stay far below what one form may carry.
SEATS_PER_PAGE = 100


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def seats(request: HttpRequest, order_id: UUID) -> HttpResponse:
    order = order_or_404(request, order_id)
    if order.status != "confirmed":
        return redirect("registrations:order", order_id)
    if request.method != "POST":
        return _page(request, order, wrong={})
    shown = _seats_on_page(request, order_id)
    touched = [
        row for seat in shown if (row := AttendeeForm(seat, request.POST)).is_touched
    ]
    now = timezone.now()
    wrong = {
        row.seat.position: row
        for row in touched
        if not (row.is_valid() and _save(row, order_id, now))
    }
    saved = len(touched) - len(wrong)
    if saved:
        messages.success(
            request,
            ngettext("%(count)d seat saved.", "%(count)d seats saved.", saved)
            % {"count": saved},
        )
    if wrong:
        return _page(request, order, wrong=wrong)
    return see_other("order", order_id)


def _seats_on_page(request: HttpRequest, order_id: UUID) -> Page[OrderSeat]:
    seats = order_seats.seats_of(order_id)
    return Paginator(seats, SEATS_PER_PAGE).get_page(request.GET.get("page"))


def _save(row: AttendeeForm, order_id: UUID, now: datetime) -> bool:
    """Each seat is its own change: the right ones are kept though one is wrong."""
    version = row.cleaned_data.get("version")
    try:
        if row.person:
            seat_commands.assign_seat(
                order_id=order_id,
                position=row.seat.position,
                attendee=row.person,
                now=now,
                expected_version=version,
            )
        else:
            seat_commands.unassign_seat(
                order_id=order_id,
                position=row.seat.position,
                now=now,
                expected_version=version,
            )
    except StaleVersion as refusal:
        row.add_error(None, f"{sentence_for(refusal)} {_as_it_is(row, order_id)}")
        return False
    except DomainError as refusal:
        row.add_error(None, sentence_for(refusal))
        return False
    return True


def _as_it_is(row: AttendeeForm, order_id: UUID) -> str:
    """Who was put on the seat meanwhile."""
    seat = order_seats.seat(order_id, row.seat.position)
    if seat is None or not seat.email:
        return _("Nobody sits here now.")
    return _("Now %(first_name)s %(last_name)s (%(email)s) sits here.") % {
        "first_name": seat.first_name,
        "last_name": seat.last_name,
        "email": seat.email,
    }


def _page(
    request: HttpRequest, order: OrderView, *, wrong: dict[int, AttendeeForm]
) -> HttpResponse:
    """The rows as they are now; those that are wrong as they were typed."""
    page = _seats_on_page(request, order.id)
    rows = [_row(seat, wrong.get(seat.position)) for seat in page]
    conference = conference_of(order)
    context = {
        "conference": conference,
        "order": order,
        "can_assign": timezone.now() < conference.assignment_ends_at,
        "page": page,
        "rows": rows,
        "problems": [
            problem
            for row in wrong.values()
            for problem in problems_of(row, of=row.label)
        ],
        "assigned": sum(1 for seat in page.paginator.object_list if seat.email),
    }
    return render(request, "registrations/seat_assignments.html", context)


def _row(seat: OrderSeat, typed: AttendeeForm | None) -> AttendeeForm:
    if typed is None:
        return AttendeeForm(seat)
    # Who submits again has seen how the seat is now.
    typed.seat = seat
    return typed
