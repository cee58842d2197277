"""A payment's refunds and the provider's messages about it, on its page."""

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from payments.admin import cells
from payments.admin.tenant import ReadOnly
from payments.models import ProviderCallback, Refund


class RefundInline(ReadOnly, admin.TabularInline):
    model = Refund
    extra = 0
    can_delete = False
    fields = readonly_fields = (
        "total",
        "why",
        "status",
        "attempts",
        "error",
        "requested",
        "done",
        "page",
    )

    requested = cells.moment_column("requested_at", _("requested"))
    done = cells.moment_column("done_at", _("done"))

    @admin.display(description=_("amount"))
    def total(self, refund: Refund) -> str:
        return cells.amount(refund.amount, refund.payment.currency)

    @admin.display(description=_("reason"))
    def why(self, refund: Refund) -> str:
        return refund.reason_in_words

    @admin.display(description=_("page"))
    def page(self, refund: Refund) -> SafeString:
        return cells.page_link(refund)


class CallbackInline(ReadOnly, admin.TabularInline):
    model = ProviderCallback
    extra = 0
    can_delete = False
    fields = readonly_fields = ("received", "event_id", "said", "verdict", "note")

    received = cells.moment_column("received_at", _("received"))

    @admin.display(description=_("outcome"))
    def said(self, callback: ProviderCallback) -> str:
        return cells.outcome(callback.outcome)
