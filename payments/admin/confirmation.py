"""Asking before money moves: what will happen to which payment, and what is odd."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from payments.admin import cells
from payments.admin.orders import OrderFacts, orders
from payments.admin.plans import Plan, Planner, Row, payment_of
from payments.admin.tenant import TenantPaymentAdmin, may_act, organization_of

# What one person can read before agreeing, and one form can carry.
MOST_ROWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that organizers do to chosen rows, and how it is asked."""

    action: str
    title: Any
    button: Any
    said: str
    plan: Planner
    carry_out: Callable[[Any], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One chosen row as the page shows it."""

    key: str
    name: SafeString
    order: SafeString
    details: OrderFacts | None
    plan: Plan


class ConfirmingAdmin(TenantPaymentAdmin):
    """Its money actions are asked first and done when the answer is posted."""

    def ask_or_act(
        self, request: HttpRequest, rows: QuerySet[Any], step: Step
    ) -> TemplateResponse | None:
        if "confirmed" in request.POST:
            self.act(request, rows, step.carry_out, said=step.said)
            return None
        chosen = list(rows[: MOST_ROWS + 1])
        if len(chosen) > MOST_ROWS:
            text = _("Choose %d at most.") % MOST_ROWS
            self.message_user(request, text, messages.ERROR)
            return None
        return self._ask(request, chosen, step)

    def _ask(
        self, request: HttpRequest, rows: list[Row], step: Step
    ) -> TemplateResponse:
        ids = {payment.order_id for row in rows if (payment := payment_of(row))}
        known = orders(self.admin_site, ids)
        questions = [self._question(request, row, known, step) for row in rows]
        context = self.admin_site.each_context(request) | {
            "title": step.title,
            "opts": self.opts,
            "step": step,
            "checkbox": ACTION_CHECKBOX_NAME,
            "agreeable": [one for one in questions if not one.plan.refusal],
            "refused": [one for one in questions if one.plan.refusal],
        }
        return TemplateResponse(request, "admin/payments/confirm.html", context)

    def _question(
        self,
        request: HttpRequest,
        row: Row,
        known: Mapping[UUID, OrderFacts],
        step: Step,
    ) -> Question:
        payment = payment_of(row)
        order = known.get(payment.order_id) if payment else None
        allowed = may_act(request, organization_of(row))
        refusal = Plan(refusal=_("Your role does not allow this."))
        return Question(
            key=str(row.pk),
            name=cells.page_link(row),
            order=(
                cells.order_link(payment.order_id, payment.reference)
                if payment
                else SafeString("-")
            ),
            details=order,
            plan=step.plan(row, order) if allowed else refusal,
        )
