"""Cells and fields as people read them: money, times, orders."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from payments import money
from payments.gateways import registry

OUTCOMES = {"completed": _("Completed"), "rejected": _("Rejected")}


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
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return format_html('<a href="{}">{}</a>', reverse(name, args=[row.pk]), row)


def provider(code: str) -> str:
    gateway = registry.GATEWAYS.get(code)
    return str(gateway.label) if gateway else code


def outcome(code: str) -> str:
    return str(OUTCOMES.get(code, code))
