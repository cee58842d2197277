"""Cancelling an order or some of its seats: choose, see what it comes to, confirm."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from registrations.admin.tenant import TenantAdmin, may_act
from registrations.commands.cancellation import Wish, cancel_as_organizer
from registrations.domain.cancellation import Quote
from registrations.domain.errors import (
    DomainError,
    InvalidPositions,
    NoSeatsChosen,
    RefundNotPossible,
    SeatsNotHeld,
)
from registrations.domain.values import Money
from registrations.models.order_view import OrderView
from registrations.queries import conference_view, order_seats
from registrations.queries.cancellation import preview

CHOOSE_TEMPLATE = "admin/registrations/orderview/cancel_choose.html"
PREVIEW_TEMPLATE = "admin/registrations/orderview/cancel_preview.html"
ALL = "all"
# So many as one form may carry well; more are cancelled in several goes.
MOST_SEATS = 500
LONGEST_NUMBER = 6


class RefundForm(forms.Form):
    """How much goes back, whatever the terms say, and why."""

    positions = forms.CharField(widget=forms.HiddenInput)
    refund = forms.DecimalField(
        label=gettext_lazy("Give back"), max_digits=14, decimal_places=3, min_value=0
    )
    note = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text=gettext_lazy("For the order's history; the registrant is not told."),
    )


class CancellingAdmin(TenantAdmin):
    """The pages on which an organizer cancels; what is done is one command."""

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def cancel_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        order = self.visible_or_404(request, object_id)
        if not may_act(request, order.organization_id):
            raise PermissionDenied
        try:
            if request.method == "POST":
                return self._cancel(request, order)
            return self._choose_or_preview(request, order)
        except InvalidPositions as refusal:
            return self._choose(request, order, str(refusal))
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return _back_to(order)

    def _choose_or_preview(
        self, request: HttpRequest, order: OrderView
    ) -> HttpResponse:
        is_asked = ALL in request.GET or "chosen" in request.GET
        named = request.GET.getlist("positions") if ALL not in request.GET else [ALL]
        if not is_asked and len(order_seats.seats_of(order.pk)) > 1:
            return self._choose(request, order)
        return self._preview(request, order, ",".join(named) if is_asked else ALL)

    def _choose(
        self, request: HttpRequest, order: OrderView, refusal: str = ""
    ) -> HttpResponse:
        seats = order_seats.seats_of(order.pk)
        # What no seat can be chosen of is refused here, as it will be there.
        preview(order.pk, None, now=timezone.now(), as_organizer=True)
        context = {
            "title": _("Cancel order"),
            "seats": seats[:MOST_SEATS],
            "more_seats": len(seats[MOST_SEATS:]),
            "refusal": refusal,
        }
        return self.page(request, CHOOSE_TEMPLATE, order, context)

    def _preview(
        self,
        request: HttpRequest,
        order: OrderView,
        named: str,
        form: RefundForm | None = None,
    ) -> HttpResponse:
        positions = _positions(named)
        quote = preview(order.pk, positions, now=timezone.now(), as_organizer=True)
        proposed = {"positions": named, "refund": f"{quote.refund:f}"}
        seats = order_seats.seats_of(order.pk)
        context = {
            "title": _("Cancel order") if quote.is_whole else _("Cancel seats"),
            "form": form or RefundForm(initial=proposed),
            "quote": quote,
            "most": max(quote.refundable, 0),
            "seats": _chosen(seats, positions),
            "conference": conference_view.conference_by_id(order.conference_id),
            "terms": _terms_in_words(quote),
        }
        return self.page(request, PREVIEW_TEMPLATE, order, context)

    def _cancel(self, request: HttpRequest, order: OrderView) -> HttpResponse:
        form = RefundForm(request.POST)
        named = request.POST.get("positions", "")
        if not form.is_valid():
            return self._preview(request, order, named or ALL, form)
        wish = Wish(
            order_id=order.pk,
            by=request.user.get_username(),
            now=timezone.now(),
            positions=_positions(named),
            note=form.cleaned_data["note"],
        )
        try:
            cancel_as_organizer(wish, refund=form.cleaned_data["refund"])
        except RefundNotPossible as refusal:
            form.add_error("refund", str(refusal))
            return self._preview(request, order, named, form)
        is_cancelled = not order_seats.seats_of(order.pk)
        label = _("Cancel order") if is_cancelled else _("Cancel seats")
        self.log_change(request, order, label)
        messages.success(
            request,
            _("The order is cancelled.")
            if is_cancelled
            else _("The seats are cancelled."),
        )
        return _back_to(order)


def _positions(named: str) -> frozenset[int] | None:
    """None: all. Raises NoSeatsChosen and SeatsNotHeld."""
    if named == ALL:
        return None
    if not named:
        raise NoSeatsChosen
    numbers = named.split(",")
    if any(
        not (one.isascii() and one.isdigit() and len(one) <= LONGEST_NUMBER)
        for one in numbers
    ):
        raise SeatsNotHeld
    return frozenset(map(int, numbers))


def _chosen(seats: list[Any], positions: Collection[int] | None) -> list[Any]:
    return [one for one in seats if positions is None or one.position in positions]


def _terms_in_words(quote: Quote) -> str:
    tier = quote.tier
    if quote.keeps_everything:
        return _("It is too late for all terms: everything is kept.")
    if tier is None:
        return _("There are no terms: everything is given back.")
    if tier.fee_per_seat is not None:
        fee = Money.of(tier.fee_per_seat, quote.currency)
        words = _("A fee of %(kept)s is kept of each seat")
        kept = str(fee)
    else:
        words = _("%(kept)s %% of the price is kept")
        kept = f"{tier.percent_kept:f}"
    return _("%(what)s until %(days)d days before the start.") % {
        "what": words % {"kept": kept},
        "days": tier.days_before,
    }


def _back_to(order: OrderView) -> HttpResponse:
    address = reverse("admin:registrations_orderview_change", args=[order.pk])
    return HttpResponseRedirect(address)
