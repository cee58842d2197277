"""Who sees and does what here: by organization and role, and nothing by default.

The request says to which organizations its user belongs and in which role; this app
does not know memberships (see `conference_site.middleware`).
"""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from registrations.models.conference_view import ConferenceView

ROLES_THAT_ACT = frozenset({"owner", "organizer"})


def organization_ids(request: HttpRequest) -> set[UUID] | None:
    """None: a superuser, who sees all. Nothing is seen where nobody said anything."""
    ids: set[UUID] | None = getattr(request, "organization_ids", set())
    return ids


def acting_for(request: HttpRequest) -> set[UUID] | None:
    """The organizations for which the user may do something; None: for all."""
    if organization_ids(request) is None:
        return None
    roles: dict[UUID, str] = getattr(request, "organization_roles", {})
    return {id for id, role in roles.items() if role in ROLES_THAT_ACT}


def may_act(request: HttpRequest, organization_id: UUID) -> bool:
    acting = acting_for(request)
    return acting is None or organization_id in acting


def own(request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Those rows of any table with an `organization_id` that the user may see."""
    ids = organization_ids(request)
    return rows if ids is None else rows.filter(organization_id__in=ids)


class TenantAdmin(admin.ModelAdmin):
    """Shows the rows of the user's organizations and changes none.

    Lists, pages, searches, actions and object histories all go through `get_queryset`.
    What belongs to others is answered like what does not exist. Where a subclass names
    a `detail_template`, that is the page of one row, with what `details` returns.
    """

    detail_template = ""
    view_on_site = False
    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return own(request, super().get_queryset(request))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return organization_ids(request) is None or bool(organization_ids(request))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        ids = organization_ids(request)
        if ids is None or obj is None:
            return self.has_module_permission(request)
        return obj.organization_id in ids

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Whether actions are offered at all; each asks again for each row."""
        acting = acting_for(request)
        return acting is None or bool(acting)

    def visible_or_404(self, request: HttpRequest, object_id: str) -> Any:
        """The row, if it exists for this user. Raises Http404."""
        row = self.get_object(request, object_id)
        if row is None or not self.has_view_permission(request, row):
            raise Http404
        return row

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.visible_or_404(request, object_id)
        if request.method not in {"GET", "HEAD"}:
            raise PermissionDenied
        context = self.details(request, row)
        if self.detail_template:
            return self.page(request, self.detail_template, row, context)
        context |= extra_context or {}
        return super().change_view(request, object_id, form_url, context)

    def details(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {}

    def page(
        self, request: HttpRequest, template: str, row: Any, context: dict[str, Any]
    ) -> HttpResponse:
        shared = {"title": str(row), "opts": self.opts, "original": row}
        return TemplateResponse(
            request, template, self.admin_site.each_context(request) | shared | context
        )

    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        self.visible_or_404(request, object_id)
        return super().history_view(request, object_id, extra_context)


def with_conference(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows with `conference_name` and `time_zone`, without a query for each."""
    conference = ConferenceView.objects.filter(pk=OuterRef("conference_id"))
    extended: QuerySet[Any] = rows.annotate(
        conference_name=Subquery(conference.values("name")[:1]),
        time_zone=Subquery(conference.values("time_zone")[:1]),
    )
    return extended


def by_conference(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.order_by(F("starts_on").desc(), "name", "pk")
