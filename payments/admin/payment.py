"""The payments of one's organizations, and marking invoices paid."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments import services
from payments.admin import cells, plans
from payments.admin.confirmation import ConfirmingAdmin, Step
from payments.admin.filters import AttentionFilter, ProviderFilter
from payments.admin.inlines import (
    CallbackInline,
    CallInline,
    CaseInline,
    DisputeInline,
    RefundInline,
)
from payments.admin.orders import orders
from payments.models import Payment, Refund

RETURNED = Q(refunds__status=Refund.Status.DONE)
ON_ITS_WAY = Q(refunds__status__in=[*Refund.IN_FLIGHT, Refund.Status.BY_HAND])
FAILED = Q(refunds__status=Refund.Status.FAILED)


@admin.register(Payment)
class PaymentAdmin(ConfirmingAdmin):
    list_display = (
        "reference",
        "total",
        "way",
        "status",
        "given_back",
        "open_refunds",
        "remark",
        "started",
        "due",
        "order",
    )
    list_filter = ("status", ProviderFilter, AttentionFilter, "started_at")
    search_fields = ("reference", "order_id", "provider_reference")
    search_help_text = gettext_lazy("Order code or the provider's reference")
    ordering = ("-started_at",)
    inlines = (CaseInline, RefundInline, DisputeInline, CallbackInline, CallInline)
    actions = ("mark_paid", "refund_rest")
    fields = readonly_fields = (
        "order",
        "conference",
        "description",
        "asked_for",
        "total",
        "way",
        "status",
        "given_back",
        "open_refunds",
        "disputed",
        "remark",
        "due",
        "paid_marked_by",
        "started",
        "completed",
        "occurred",
        "rejected",
        "asked",
        "provider_reference",
        "redirect_url",
    )

    due = cells.moment_column("due_at", gettext_lazy("due"))
    started = cells.moment_column("started_at", gettext_lazy("started"))
    completed = cells.moment_column("completed_at", gettext_lazy("completed"))
    occurred = cells.moment_column("occurred_at", gettext_lazy("paid at the provider"))
    rejected = cells.moment_column("rejected_at", gettext_lazy("rejected"))
    asked = cells.moment_column("looked_up_at", gettext_lazy("provider last asked"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payment]:
        rows: QuerySet[Payment] = super().get_queryset(request)
        return rows.prefetch_related("cases").annotate(
            returned=Sum("refunds__amount", filter=RETURNED),
            on_its_way=Sum("refunds__amount", filter=ON_ITS_WAY),
            stuck=Sum("refunds__amount", filter=FAILED),
        )

    @admin.display(description=gettext_lazy("order"), ordering="reference")
    def order(self, payment: Payment) -> SafeString:
        return cells.order_link(payment.order_id, payment.reference)

    @admin.display(description=gettext_lazy("conference"))
    def conference(self, payment: Payment) -> str:
        found = orders(self.admin_site, [payment.order_id]).get(payment.order_id)
        return found.conference if found else ""

    @admin.display(description=gettext_lazy("amount"), ordering="amount")
    def total(self, payment: Payment) -> str:
        return cells.amount(payment.amount, payment.currency)

    @admin.display(description=gettext_lazy("asked for"))
    def asked_for(self, payment: Payment) -> str:
        return cells.amount(payment.requested_amount, payment.currency)

    @admin.display(description=gettext_lazy("disputed"))
    def disputed(self, payment: Payment) -> str:
        return cells.amount(payment.disputed_amount, payment.currency)

    @admin.display(description=gettext_lazy("provider"), ordering="provider")
    def way(self, payment: Payment) -> str:
        return cells.provider(payment.provider)

    @admin.display(description=gettext_lazy("given back"), ordering="returned")
    def given_back(self, payment: Any) -> str:
        return cells.amount(payment.returned, payment.currency)

    @admin.display(description=gettext_lazy("still to give back"))
    def open_refunds(self, payment: Any) -> str:
        parts = []
        if payment.on_its_way:
            parts.append(cells.amount(payment.on_its_way, payment.currency))
        if payment.stuck:
            failed = cells.amount(payment.stuck, payment.currency)
            parts.append(_("%s (failed)") % failed)
        return ", ".join(parts)

    @admin.display(description=gettext_lazy("remark"))
    def remark(self, payment: Payment) -> SafeString:
        """What somebody should look at; prefetched, so no query per row."""
        cases = [case for case in payment.cases.all() if case.is_open]
        return format_html_join(", ", "{}", [(cells.page_link(one),) for one in cases])

    @admin.action(
        description=gettext_lazy("Mark selected invoices as paid…"),
        permissions=["act"],
    )
    def mark_paid(
        self, request: HttpRequest, rows: QuerySet[Payment]
    ) -> TemplateResponse | None:
        by, now = request.user.get_username(), timezone.now()
        step = Step(
            action="mark_paid",
            title=_("Mark invoices as paid?"),
            button=_("Mark as paid"),
            said="Marked as paid.",
            plan=plans.mark_paid,
            carry_out=lambda pk: services.mark_paid(pk, by=by, now=now),
        )
        return self.ask_or_act(request, rows, step)

    @admin.action(
        description=gettext_lazy("Refund what is left of selected payments…"),
        permissions=["act"],
    )
    def refund_rest(
        self, request: HttpRequest, rows: QuerySet[Payment]
    ) -> TemplateResponse | None:
        now = timezone.now()
        step = Step(
            action="refund_rest",
            title=_("Refund what is left of these payments?"),
            button=_("Refund"),
            said="Refund requested.",
            plan=plans.refund_rest,
            carry_out=lambda pk: services.request_refund(
                payment_id=pk, amount=None, reason=services.ORGANIZER_REASON, now=now
            ),
        )
        return self.ask_or_act(request, rows, step)
