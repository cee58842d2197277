"""What providers told about the payments of one's organizations."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from payments.admin import cells
from payments.admin.filters import ProviderFilter
from payments.admin.tenant import TenantPaymentAdmin
from payments.models import ProviderCallback


@admin.register(ProviderCallback)
class ProviderCallbackAdmin(TenantPaymentAdmin):
    organization_lookup = "payment__organization_id"
    list_display = (
        "received",
        "way",
        "paid_by",
        "said",
        "verdict",
        "note",
        "event_id",
    )
    list_filter = (ProviderFilter, "verdict", "received_at")
    list_select_related = ("payment",)
    search_fields = ("event_id", "payment__reference")
    search_help_text = _("Order code or the provider's event")
    ordering = ("-received_at",)
    fields = readonly_fields = (
        "received",
        "way",
        "paid_by",
        "said",
        "verdict",
        "note",
        "event_id",
        "happened",
        "source",
    )

    received = cells.moment_column("received_at", _("received"))
    happened = cells.moment_column("occurred_at", _("happened"))

    @admin.display(description=_("provider"), ordering="provider")
    def way(self, callback: ProviderCallback) -> str:
        return cells.provider(callback.provider)

    @admin.display(description=_("payment"), ordering="payment__reference")
    def paid_by(self, callback: ProviderCallback) -> SafeString | str:
        return cells.page_link(callback.payment) if callback.payment else ""

    @admin.display(description=_("outcome"), ordering="outcome")
    def said(self, callback: ProviderCallback) -> str:
        return cells.outcome(callback.outcome)

    @admin.display(description=_("body"))
    def source(self, callback: ProviderCallback) -> SafeString:
        return format_html("<pre>{}</pre>", callback.body)
