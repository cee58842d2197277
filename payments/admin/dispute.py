"""The disputes of one's organizations: the bank and the provider decide about them."""

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from payments.admin import cells
from payments.admin.tenant import TenantPaymentAdmin
from payments.models import Dispute


@admin.register(Dispute)
class DisputeAdmin(TenantPaymentAdmin):
    organization_lookup = "payment__organization_id"
    list_display = (
        "paid_by",
        "order",
        "total",
        "reason",
        "status",
        "opened",
        "closed",
    )
    list_filter = ("status", "opened_at")
    list_select_related = ("payment",)
    search_fields = ("payment__reference", "provider_reference")
    search_help_text = _("Order code or the provider's reference")
    ordering = ("-opened_at",)
    actions = None
    fields = readonly_fields = (
        "order",
        "paid_by",
        "total",
        "reason",
        "status",
        "opened",
        "closed",
        "provider_reference",
    )
    # The cell of the first column links to the dispute, not to the payment.
    list_display_links = ("total",)

    opened = cells.moment_column("opened_at", _("opened"))
    closed = cells.moment_column("closed_at", _("closed"))

    @admin.display(description=_("payment"), ordering="payment__reference")
    def paid_by(self, dispute: Dispute) -> SafeString:
        return cells.page_link(dispute.payment)

    @admin.display(description=_("order"), ordering="payment__reference")
    def order(self, dispute: Dispute) -> SafeString:
        return cells.order_link(dispute.payment.order_id, dispute.payment.reference)

    @admin.display(description=_("amount"), ordering="amount")
    def total(self, dispute: Dispute) -> str:
        return cells.amount(dispute.amount, dispute.payment.currency)
