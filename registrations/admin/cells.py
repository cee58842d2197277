"""Cells of lists, written by the same template filters as the pages."""

from datetime import datetime
from uuid import UUID

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from registrations.domain.values import Money


def money(value: Money) -> SafeString:
    return render_to_string("admin/registrations/_money.html", {"value": value})


def order_status(status: str) -> SafeString:
    return render_to_string("admin/registrations/_status.html", {"status": status})


def moment(value: datetime | None, zone: str | None) -> SafeString:
    """The date and time in this zone; in UTC where the conference is not known."""
    context = {"moment": value, "zone": zone or "UTC"}
    return render_to_string("admin/registrations/_moment.html", context)


def order_link(order_id: UUID, label: str) -> SafeString:
    address = reverse("admin:registrations_orderview_change", args=[order_id])
    return format_html('<a href="{}">{}</a>', address, label)
