"""Answers that more than one page gives."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from registrations.models.order_view import OrderView


class HttpResponseSeeOther(HttpResponseRedirect):
    """After a POST: the browser asks for the next page with GET, whatever it sent."""

    status_code = 303


def see_other(name: str, *args: Any) -> HttpResponse:
    return HttpResponseSeeOther(reverse(f"registrations:{name}", args=args))


def order_instead(request: HttpRequest, order: "OrderView") -> HttpResponse:
    """The order's page in place of one that is for orders still open."""
    if order.status == order.Status.CONFIRMED:
        messages.info(request, _("This order is already complete."))
    return see_other("order", order.id)
