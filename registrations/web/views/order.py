"""An order after checkout: thanks, the order itself, finding it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from registrations.commands import order_access
from registrations.queries import order_seats, order_view
from registrations.queries.document import documents_of
from registrations.web.access import (
    announced_conference,
    conference_of,
    order_or_404,
    remember_order,
)
from registrations.web.errors import problems_of
from registrations.web.forms import FindOrderForm
from registrations.web.holds import OPEN, hold_of
from registrations.web.order_payments import made_for, returns_of
from registrations.web.responses import see_other

if TYPE_CHECKING:
    from registrations.models.conference_view import ConferenceView


@never_cache
@require_safe
def thank_you(request: HttpRequest, order_id: UUID) -> HttpResponse:
    order = order_or_404(request, order_id)
    if order.status != "confirmed":
        return redirect("registrations:order", order_id)
    conference = conference_of(order)
    context = {
        "conference": conference,
        "order": order,
        "returns": returns_of(made_for(order)),
        "can_assign": timezone.now() < conference.assignment_ends_at,
        "documents": documents_of(order_id),
    }
    return render(request, "registrations/thank_you.html", context)


@never_cache
@require_safe
def order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    now = timezone.now()
    shown = order_or_404(request, order_id)
    hold = hold_of(shown, now)
    status = "expired" if shown.status in OPEN and hold is None else shown.status
    is_settled = status in {"confirmed", "cancelled"}
    made = [
        one
        for one in made_for(shown)
        # Attempts that were given up say nothing any more.
        if not (is_settled and one.payment.status == "initiated")
    ]
    conference = conference_of(shown)
    has_seats = any(line.reserved for line in shown.lines)
    context = {
        "conference": conference,
        "order": shown,
        "status": status,
        "badge": "nothing_reserved" if hold and not has_seats else status,
        "hold": hold,
        "has_seats": has_seats,
        "payments": made,
        "documents": documents_of(order_id),
        "has_late_money": status == "expired"
        and any(one.status == "completed" for one in made),
        "returns": returns_of(made),
        "open_payment": next((one.payment for one in made if one.is_open), None),
        "can_cancel": status == "confirmed" and now < conference.cancellation_ends_at,
        "can_assign": now < conference.assignment_ends_at,
        "seats": order_seats.seats_of(order_id) if status == "confirmed" else [],
    }
    return render(request, "registrations/order.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@announced_conference
def order_find(request: HttpRequest, conference: ConferenceView) -> HttpResponse:
    form = FindOrderForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        found = order_view.find(
            conference.id,
            email=form.cleaned_data["email"],
            code=form.cleaned_data["code"],
        )
        if found:
            remember_order(request, found.id)
            return see_other("order", found.id)
        # One answer for every reason, so that it tells nothing about anybody.
        form.add_error(
            None,
            _(
                "There is no order with this e-mail address and code. Check both: the"
                " address is the one that was given when ordering."
            ),
        )
    context = {"conference": conference, "form": form, "problems": problems_of(form)}
    return render(request, "registrations/order_find.html", context)


@never_cache
@require_safe
def order_open(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the mail: exchanged for the session, so that the address is clean."""
    order_id = order_access.order_of_link(token)
    if order_id is None:
        raise Http404
    remember_order(request, order_id)
    return redirect("registrations:order", order_id)
