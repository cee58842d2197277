"""Seats of confirmed orders and who sits on them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from registrations.admin import cells
from registrations.admin.filters import (
    AssignedFilter,
    ConferenceFilter,
    SeatTypeFilter,
)
from registrations.admin.tenant import TenantAdmin, with_conference
from registrations.models.order_seats import OrderSeat


@admin.register(OrderSeat)
class AttendeeAdmin(TenantAdmin):
    list_display = ("attendee", "email", "seat_type", "number", "conference", "order")
    list_filter = (ConferenceFilter, SeatTypeFilter, AssignedFilter)
    search_fields = ("first_name", "last_name", "email", "order_code")
    search_help_text = _("Name, e-mail address or order code")
    ordering = ("last_name", "first_name", "order_id", "position")
    actions = None
    fields = readonly_fields = (
        "attendee",
        "email",
        "seat_type",
        "number",
        "conference",
        "order",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderSeat]:
        return with_conference(super().get_queryset(request))

    @admin.display(description=_("attendee"), ordering="last_name")
    def attendee(self, seat: OrderSeat) -> str:
        return seat.attendee_name or str(_("Not assigned yet"))

    @admin.display(description=_("seat type"), ordering="seat_type_name")
    def seat_type(self, seat: OrderSeat) -> str:
        return seat.seat_type_name

    @admin.display(description=_("seat"), ordering="position")
    def number(self, seat: OrderSeat) -> int:
        return seat.position + 1

    @admin.display(description=_("conference"))
    def conference(self, seat: Any) -> str:
        return seat.conference_name or "-"

    @admin.display(description=_("order"), ordering="order_code")
    def order(self, seat: OrderSeat) -> SafeString:
        return cells.order_link(seat.order_id, seat.order_code)
