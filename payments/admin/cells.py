"""Cells and fields as people read them: money, times, orders."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from payments import money
from payments.gateways import registry
from payments.models import Case

OUTCOMES = {
    "created": _("Started"),
    "authorised": _("Promised"),
    "completed": _("Completed"),
    "rejected": _("Rejected"),
    "refunded": _("Given back"),
    "refund_failed": _("A refund failed"),
    "disputed": _("Disputed"),
    "dispute_won": _("Dispute won"),
    "dispute_lost": _("Dispute lost"),
    "fee": _("Fee charged"),
    "fee_returned": _("Fee given back"),
}


def amount(value: Decimal | None, currency: str) -> str:
    return money.formatted(value, currency) if value else ""


def moment(value: datetime | None) -> SafeString:
    """In UTC and says so: the zone of the conference is not known here."""
    return render_to_string("admin/payments/_moment.html", {"moment": value})


def moment_column(field: str, description: Any) -> Callable[[Any, Any], SafeString]:
    @admin.display(description=description, ordering=field)
    def column(self: Any, row: Any) -> SafeString:
        return moment(getattr(row, field))

    return column


def order_link(order_id: UUID, code: str) -> SafeString:
    address = reverse("admin:registrations_orderview_change", args=[order_id])
    return format_html('<a href="{}">{}</a>', address, code)


def page_link(row: Any) -> SafeString:
    return format_html('<a href="{}">{}</a>', address(row), row)


def address(row: Any) -> str:
    """The row's page in the admin; nothing where it has none."""
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    try:
        return reverse(name, args=[row.pk])
    except NoReverseMatch:
        return ""


def told_amount(value: Any, currency: Any) -> str:
    """An amount as a provider wrote it, which may be anything."""
    try:
        return money.formatted(Decimal(str(value)), str(currency))
    except (InvalidOperation, ValueError):
        return f"{value} {currency}"


def provider(code: str) -> str:
    gateway = registry.GATEWAYS.get(code)
    return str(gateway.label) if gateway else code


def amount_of_case(case: Case) -> str:
    """The part that it is about, or else the whole payment."""
    payment = case.payment
    about = case.refund or case.dispute or payment
    return amount(about.amount, payment.currency) if about and payment else ""


def since(value: datetime) -> SafeString:
    """How long ago in words, and exactly."""
    context = {"moment": value, "ago": timesince(value, depth=1)}
    return render_to_string("admin/payments/_since.html", context)


def state_of_case(case: Case) -> SafeString:
    return render_to_string("admin/payments/_case_state.html", {"case": case})


def outcome(code: str) -> str:
    return str(OUTCOMES.get(code, code))
