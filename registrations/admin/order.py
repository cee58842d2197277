"""Orders: a list to find them in, one page with everything, and the few steps."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import Case, QuerySet, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from payments import services as payments
from registrations.admin import cells
from registrations.admin.cancellation import CancellingAdmin
from registrations.admin.filters import (
    AttentionFilter,
    ConferenceFilter,
    PaymentReturnedFilter,
)
from registrations.admin.order_steps import (
    STEPS,
    CaseForm,
    NoteForm,
    Step,
    Wish,
    refunds_of_case,
    steps_for,
)
from registrations.admin.tenant import may_act, with_conference
from registrations.domain.errors import DomainError
from registrations.models.notification import Notification
from registrations.models.order_view import OrderView
from registrations.queries import conference_view, order_seats
from registrations.queries.document import documents_of
from registrations.queries.event_sentences import ATTENTION, RETURNED_BECAUSE
from registrations.queries.history import erased, order_history
from registrations.queries.order_then import order_then

STEP_TEMPLATE = "admin/registrations/orderview/step.html"
THEN_TEMPLATE = "admin/registrations/orderview/then.html"


@admin.register(OrderView)
class OrderAdmin(CancellingAdmin):
    detail_template = "admin/registrations/orderview/detail.html"
    list_display = (
        "code",
        "state",
        "registrant",
        "total_money",
        "placed",
        "conference",
        "case",
    )
    list_filter = (
        ConferenceFilter,
        "status",
        AttentionFilter,
        PaymentReturnedFilter,
    )
    search_fields = ("code", "email", "first_name", "last_name")
    search_help_text = gettext_lazy("Code, e-mail address or name")
    date_hierarchy = "placed_at"
    ordering = ("-placed_at",)
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderView]:
        return with_conference(super().get_queryset(request))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[OrderView], search_term: str
    ) -> tuple[QuerySet[OrderView], bool]:
        """Whoever types a code means that order: it comes first."""
        found, has_duplicates = super().get_search_results(
            request, queryset, search_term
        )
        if not search_term:
            return found, has_duplicates
        is_code = Case(When(code__iexact=search_term.strip(), then=0), default=1)
        return found.order_by(is_code, *found.query.order_by), has_duplicates

    @admin.display(description=gettext_lazy("registrant"), ordering="last_name")
    def registrant(self, order: OrderView) -> str:
        return order.registrant_name or order.email or "-"

    @admin.display(description=gettext_lazy("conference"))
    def conference(self, order: Any) -> str:
        return order.conference_name or "-"

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def state(self, order: OrderView) -> SafeString:
        return cells.order_status(order.status)

    @admin.display(description=gettext_lazy("total"), ordering="total_amount")
    def total_money(self, order: OrderView) -> SafeString:
        return cells.money(order.total)

    @admin.display(description=gettext_lazy("placed"), ordering="placed_at")
    def placed(self, order: Any) -> SafeString:
        return cells.moment(order.placed_at, order.time_zone)

    @admin.display(description=gettext_lazy("needs attention"), ordering="attention")
    def case(self, order: OrderView) -> str:
        return capfirst(str(ATTENTION.get(order.attention, order.attention))) or "-"

    # The page of one order

    def details(self, request: HttpRequest, row: OrderView) -> dict[str, Any]:
        acts = may_act(request, row.organization_id)
        return _everything_about(row) | {
            "title": _("Order %s") % row.code,
            "steps": steps_for(row) if acts else [],
        }

    def get_urls(self) -> list[URLPattern]:
        steps = [
            path(
                f"<path:object_id>/{step.name}/",
                self.admin_site.admin_view(self.step_view),
                kwargs={"step": step},
                name=f"registrations_orderview_{step.name}",
            )
            for step in STEPS.values()
            if step.carry_out
        ]
        cancel = path(
            "<path:object_id>/cancel/",
            self.admin_site.admin_view(self.cancel_view),
            name="registrations_orderview_cancel",
        )
        then = path(
            "<path:object_id>/as-of/<int:position>/",
            self.admin_site.admin_view(self.then_view),
            name="registrations_orderview_then",
        )
        return [*steps, cancel, then, *super().get_urls()]

    @method_decorator(require_safe)
    def then_view(
        self, request: HttpRequest, object_id: str, position: int
    ) -> HttpResponse:
        """The order as it was just after one of the events of its history."""
        order = self.visible_or_404(request, object_id)
        history = order_history(order)
        places = [entry.position for entry in history]
        then = order_then(order.pk, position) if position in places else None
        if then is None:
            raise Http404
        at = places.index(position)
        context = {
            "title": _("Order %s as it was") % order.code,
            "conference": conference_view.conference_by_id(order.conference_id),
            "entry": history[at],
            "earlier": history[at - 1] if at else None,
            "later": history[at + 1] if at + 1 < len(history) else None,
            "lines": then.lines,
            "undecided": then.undecided,
            "seats": then.seats,
            "erased": erased(history[: at + 1]),
        }
        return self.page(request, THEN_TEMPLATE, then.order, context)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def step_view(
        self, request: HttpRequest, object_id: str, step: Step
    ) -> HttpResponse:
        """GET asks, POST does it; what the rules refuse is said on the order's page."""
        order = self.visible_or_404(request, object_id)
        if not may_act(request, order.organization_id):
            raise PermissionDenied
        form = NoteForm(request.POST or None) if step.wants_note else None
        is_posted = request.method == "POST"
        case = CaseForm(request.POST) if is_posted else CaseForm.of(order)
        if not case.is_valid():
            raise BadRequest
        if is_posted and (form is None or form.is_valid()):
            note = form.cleaned_data["note"] if form else ""
            self._carry_out(request, order, step, case, note)
            return HttpResponseRedirect(
                reverse("admin:registrations_orderview_change", args=[order.pk])
            )
        context = {
            "title": step.label,
            "step": step,
            "form": form,
            "about": case,
            "refunds": refunds_of_case(order),
        }
        return self.page(request, STEP_TEMPLATE, order, context)

    def _carry_out(
        self,
        request: HttpRequest,
        order: OrderView,
        step: Step,
        case: CaseForm,
        note: str,
    ) -> None:
        wish = Wish(
            order_id=order.pk,
            by=request.user.get_username(),
            now=timezone.now(),
            payment_id=case.cleaned_data["payment"],
            refund_ids=case.cleaned_data["refunds"],
            note=note,
        )
        try:
            if step.carry_out:
                step.carry_out(wish)
        except (DomainError, payments.PaymentError) as refusal:
            messages.error(request, str(refusal))
            return
        self.log_change(request, order, str(step.label))
        messages.success(request, step.done)


def _everything_about(order: OrderView) -> dict[str, Any]:
    returned = order.payment_returned
    labels = {one.code: one.label for one in payments.providers()}
    history = order_history(order)
    return {
        "attention": ATTENTION.get(order.attention, order.attention),
        "returned_because": RETURNED_BECAUSE.get(returned, returned),
        "conference": conference_view.conference_by_id(order.conference_id),
        "lines": order.line_rows.order_by("position"),
        "payments": [
            {
                "payment": payment,
                "provider": labels.get(payment.provider, payment.provider),
                "refunds": payments.refunds_of(payment.pk),
            }
            for payment in payments.payments_of(order.pk)
        ],
        "documents": documents_of(order.pk),
        "seats": order_seats.seats_of(order.pk),
        "notifications": Notification.objects.filter(order_id=order.pk).order_by("pk"),
        "history": history,
        "erased": erased(history),
    }
