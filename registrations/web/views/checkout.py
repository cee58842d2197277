"""Checkout: who registers, and how the order is paid."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from payments import services as payments
from registrations.commands import order as order_commands
from registrations.commands import payment as payment_commands
from registrations.domain.errors import (
    ConferenceClosed,
    DomainError,
    RegistrantMissing,
    UnknownProvider,
)
from registrations.web.access import conference_of, order_or_404
from registrations.web.billing_form import BillingForm
from registrations.web.cancellation_terms import outlook_of
from registrations.web.errors import problems_of, sentence_for
from registrations.web.forms import CheckoutForm
from registrations.web.holds import hold_of
from registrations.web.order_payments import open_for
from registrations.web.responses import HttpResponseSeeOther, order_instead, see_other

if TYPE_CHECKING:
    from registrations.models.order_view import OrderView

NAMES = ("first_name", "last_name", "email")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: HttpRequest, order_id: UUID) -> HttpResponse:
    now = timezone.now()
    order = order_or_404(request, order_id)
    if hold_of(order, now) is None or not conference_of(order).is_published:
        return order_instead(request, order)
    if order.status != "reserved":
        return see_other("order-change", order_id)
    form = _form(request, order)
    typed = request.POST if request.method == "POST" else None
    billing = None if order.is_free else BillingForm(order, typed)
    is_right = form.is_valid() and (billing is None or billing.is_valid())
    if typed is None or not is_right or form.person is None:
        return _page(request, order, form, billing)
    try:
        with transaction.atomic():
            order_commands.assign_registrant(
                order_id=order_id, registrant=form.person, now=now
            )
            if billing:
                order_commands.give_billing_address(
                    order_id=order_id, address=billing.address, now=now
                )
    except DomainError as refusal:
        messages.error(request, sentence_for(refusal))
        return see_other("order", order_id)
    # The details are kept from here on; 307 sends the same form on to be paid.
    return redirect("registrations:pay", order_id, preserve_request=True)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, order_id: UUID) -> HttpResponse:
    now = timezone.now()
    order = order_or_404(request, order_id)
    if request.method != "POST":
        # Reloading what a POST answered, or going back to it: where paying begins.
        return see_other("checkout", order_id)
    try:
        if order.is_free:
            order_commands.confirm_free_order(order_id=order_id, now=now)
            return see_other("thank-you", order_id)
        payment = payment_commands.start_payment(
            order_id=order_id, provider=request.POST.get("provider", ""), now=now
        )
    except (RegistrantMissing, UnknownProvider) as refusal:
        messages.error(request, sentence_for(refusal))
        return see_other("checkout", order_id)
    except ConferenceClosed:
        # The order's page says so itself.
        return see_other("order", order_id)
    except DomainError as refusal:
        messages.error(request, sentence_for(refusal))
        return see_other("order", order_id)
    return HttpResponseSeeOther(_page_to_pay_on(request, payment))


def _page_to_pay_on(request: HttpRequest, payment: payments.Payment) -> str:
    """The provider's, or ours with a button to try again while it does not answer."""
    try:
        return payments.begin_payment(payment.pk).redirect_url
    except payments.NotWanted:
        # In another tab it was paid or changed: the payment's page leads on.
        return payment.return_url
    except (payments.ProviderUnavailable, payments.StartRefused):
        messages.warning(
            request,
            _(
                "The payment provider did not answer, and nothing was charged. Please"
                " try again, or go back to the order and pay in another way."
            ),
        )
        return payment.redirect_url


def _form(request: HttpRequest, order: OrderView) -> CheckoutForm:
    providers = [] if order.is_free else payments.providers()
    typed = request.POST if request.method == "POST" else None
    initial = {name: getattr(order, name) for name in NAMES}
    if providers:
        initial["provider"] = providers[0].code
    return CheckoutForm(providers, typed, initial=initial)


def _page(
    request: HttpRequest,
    order: OrderView,
    form: CheckoutForm,
    billing: BillingForm | None,
) -> HttpResponse:
    now = timezone.now()
    conference = conference_of(order)
    wrong = [one for one in (form, billing) if one and one.is_bound]
    context = {
        "conference": conference,
        "outlook": outlook_of(conference, now=now),
        "order": order,
        "form": form,
        "billing": billing,
        "problems": [problem for one in wrong for problem in problems_of(one)],
        "hold": hold_of(order, now),
        "open_payments": open_for(order),
    }
    return render(request, "registrations/checkout.html", context)
