"""Seats of confirmed orders and who sits on them."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from registrations.admin import cells
from registrations.admin.attendee_file import attendee_lines
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

    def get_urls(self) -> list[URLPattern]:
        file = path(
            "csv/",
            self.admin_site.admin_view(self.csv_view),
            name="registrations_orderseat_csv",
        )
        return [file, *super().get_urls()]

    @method_decorator(require_safe)
    def csv_view(self, request: HttpRequest) -> StreamingHttpResponse:
        """What the list shows with the same search and filters, on all its pages."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            shown = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters as error:
            raise BadRequest from error
        return StreamingHttpResponse(
            attendee_lines(shown),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="attendees.csv"'},
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
