"""Who sees which payments and may act on them; nobody edits them.

The request says which organizations the organizer belongs to and in which role, see
`conference_site.middleware`; this app does not know the conferences' memberships.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from payments import services
from payments.models import Case, Payment, Refund

ROLES_THAT_ACT = {"owner", "organizer"}


class ReadOnly:
    """Refuses every change, whatever permissions the user has."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_member(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_member(request)


class TenantPaymentAdmin(ReadOnly, admin.ModelAdmin):
    """Shows what belongs to the organizer's organizations and nothing else."""

    organization_lookup = "organization_id"
    view_on_site = False
    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        organizations = organization_ids(request)
        if organizations is None:
            return rows
        return rows.filter(**{f"{self.organization_lookup}__in": organizations})

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Whether the actions are offered at all; `act` asks again for each row."""
        roles = getattr(request, "organization_roles", {})
        return organization_ids(request) is None or bool(
            ROLES_THAT_ACT & set(roles.values())
        )

    def act(
        self,
        request: HttpRequest,
        rows: QuerySet[Any],
        step: Callable[[Any], object],
        *,
        said: str,
    ) -> None:
        """One service call per row; what one row refuses does not stop the others."""
        done = 0
        for row in rows:
            if not may_act(request, organization_of(row)):
                refusal = _("Your role does not allow this.")
            else:
                refusal = self._refusal(request, row, step, said=said)
            if refusal:
                self.message_user(request, f"{row}: {refusal}", messages.ERROR)
            else:
                done += 1
        if done:
            text = ngettext("Done for %(count)d.", "Done for %(count)d.", done)
            self.message_user(request, text % {"count": done}, messages.SUCCESS)

    def _refusal(
        self,
        request: HttpRequest,
        row: Model,
        step: Callable[[Any], object],
        *,
        said: str,
    ) -> str:
        try:
            step(row.pk)
        except services.PaymentError as refused:
            return str(refused)
        self.log_change(request, row, said)
        return ""


def organization_ids(request: HttpRequest) -> set[UUID] | None:
    """None: a superuser, who sees all. Nothing is seen where nobody said anything."""
    ids: set[UUID] | None = getattr(request, "organization_ids", set())
    return ids


def is_member(request: HttpRequest) -> bool:
    organizations = organization_ids(request)
    return organizations is None or bool(organizations)


def may_act(request: HttpRequest, organization_id: UUID | None) -> bool:
    """What belongs to no organization is for superusers."""
    if organization_ids(request) is None:
        return True
    roles = getattr(request, "organization_roles", {})
    return roles.get(organization_id) in ROLES_THAT_ACT


def organization_of(row: Payment | Refund | Case) -> UUID | None:
    return (
        row.payment.organization_id
        if isinstance(row, Refund)
        else (row.organization_id)
    )
