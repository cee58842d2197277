"""Bank transfers: what is to be decided comes first, and each decision is made once."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Case, QuerySet, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from payments.admin import cells
from payments.admin.bank_candidates import candidate, candidates
from payments.admin.bank_forms import CodeForm, NoteForm, ReturnForm
from payments.admin.bank_pages import BankAdmin
from payments.admin.filters import Choices
from payments.bank import assigning, invoices
from payments.bank.assigning import Decision
from payments.errors import PaymentError
from payments.models import BankTransfer, Payment

Carry = Callable[[Decision, Payment], Any]

# Which way a difference is taken, by the name of the button.
WAYS: dict[str, Carry] = {
    "assign": lambda decision, payment: assigning.assign(decision, payment.pk),
    "accept": lambda decision, payment: assigning.assign(
        decision, payment.pk, accept=True
    ),
    "as-it-is": lambda decision, payment: assigning.take_as_it_is(decision, payment.pk),
}


class DecisionFilter(admin.SimpleListFilter):
    """Whether somebody still has to decide."""

    title = gettext_lazy("decision")
    parameter_name = "decision"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("open", _("To decide")), ("made", _("Decided"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "open":
            return queryset.filter(status__in=BankTransfer.TO_DECIDE)
        if self.value() == "made":
            return queryset.filter(status__in=BankTransfer.DECIDED)
        return queryset


@admin.register(BankTransfer)
class BankTransferAdmin(BankAdmin):
    page_template = "admin/payments/bank_transfer.html"
    list_display = ("sum", "booked_on", "payer", "words", "status", "trouble", "order")
    list_filter = (DecisionFilter, "status", "trouble", "booked_on")
    list_select_related = ("payment",)
    search_fields = (
        "purpose",
        "payer_name",
        "payer_iban",
        "end_to_end",
        "payment__reference",
    )
    search_help_text = gettext_lazy("Purpose, payer, account or order code")

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        to_decide = Case(When(status__in=BankTransfer.TO_DECIDE, then=0), default=1)
        return [to_decide, "-booked_on", "-pk"]

    @admin.display(description=gettext_lazy("amount"), ordering="amount")
    def sum(self, transfer: BankTransfer) -> str:
        return cells.amount(transfer.amount, transfer.currency)

    @admin.display(description=gettext_lazy("payer"), ordering="payer_name")
    def payer(self, transfer: BankTransfer) -> str:
        return transfer.payer_name

    @admin.display(description=gettext_lazy("purpose"), ordering="purpose")
    def words(self, transfer: BankTransfer) -> str:
        return transfer.purpose[:140]

    @admin.display(description=gettext_lazy("order"), ordering="payment__reference")
    def order(self, transfer: BankTransfer) -> SafeString | str:
        payment = transfer.payment
        return cells.order_link(payment.order_id, payment.reference) if payment else ""

    # The page of one transfer

    def facts(self, request: HttpRequest, row: BankTransfer) -> dict[str, Any]:
        form = CodeForm(request.GET)
        code = form.cleaned_data["code"] if form.is_valid() else ""
        found = []
        if row.is_to_decide:
            found = candidates(self.admin_site, row, code=code)
        return {
            "candidates": found,
            "code_form": form,
            "code": code,
            "return_form": ReturnForm(prefix="return"),
            "ignore_form": NoteForm(prefix="ignore"),
        }

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path(
                "<path:object_id>/ignore/",
                wrap(self.ignore_view),
                name="payments_banktransfer_ignore",
            ),
            path(
                "<path:object_id>/return/",
                wrap(self.return_view),
                name="payments_banktransfer_return",
            ),
            path(
                "<path:object_id>/assign/<uuid:payment_id>/",
                wrap(self.assign_view),
                name="payments_banktransfer_assign",
            ),
            *super().get_urls(),
        ]

    @method_decorator(require_POST)
    def ignore_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        transfer = self.row_to_act_on(request, object_id)
        form = NoteForm(request.POST, prefix="ignore")
        if not form.is_valid():
            return self.page_of(request, transfer, ignore_form=form, form=form)
        decision = _decision(request, transfer, form)
        self._decide(
            request, transfer, lambda: assigning.ignore(decision), _("Ignored.")
        )
        return _page_of(transfer)

    @method_decorator(require_POST)
    def return_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        transfer = self.row_to_act_on(request, object_id)
        form = ReturnForm(request.POST, prefix="return")
        if not form.is_valid():
            return self.page_of(request, transfer, return_form=form, form=form)
        decision = _decision(request, transfer, form)
        self._decide(
            request,
            transfer,
            lambda: assigning.return_by_hand(decision),
            _("Sent back by hand."),
        )
        return _page_of(transfer)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def assign_view(
        self, request: HttpRequest, object_id: str, payment_id: Any
    ) -> HttpResponse:
        """GET asks and says what each way means; POST does it."""
        transfer = self.row_to_act_on(request, object_id)
        payment = (
            invoices.payable_by_transfer()
            .filter(pk=payment_id, organization_id=transfer.organization_id)
            .first()
        )
        if payment is None:
            raise Http404
        form = NoteForm(request.POST or None)
        way = WAYS.get(request.POST.get("way", ""))
        if request.method == "POST" and way and form.is_valid():
            decision = _decision(request, transfer, form)
            self._decide(
                request,
                transfer,
                lambda: way(decision, payment),
                _("Assigned to payment %s.") % payment.pk,
            )
            return _page_of(transfer)
        context = {
            "title": _("Assign this transfer?"),
            "original": transfer,
            "row": candidate(self.admin_site, transfer, payment),
            "form": form,
            "is_amount_right": (transfer.amount, transfer.currency)
            == (payment.requested_amount, payment.currency),
            "is_same_currency": transfer.currency == payment.currency,
            "is_marked_paid": payment.status in Payment.TAKEN,
        }
        return self.page(request, "admin/payments/bank_assign.html", context)

    def _decide(
        self,
        request: HttpRequest,
        transfer: BankTransfer,
        step: Callable[[], Any],
        said: str,
    ) -> None:
        try:
            step()
        except PaymentError as refused:
            messages.error(request, str(refused))
            return
        self.log_change(request, transfer, said)
        messages.success(request, _("Done."))


def _decision(request: HttpRequest, transfer: BankTransfer, form: Any) -> Decision:
    return Decision(
        transfer_id=transfer.pk,
        by=request.user.get_username(),
        now=timezone.now(),
        note=form.cleaned_data["note"],
    )


def _page_of(transfer: BankTransfer) -> HttpResponse:
    return HttpResponseRedirect(
        reverse("admin:payments_banktransfer_change", args=[transfer.pk])
    )
