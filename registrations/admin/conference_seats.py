"""How many seats each conference offers, holds, has sold, and has sold too many."""

from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, Greatest
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from registrations.admin.tenant import TenantAdmin
from registrations.models.conference_view import ConferenceView

TAKEN = F("seat_types__held") + F("seat_types__sold")
OVERSOLD = Greatest(TAKEN - F("seat_types__quota"), Value(0))


def _sum(counted: Any) -> Coalesce:
    return Coalesce(Sum(counted), Value(0))


@admin.register(ConferenceView)
class ConferenceSeatsAdmin(TenantAdmin):
    """Remaining may be below 0 (domain rules, section 3): then it says oversold."""

    detail_template = "admin/registrations/conferenceview/detail.html"
    list_display = (
        "name",
        "starts_on",
        "is_published",
        "quota",
        "remaining",
        "held",
        "sold",
        "oversold",
    )
    list_filter = ("is_published",)
    search_fields = ("name", "slug", "location")
    ordering = ("-starts_on", "name")
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[ConferenceView]:
        conferences: QuerySet[ConferenceView] = super().get_queryset(request)
        return conferences.annotate(
            quota=_sum("seat_types__quota"),
            held=_sum("seat_types__held"),
            sold=_sum("seat_types__sold"),
            oversold=_sum(OVERSOLD),
        )

    @admin.display(description=_("quota"), ordering="quota")
    def quota(self, conference: Any) -> int:
        return int(conference.quota)

    @admin.display(description=_("remaining"))
    def remaining(self, conference: Any) -> int:
        return int(conference.quota - conference.held - conference.sold)

    @admin.display(description=_("held"), ordering="held")
    def held(self, conference: Any) -> int:
        return int(conference.held)

    @admin.display(description=_("sold"), ordering="sold")
    def sold(self, conference: Any) -> int:
        return int(conference.sold)

    @admin.display(description=_("oversold"), ordering="oversold")
    def oversold(self, conference: Any) -> str:
        count = conference.oversold
        return str(_("oversold by %d") % count) if count else ""

    def details(self, request: HttpRequest, row: ConferenceView) -> dict[str, Any]:
        return {"seat_types": row.seat_types.order_by("position", "name", "pk")}
