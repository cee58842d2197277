"""What an organizer can do with an order: each step is asked and is one command."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from payments.services import Refund
from registrations.commands import payment
from registrations.models.order_view import OrderView


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("Note"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text=_("How it was settled, for the order's history."),
    )


class CaseForm(forms.Form):
    """What the page was about: pressed again, or late, it speaks of nothing else."""

    payment = forms.UUIDField(required=False, widget=forms.HiddenInput)
    refunds = forms.CharField(required=False, widget=forms.HiddenInput)

    @classmethod
    def of(cls, order: OrderView) -> "CaseForm":
        ids = ",".join(str(refund.pk) for refund in refunds_of_case(order))
        return cls({"payment": order.attention_payment_id, "refunds": ids})

    def clean_refunds(self) -> frozenset[UUID] | None:
        if "refunds" not in self.data:
            return None
        named = self.cleaned_data["refunds"].split(",")
        try:
            return frozenset(UUID(text) for text in named if text)
        except ValueError as error:
            raise forms.ValidationError("These are no refunds.") from error


def refunds_of_case(order: OrderView) -> list[Refund]:
    """What somebody may have given back by hand."""
    about = order.attention_payment_id
    return payment.settleable_by_hand(about) if about else []


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Who wants a step for which order and case, when, and what he says to it."""

    order_id: UUID
    by: str
    now: datetime
    payment_id: UUID | None = None
    refund_ids: frozenset[UUID] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`applies` decides where the button is shown; the command decides the rest."""

    name: str
    label: Any
    applies: Callable[[OrderView], bool]
    question: Any = ""
    done: Any = ""
    carry_out: Callable[[Wish], None] | None = None
    wants_note: bool = False


def _retry_refund(wish: Wish) -> None:
    payment.retry_refund(
        order_id=wish.order_id, by=wish.by, now=wish.now, payment_id=wish.payment_id
    )


def _confirm_over_quota(wish: Wish) -> None:
    payment.confirm_over_quota(order_id=wish.order_id, by=wish.by, now=wish.now)


def _settle_by_hand(wish: Wish) -> None:
    payment.settle_by_hand(
        order_id=wish.order_id,
        by=wish.by,
        note=wish.note,
        now=wish.now,
        payment_id=wish.payment_id,
        refund_ids=wish.refund_ids,
    )


def _is_confirmed(order: OrderView) -> bool:
    return order.status == OrderView.Status.CONFIRMED


def _needs_attention(order: OrderView) -> bool:
    return bool(order.attention)


def _refund_failed(order: OrderView) -> bool:
    return order.attention == "refund-failed"


def _is_expired_and_refund_failed(order: OrderView) -> bool:
    return _refund_failed(order) and order.status == OrderView.Status.EXPIRED


STEPS = {
    step.name: step
    for step in (
        # On pages of its own: see `registrations.admin.cancellation`.
        Step(name="cancel", label=_("Cancel order"), applies=_is_confirmed),
        Step(
            name="retry-refund",
            label=_("Retry refund"),
            question=_(
                "Ask the provider once more to give the money back? It is asked with"
                " the same key, so nothing is refunded twice."
            ),
            done=_("The refund is tried again."),
            applies=_refund_failed,
            carry_out=_retry_refund,
        ),
        Step(
            name="confirm-over-quota",
            label=_("Confirm over quota"),
            question=_(
                "Keep the money and confirm this order, although its seats may be sold"
                " to others already? Look at the provider's account first: a refund"
                " that was reported as failed may have been carried out after all."
            ),
            done=_("The order is confirmed."),
            applies=_is_expired_and_refund_failed,
            carry_out=_confirm_over_quota,
        ),
        Step(
            name="settle-by-hand",
            label=_("Settle by hand"),
            question=_(
                "Note that the money was given back by hand? Nothing is paid by this:"
                " do it first."
            ),
            done=_("The case is settled."),
            applies=_needs_attention,
            carry_out=_settle_by_hand,
            wants_note=True,
        ),
    )
}


def steps_for(order: OrderView) -> list[Step]:
    return [step for step in STEPS.values() if step.applies(order)]
