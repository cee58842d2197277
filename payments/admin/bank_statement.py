"""Importing bank statements: choose a file, see what would happen, confirm."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from payments.admin import cells
from payments.admin.bank_forms import ImportForm
from payments.admin.bank_pages import BankAdmin, acting_for
from payments.admin.bank_preview import preview
from payments.bank import progress, statements
from payments.bank.entries import StatementInvalid
from payments.errors import PaymentError
from payments.models import BankStatement, BankTransfer

Status = BankTransfer.Status
TO_DECIDE = Q(transfers__status__in=BankTransfer.TO_DECIDE)


@admin.register(BankStatement)
class BankStatementAdmin(BankAdmin):
    page_template = "admin/payments/bank_statement.html"
    change_list_template = "admin/payments/bank_statements.html"
    list_display = (
        "file_name",
        "imported",
        "imported_by",
        "state",
        "new_entries",
        "undecided",
    )
    ordering = ("-imported_at",)
    search_fields = ("file_name", "account")

    imported = cells.moment_column("imported_at", gettext_lazy("imported"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[BankStatement]:
        rows: QuerySet[BankStatement] = super().get_queryset(request)
        return rows.annotate(
            new=Count("transfers", distinct=True),
            to_decide=Count("transfers", filter=TO_DECIDE, distinct=True),
        )

    @admin.display(description=gettext_lazy("state"), ordering="confirmed_at")
    def state(self, statement: BankStatement) -> str:
        if statement.is_confirmed:
            return _("Confirmed")
        return _("Waits to be confirmed")

    @admin.display(description=gettext_lazy("new entries"), ordering="new")
    def new_entries(self, statement: Any) -> int:
        return int(statement.new)

    @admin.display(description=gettext_lazy("to decide"), ordering="to_decide")
    def undecided(self, statement: Any) -> int:
        return int(statement.to_decide)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path(
                "import/",
                wrap(self.import_view),
                name="payments_bankstatement_import",
            ),
            path(
                "<path:object_id>/confirm/",
                wrap(self.confirm_view),
                name="payments_bankstatement_confirm",
            ),
            path(
                "<path:object_id>/throw-away/",
                wrap(self.throw_away_view),
                name="payments_bankstatement_throw_away",
            ),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        may_import = bool(acting_for(request, self.admin_site))
        context = {"may_import": may_import} | (extra_context or {})
        return super().changelist_view(request, context)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def import_view(self, request: HttpRequest) -> HttpResponse:
        """A file that cannot be read is said so beside its field; nothing is kept."""
        organizations = acting_for(request, self.admin_site)
        if not organizations:
            raise PermissionDenied
        form = ImportForm(organizations, request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            by, now = request.user.get_username(), timezone.now()
            try:
                statement = statements.take_in(form.upload(), by=by, now=now)
            except StatementInvalid as refused:
                form.add_error("file", str(refused))
            else:
                if statement.imported_at != now:
                    text = _("This file was imported before. Here is what came of it.")
                    messages.warning(request, text)
                return _page_of(statement)
        context = {"title": _("Import a bank statement"), "form": form}
        return self.page(request, "admin/payments/bank_import.html", context)

    @method_decorator(require_POST)
    def confirm_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Confirms it, or goes on with what is left of a confirmed one."""
        statement = self.row_to_act_on(request, object_id)
        by = request.user.get_username()
        if not statement.is_confirmed:
            self.log_change(request, statement, _("Confirmed."))
        statements.confirm(statement.pk, by=by, now=timezone.now())
        left = progress.go_on(statement.pk)
        if left:
            text = ngettext(
                "%d entry is still being worked on. Look again in a minute.",
                "%d entries are still being worked on. Look again in a minute.",
                left,
            )
            messages.warning(request, text % left)
        else:
            messages.success(request, _("The statement is worked through."))
        return _page_of(statement)

    @method_decorator(require_POST)
    def throw_away_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        statement = self.row_to_act_on(request, object_id)
        try:
            statements.throw_away(statement.pk)
        except PaymentError as refused:
            messages.error(request, str(refused))
            return _page_of(statement)
        messages.success(request, _("The statement was thrown away."))
        return HttpResponseRedirect(reverse("admin:payments_bankstatement_changelist"))

    def facts(self, request: HttpRequest, row: BankStatement) -> dict[str, Any]:
        counts = dict(
            row.transfers.order_by().values_list("status").annotate(Count("pk"))
        )
        if row.is_confirmed:
            shown = [
                (label, counts[status], status)
                for status, label in Status.choices
                if counts.get(status)
            ]
            return {
                "counts": shown,
                "waiting": counts.get(Status.WAITING, 0),
                "to_decide": sum(
                    counts.get(status, 0) for status in BankTransfer.TO_DECIDE
                ),
            }
        return {"preview": preview(row, request.GET.get("page"))}


def _page_of(statement: BankStatement) -> HttpResponse:
    return HttpResponseRedirect(
        reverse("admin:payments_bankstatement_change", args=[statement.pk])
    )
