"""What providers were asked about the payments of one's organizations."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from payments.admin import cells
from payments.admin.filters import ProviderFilter
from payments.admin.tenant import TenantPaymentAdmin
from payments.models import ProviderCall


@admin.register(ProviderCall)
class ProviderCallAdmin(TenantPaymentAdmin):
    organization_lookup = "payment__organization_id"
    list_display = (
        "started",
        "operation",
        "way",
        "paid_by",
        "outcome",
        "times",
        "ended",
    )
    list_filter = (ProviderFilter, "operation", "outcome", "started_at")
    list_select_related = ("payment",)
    search_fields = ("payment__reference", "key")
    search_help_text = _("Order code or the key")
    ordering = ("-started_at",)
    actions = None
    fields = readonly_fields = (
        "started",
        "operation",
        "way",
        "paid_by",
        "given_back",
        "key",
        "outcome",
        "times",
        "ended",
        "answered",
    )

    started = cells.moment_column("started_at", _("asked at"))
    ended = cells.moment_column("ended_at", _("answered at"))

    @admin.display(description=_("provider"), ordering="provider")
    def way(self, call: ProviderCall) -> str:
        return cells.provider(call.provider)

    @admin.display(description=_("payment"), ordering="payment__reference")
    def paid_by(self, call: ProviderCall) -> SafeString:
        return cells.page_link(call.payment)

    @admin.display(description=_("refund"))
    def given_back(self, call: ProviderCall) -> SafeString | str:
        return cells.page_link(call.refund) if call.refund else ""

    @admin.display(description=_("answer"))
    def answered(self, call: ProviderCall) -> SafeString:
        return format_html("<pre>{}</pre>", call.answer)
