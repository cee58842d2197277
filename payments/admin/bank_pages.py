"""What the pages of bank statements and transfers share: one row, and who may act."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from payments.admin.tenant import (
    ROLES_THAT_ACT,
    TenantPaymentAdmin,
    may_act,
    organization_ids,
)


class BankAdmin(TenantPaymentAdmin):
    """A row has a page of its own instead of a form; what is foreign does not exist."""

    page_template = ""
    actions = None

    def row_or_404(self, request: HttpRequest, object_id: str) -> Any:
        try:
            row = self.get_queryset(request).filter(pk=object_id).first()
        except (ValueError, ValidationError):
            row = None
        if row is None:
            raise Http404
        return row

    def row_to_act_on(self, request: HttpRequest, object_id: str) -> Any:
        row = self.row_or_404(request, object_id)
        if not may_act(request, row.organization_id):
            raise PermissionDenied
        return row

    def page(
        self, request: HttpRequest, template: str, context: dict[str, Any]
    ) -> TemplateResponse:
        shared = self.admin_site.each_context(request) | {"opts": self.opts}
        return TemplateResponse(request, template, shared | context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return self.page_of(request, self.row_or_404(request, object_id))

    def page_of(self, request: HttpRequest, row: Any, **more: Any) -> TemplateResponse:
        """The page of one row, with `more` in place of what `facts` says."""
        context = {
            "original": row,
            "title": str(row),
            "may_act": may_act(request, row.organization_id),
        }
        shown = context | self.facts(request, row) | more
        return self.page(request, self.page_template, shown)

    def facts(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """What the page of one row says."""
        return {}


def acting_for(request: HttpRequest, site: Any) -> dict[UUID, str]:
    """The organizations that the user may act for, by name where the site knows it."""
    ids = organization_ids(request)
    if ids is not None:
        roles = getattr(request, "organization_roles", {})
        ids = {id for id, role in roles.items() if role in ROLES_THAT_ACT}
    look_up = getattr(site, "organizations", None)
    if look_up is not None:
        named: dict[UUID, str] = look_up(ids)
        return named
    return {id: str(id) for id in ids or ()}
