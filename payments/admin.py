"""Organizers look at their payments and refunds here and do what is done by hand.

Nothing can be edited: the actions call the services. The request says which
organizations the organizer belongs to and in which role, see
`conference_site.middleware`; this app does not know the conferences' memberships.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from payments import money, services
from payments.models import Payment, ProviderCallback, Refund

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
        """Whether the actions are offered at all; `_act` asks again for each row."""
        roles = getattr(request, "organization_roles", {})
        return organization_ids(request) is None or bool(
            ROLES_THAT_ACT & set(roles.values())
        )

    def _act(
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


class RefundInline(ReadOnly, admin.TabularInline):
    model = Refund
    extra = 0
    can_delete = False
    fields = ("amount", "reason", "status", "attempts", "error", "done_at")
    readonly_fields = fields


class CallbackInline(ReadOnly, admin.TabularInline):
    model = ProviderCallback
    extra = 0
    can_delete = False
    fields = ("received_at", "event_id", "outcome", "verdict", "note")
    readonly_fields = fields


@admin.register(Payment)
class PaymentAdmin(TenantPaymentAdmin):
    list_display = (
        "reference",
        "total",
        "provider",
        "status",
        "given_back",
        "due_at",
        "attention",
        "started_at",
    )
    list_filter = ("status", "provider", "attention", "started_at")
    search_fields = ("reference", "order_id", "provider_reference")
    ordering = ("-started_at",)
    inlines = (RefundInline, CallbackInline)
    actions = ("mark_paid", "refund_rest")

    @admin.display(description=gettext_lazy("amount"), ordering="amount")
    def total(self, payment: Payment) -> str:
        return money.formatted(payment.amount, payment.currency)

    @admin.display(description=gettext_lazy("given back"), ordering="refunded_amount")
    def given_back(self, payment: Payment) -> str:
        if not payment.refunded_amount:
            return ""
        return money.formatted(payment.refunded_amount, payment.currency)

    @admin.action(
        description=gettext_lazy("Mark selected invoices as paid"),
        permissions=["act"],
    )
    def mark_paid(self, request: HttpRequest, rows: QuerySet[Payment]) -> None:
        by, now = request.user.get_username(), timezone.now()
        self._act(
            request,
            rows,
            lambda pk: services.mark_paid(pk, by=by, now=now),
            said="Marked as paid.",
        )

    @admin.action(
        description=gettext_lazy("Refund what is left of selected payments"),
        permissions=["act"],
    )
    def refund_rest(self, request: HttpRequest, rows: QuerySet[Payment]) -> None:
        now = timezone.now()
        self._act(
            request,
            rows,
            lambda pk: services.request_refund(
                payment_id=pk, amount=None, reason=services.ORGANIZER_REASON, now=now
            ),
            said="Refund requested.",
        )


@admin.register(Refund)
class RefundAdmin(TenantPaymentAdmin):
    organization_lookup = "payment__organization_id"
    list_display = (
        "payment",
        "total",
        "reason",
        "status",
        "attempts",
        "error",
        "requested_at",
        "done_at",
    )
    list_filter = ("status", "reason", "requested_at")
    list_select_related = ("payment",)
    search_fields = ("payment__reference", "payment__order_id")
    ordering = ("-requested_at",)
    actions = ("retry", "settle_by_hand")

    @admin.display(description=gettext_lazy("amount"), ordering="amount")
    def total(self, refund: Refund) -> str:
        return money.formatted(refund.amount, refund.payment.currency)

    @admin.action(
        description=gettext_lazy("Retry selected refunds that failed"),
        permissions=["act"],
    )
    def retry(self, request: HttpRequest, rows: QuerySet[Refund]) -> None:
        self._act(request, rows, services.retry_refund, said="Retried.")

    @admin.action(
        description=gettext_lazy("Selected refunds were settled by hand"),
        permissions=["act"],
    )
    def settle_by_hand(self, request: HttpRequest, rows: QuerySet[Refund]) -> None:
        by, now = request.user.get_username(), timezone.now()
        self._act(
            request,
            rows,
            lambda pk: services.settle_refund_by_hand(pk, by=by, now=now),
            said="Settled by hand.",
        )


@admin.register(ProviderCallback)
class ProviderCallbackAdmin(TenantPaymentAdmin):
    organization_lookup = "payment__organization_id"
    list_display = (
        "received_at",
        "provider",
        "event_id",
        "payment",
        "outcome",
        "verdict",
        "note",
    )
    list_filter = ("provider", "verdict", "received_at")
    list_select_related = ("payment",)
    search_fields = ("event_id", "payment__reference")
    ordering = ("-received_at",)


def organization_ids(request: HttpRequest) -> set[UUID] | None:
    """None: a superuser, who sees all. Nothing is seen where nobody said anything."""
    ids: set[UUID] | None = getattr(request, "organization_ids", set())
    return ids


def is_member(request: HttpRequest) -> bool:
    organizations = organization_ids(request)
    return organizations is None or bool(organizations)


def may_act(request: HttpRequest, organization_id: UUID) -> bool:
    if organization_ids(request) is None:
        return True
    roles = getattr(request, "organization_roles", {})
    return roles.get(organization_id) in ROLES_THAT_ACT


def organization_of(row: Payment | Refund) -> UUID:
    payment = row if isinstance(row, Payment) else row.payment
    return payment.organization_id
