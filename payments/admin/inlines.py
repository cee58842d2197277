"""What hangs on a payment, on its page: cases, refunds, disputes, messages, calls."""

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from payments.admin import cells
from payments.admin.tenant import ReadOnly
from payments.models import Case, Dispute, ProviderCall, ProviderCallback, Refund


class ReadOnlyInline(ReadOnly, admin.TabularInline):
    extra = 0
    can_delete = False


class CaseInline(ReadOnlyInline):
    model = Case
    fields = readonly_fields = ("page", "note", "since", "state")

    since = cells.moment_column("opened_at", _("since"))

    @admin.display(description=_("case"))
    def page(self, case: Case) -> SafeString:
        return cells.page_link(case)

    @admin.display(description=_("state"))
    def state(self, case: Case) -> SafeString:
        return cells.state_of_case(case)


class RefundInline(ReadOnlyInline):
    model = Refund
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


class CallbackInline(ReadOnlyInline):
    model = ProviderCallback
    fields = readonly_fields = ("received", "event_id", "said", "verdict", "note")

    received = cells.moment_column("received_at", _("received"))

    @admin.display(description=_("outcome"))
    def said(self, callback: ProviderCallback) -> str:
        return cells.outcome(callback.outcome)


class DisputeInline(ReadOnlyInline):
    model = Dispute
    fields = readonly_fields = ("total", "reason", "status", "opened", "closed", "page")

    opened = cells.moment_column("opened_at", _("opened"))
    closed = cells.moment_column("closed_at", _("closed"))

    @admin.display(description=_("amount"))
    def total(self, dispute: Dispute) -> str:
        return cells.amount(dispute.amount, dispute.payment.currency)

    @admin.display(description=_("page"))
    def page(self, dispute: Dispute) -> SafeString:
        return cells.page_link(dispute)


class CallInline(ReadOnlyInline):
    model = ProviderCall
    fields = readonly_fields = (
        "started",
        "operation",
        "key",
        "outcome",
        "times",
        "answer",
        "ended",
    )

    started = cells.moment_column("started_at", _("asked at"))
    ended = cells.moment_column("ended_at", _("answered at"))
