"""What needs attention: a list of cases, each with its story and what can be done."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from payments import services
from payments.admin import case_steps, cells, plans
from payments.admin.case_forms import StepForm
from payments.admin.case_page import case_page
from payments.admin.case_steps import CaseStep, Wish
from payments.admin.case_words import WORDS
from payments.admin.confirmation import ConfirmingAdmin, Step
from payments.admin.filters import OpenFilter
from payments.admin.orders import OrderFacts, orders
from payments.admin.orders import case_steps as steps_of_site
from payments.admin.tenant import may_act
from payments.models import Case, Refund

PAGE = "admin/payments/case/page.html"
STEP = "admin/payments/case/step.html"
KINDS = "admin/payments/case/kinds.html"


@admin.register(Case)
class CaseAdmin(ConfirmingAdmin):
    list_display = ("what", "why", "order", "total", "since", "state")
    list_filter = (OpenFilter, "kind")
    list_select_related = ("payment", "refund__payment", "dispute__payment")
    search_fields = (
        "payment__reference",
        "payment__provider_reference",
        "refund__provider_reference",
        "dispute__provider_reference",
        "subject",
    )
    search_help_text = gettext_lazy("Order code or the provider's reference")
    ordering = ("-opened_at",)
    actions = ("see",)

    @admin.display(description=gettext_lazy("kind"), ordering="kind")
    def what(self, case: Case) -> str:
        return str(case)

    @admin.display(description=gettext_lazy("what happened"), ordering="note")
    def why(self, case: Case) -> str:
        """What was noted, and how far the money is that goes back by itself."""
        refunds: list[Refund] = []
        if case.payment and case.kind in case_steps.GOES_BACK:
            refunds = list(case.payment.refunds.all())
        states = [
            _("Refund: %s") % refund.get_status_display().lower() for refund in refunds
        ]
        return ". ".join(filter(None, [case.note, *states]))

    @admin.display(description=gettext_lazy("order"), ordering="payment__reference")
    def order(self, case: Case) -> SafeString | str:
        if case.payment is None:
            return ""
        return cells.order_link(case.payment.order_id, case.payment.reference)

    @admin.display(description=gettext_lazy("amount"))
    def total(self, case: Case) -> str:
        return cells.amount_of_case(case)

    @admin.display(description=gettext_lazy("since"), ordering="opened_at")
    def since(self, case: Case) -> SafeString:
        return cells.since(case.opened_at)

    @admin.display(description=gettext_lazy("state"), ordering="closed_at")
    def state(self, case: Case) -> SafeString:
        return cells.state_of_case(case)

    @admin.action(
        description=gettext_lazy("Mark selected cases as seen…"), permissions=["act"]
    )
    def see(
        self, request: HttpRequest, rows: QuerySet[Case]
    ) -> TemplateResponse | None:
        by, now = request.user.get_username(), timezone.now()
        step = Step(
            action="see",
            title=_("Mark these cases as seen?"),
            button=_("Mark as seen"),
            said="Marked as seen.",
            plan=plans.see_case,
            carry_out=lambda pk: case_steps.see_at_once(pk, by=by, now=now),
        )
        return self.ask_or_act(request, rows, step)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Case]:
        rows: QuerySet[Case] = super().get_queryset(request)
        return rows.prefetch_related("payment__refunds")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"title": _("Needs attention")} | (extra_context or {})
        return super().changelist_view(request, context)

    # The page of one case

    def get_urls(self) -> list[URLPattern]:
        steps = [
            path(
                f"<path:object_id>/{step.name}/",
                self.admin_site.admin_view(self.step_view),
                kwargs={"name": step.name},
                name=f"payments_case_{step.name}",
            )
            for step in self._steps()
        ]
        kinds = path(
            "kinds/",
            self.admin_site.admin_view(self.kinds_view),
            name="payments_case_kinds",
        )
        return [kinds, *steps, *super().get_urls()]

    def _steps(self) -> list[CaseStep]:
        return [*steps_of_site(self.admin_site), *case_steps.STEPS]

    @method_decorator(require_safe)
    def kinds_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        kinds = [(kind, kind.label, words) for kind, words in WORDS.items()]
        title = _("What needs attention, and what to do")
        return self._page(request, KINDS, {"title": title, "kinds": kinds})

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        case = self._visible_or_404(request, object_id)
        if request.method not in {"GET", "HEAD"}:
            raise PermissionDenied
        order = self._order_of(case)
        shown = case_page(case, order, self.admin_site)
        shown["steps"] = self._offered(request, case, order)
        return self._page(request, PAGE, {"original": case} | shown)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def step_view(
        self, request: HttpRequest, object_id: str, name: str
    ) -> HttpResponse:
        """GET asks, POST does it; what the rules refuse is said on the case's page."""
        case = self._visible_or_404(request, object_id)
        if not may_act(request, case.organization_id):
            raise PermissionDenied
        order = self._order_of(case)
        step = next(step for step in self._steps() if step.name == name)
        refusal = self._why_not(case, step, order)
        said = request.POST if request.method == "POST" else None
        form = StepForm(said, case=case, step=step, order=order)
        if refusal:
            messages.error(request, refusal)
        elif request.method != "POST" or not form.is_valid():
            context = {"title": step.label, "step": step, "form": form, "facts": order}
            return self._page(request, STEP, context | {"original": case})
        else:
            self._carry_out(request, case, step, form.cleaned_data)
        return HttpResponseRedirect(cells.address(case))

    def _why_not(self, case: Case, step: CaseStep, order: OrderFacts | None) -> str:
        if not case.is_open:
            return _("This case is closed already.")
        if not step.applies(case, order):
            return _("There is nothing to do of this kind (any more).")
        return ""

    def _carry_out(
        self, request: HttpRequest, case: Case, step: CaseStep, said: dict[str, Any]
    ) -> None:
        by, now = request.user.get_username(), timezone.now()
        try:
            step.carry_out(Wish(case=case, by=by, now=now, **said))
        except services.PaymentError as refusal:
            messages.error(request, str(refusal))
            return
        self.log_change(request, case, str(step.label))
        messages.success(request, step.done)

    def _offered(
        self, request: HttpRequest, case: Case, order: OrderFacts | None
    ) -> list[CaseStep]:
        if not case.is_open or not may_act(request, case.organization_id):
            return []
        return [step for step in self._steps() if step.applies(case, order)]

    def _order_of(self, case: Case) -> OrderFacts | None:
        if case.order_id is None:
            return None
        return orders(self.admin_site, [case.order_id]).get(case.order_id)

    def _visible_or_404(self, request: HttpRequest, object_id: str) -> Case:
        """The case, if it exists for this user; the rows are filtered by tenant."""
        case: Case | None = self.get_object(request, object_id)
        if case is None or not self.has_view_permission(request, case):
            raise Http404
        return case

    def _page(
        self, request: HttpRequest, template: str, context: dict[str, Any]
    ) -> HttpResponse:
        shared = self.admin_site.each_context(request) | {"opts": self.opts}
        return TemplateResponse(request, template, shared | context)
