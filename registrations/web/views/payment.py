"""Back from the provider: wait until the payment is decided, then go on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from payments import services as payments
from registrations.queries.document import documents_of
from registrations.web.access import conference_of, order_or_404
from registrations.web.holds import Hold, hold_of
from registrations.web.order_payments import fits

if TYPE_CHECKING:
    from registrations.models.order_view import OrderView

SLOW_AFTER = timedelta(minutes=1)


@never_cache
@require_safe
def payment(request: HttpRequest, order_id: UUID, payment_id: UUID) -> HttpResponse:
    now = timezone.now()
    order = order_or_404(request, order_id)
    started = payments.payment(payment_id)
    if started is None or started.order_id != order_id:
        raise Http404
    if started.status == "initiated":
        # The provider's answer may have been lost on its way; the order follows it.
        started = payments.ask_soon(payment_id, now=now) or started
        order = order_or_404(request, order_id)
    is_fragment = bool(HtmxDetails(request))
    hold = hold_of(order, now)
    next_page = _next_page(request, order, hold, started)
    if next_page:
        address = reverse(f"registrations:{next_page}", args=[order_id])
        return HttpResponseClientRedirect(address) if is_fragment else redirect(address)
    is_slow = now - started.started_at > SLOW_AFTER
    is_left = "left" in request.GET or not payments.is_begun(started)
    is_old_news = started.provider == "invoice" or is_left
    if is_fragment and (is_old_news or is_slow == ("slow" in request.GET)):
        # Nothing new: what is read aloud already is left alone.
        return HttpResponse(status=204)
    context = {
        "conference": conference_of(order),
        "order": order,
        "payment": started,
        "hold": hold,
        "is_slow": is_slow,
        # Left the provider's page, or never came there: nobody is about to confirm.
        "is_left": is_left,
        "documents": [
            one for one in documents_of(order_id) if one.payment_id == payment_id
        ],
    }
    page = "_payment_status.html" if is_fragment else "payment.html"
    return render(request, f"registrations/{page}", context)


def _next_page(
    request: HttpRequest, order: OrderView, hold: Hold | None, started: payments.Payment
) -> str:
    """Where a decided payment leads; empty while there is something to wait for."""
    if order.status == "confirmed":
        return "thank-you"
    if hold is None:
        return "order"
    if started.status in {"initiated", "rejected"} and not fits(started, order):
        messages.warning(
            request,
            _(
                "The order has changed since that payment was begun, so it no longer"
                " counts. Please pay the new total; money that arrives for the old one"
                " is given back to you."
            ),
        )
        return "checkout"
    if started.status == "rejected":
        messages.error(
            request,
            _(
                "The payment was refused and nothing was charged. Your seats are still"
                " held: try again or choose another way to pay."
            ),
        )
        return "checkout"
    if started.status != "initiated":
        messages.warning(
            request,
            _(
                "Your payment does not fit the order as it is now, so it is given back"
                " to you in full. Please check the order and pay again."
            ),
        )
        return "order"
    return ""
