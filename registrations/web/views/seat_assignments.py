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
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from registrations.commands import seat_assignments as seat_commands
from registrations.domain.errors import DomainError
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
    typed = request.POST if request.method == "POST" else None
    page = Paginator(order_seats.seats_of(order_id), SEATS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    rows = [AttendeeForm(seat, typed) for seat in page]
    if typed is None:
        return _page(request, order, page, rows)
    now = timezone.now()
    changed = [row for row in rows if row.is_touched]
    saved = [row for row in changed if row.is_valid() and _save(row, order_id, now)]
    if saved:
        messages.success(
            request,
            ngettext("%(count)d seat saved.", "%(count)d seats saved.", len(saved))
            % {"count": len(saved)},
        )
    if len(saved) < len(changed):
        return _page(request, order, page, rows)
    return see_other("order", order_id)


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
    except DomainError as refusal:
        row.add_error(None, sentence_for(refusal))
        return False
    return True


def _page(
    request: HttpRequest,
    order: OrderView,
    page: Page[OrderSeat],
    rows: list[AttendeeForm],
) -> HttpResponse:
    context = {
        "conference": conference_of(order),
        "order": order,
        "page": page,
        "rows": rows,
        "problems": problems_of(*(row for row in rows if row.is_bound)),
        "assigned": sum(1 for seat in page.paginator.object_list if seat.email),
    }
    return render(request, "registrations/seat_assignments.html", context)
