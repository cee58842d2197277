"""The refunds of one's organizations: retrying them and settling them by hand."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments import services
from payments.admin import cells, plans
from payments.admin.confirmation import ConfirmingAdmin, Step
from payments.admin.filters import ReasonFilter
from payments.models import Refund


@admin.register(Refund)
class RefundAdmin(ConfirmingAdmin):
    organization_lookup = "payment__organization_id"
    list_display = (
        "code",
        "order",
        "total",
        "why",
        "status",
        "attempts",
        "error",
        "requested",
        "done",
    )
    list_filter = ("status", ReasonFilter, "requested_at")
    list_select_related = ("payment",)
    search_fields = ("payment__reference", "payment__order_id")
    search_help_text = gettext_lazy("Order code")
    ordering = ("-requested_at",)
    actions = ("retry", "settle_by_hand")
    fields = readonly_fields = (
        "order",
        "paid_by",
        "total",
        "why",
        "status",
        "attempts",
        "error",
        "requested",
        "attempted",
        "done",
        "withdrawn",
        "settled_by",
        "note",
        "provider_reference",
    )

    requested = cells.moment_column("requested_at", gettext_lazy("requested"))
    attempted = cells.moment_column("attempted_at", gettext_lazy("last attempt"))
    done = cells.moment_column("done_at", gettext_lazy("done"))
    withdrawn = cells.moment_column("withdrawn_at", gettext_lazy("withdrawn"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Refund]:
        rows: QuerySet[Refund] = super().get_queryset(request)
        return rows.select_related("payment")

    @admin.display(description=gettext_lazy("payment"), ordering="payment__reference")
    def code(self, refund: Refund) -> str:
        return str(refund.payment)

    @admin.display(description=gettext_lazy("payment"))
    def paid_by(self, refund: Refund) -> SafeString:
        return cells.page_link(refund.payment)

    @admin.display(description=gettext_lazy("order"), ordering="payment__reference")
    def order(self, refund: Refund) -> SafeString:
        return cells.order_link(refund.payment.order_id, refund.payment.reference)

    @admin.display(description=gettext_lazy("amount"), ordering="amount")
    def total(self, refund: Refund) -> str:
        return cells.amount(refund.amount, refund.payment.currency)

    @admin.display(description=gettext_lazy("reason"), ordering="reason")
    def why(self, refund: Refund) -> str:
        return refund.reason_in_words

    @admin.action(
        description=gettext_lazy("Retry selected refunds that failed"),
        permissions=["act"],
    )
    def retry(self, request: HttpRequest, rows: QuerySet[Refund]) -> None:
        by, now = request.user.get_username(), timezone.now()
        self.act(
            request,
            rows,
            lambda pk: services.retry_refund(pk, by=by, now=now),
            said="Retried.",
        )

    @admin.action(
        description=gettext_lazy("Selected refunds were settled by hand…"),
        permissions=["act"],
    )
    def settle_by_hand(
        self, request: HttpRequest, rows: QuerySet[Refund]
    ) -> TemplateResponse | None:
        by, now = request.user.get_username(), timezone.now()
        step = Step(
            action="settle_by_hand",
            title=_("Were these refunds settled by hand?"),
            button=_("Yes, the money was given back"),
            said="Settled by hand.",
            plan=plans.settle_by_hand,
            carry_out=lambda pk: services.settle_refund_by_hand(pk, by=by, now=now),
        )
        return self.ask_or_act(request, rows, step)
