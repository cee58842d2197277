"""What an organizer can do about a case: each step is asked, and has effect once.

Steps that change orders come from the site (see `orders.case_steps`): this app does not
know orders.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from payments import services
from payments.admin.orders import OrderFacts
from payments.gateways import registry
from payments.models import ORGANIZER_REASON, Case, Refund

Kind = Case.Kind
Status = Refund.Status

# They settle themselves, or their refund has a case of its own: a look is enough.
GOES_BACK = {Kind.LATE, Kind.PAID_TWICE, Kind.AMOUNT_MISMATCH, Kind.NOT_NEEDED}
UNCLEAR = {
    Kind.CURRENCY_MISMATCH,
    Kind.ORDER_MISMATCH,
    Kind.REJECTED_AFTER_PAYMENT,
    Kind.REFUND_TWICE,
    Kind.DISPUTED,
}
OF_REFUNDS = {Kind.REFUND_FAILED, Kind.REFUND_BY_HAND}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Who wants a step for which case, when, and what he says to it."""

    case: Case
    by: str
    now: datetime
    note: str = ""
    amount: Decimal | None = None


Applies = Callable[[Case, OrderFacts | None], bool]


def always(case: Case, order: OrderFacts | None) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStep:
    """`applies` decides where the button is shown; the service decides the rest."""

    name: str
    label: Any
    question: Any
    done: Any
    applies: Applies
    carry_out: Callable[[Wish], object]
    takes_note: bool = False
    needs_note: Applies = always
    wants_amount: bool = False


def refunds_with(case: Case, *statuses: Refund.Status) -> list[Refund]:
    """Those the case is about; of a whole payment all of them."""
    about = [case.refund] if case.refund else []
    if case.refund is None and case.payment and case.kind in GOES_BACK:
        about = services.refunds_of(case.payment.pk)
    return [refund for refund in about if refund.status in statuses]


def _can_be_seen(case: Case, order: OrderFacts | None) -> bool:
    if case.kind == Kind.UNMATCHED_TRANSFER:
        return False
    waits = refunds_with(case, Status.FAILED, Status.BY_HAND)
    return case.kind in GOES_BACK or not waits


def _is_odd(case: Case, order: OrderFacts | None) -> bool:
    return case.kind not in GOES_BACK


def _can_be_asked(case: Case, order: OrderFacts | None) -> bool:
    gateway = registry.GATEWAYS.get(case.payment.provider) if case.payment else None
    by_hand = gateway is None or gateway.capabilities.paid_by_hand
    return case.kind in UNCLEAR | {Kind.REFUND_FAILED} and not by_hand


def _has_failed(case: Case, order: OrderFacts | None) -> bool:
    return bool(refunds_with(case, Status.FAILED))


def _waits_for_hands(case: Case, order: OrderFacts | None) -> bool:
    return bool(refunds_with(case, Status.FAILED, Status.BY_HAND))


def _can_be_kept(case: Case, order: OrderFacts | None) -> bool:
    """Only what the organizer himself wished to give back, for seats that are held."""
    if case.kind != Kind.REFUND_FAILED or order is None or case.payment is None:
        return False
    refunds = services.refunds_of(case.payment.pk)
    return order.status == "confirmed" and all(
        refund.status == Status.WITHDRAWN
        or (refund.status == Status.FAILED and refund.reason == ORGANIZER_REASON)
        for refund in refunds
    )


def _can_be_refunded(case: Case, order: OrderFacts | None) -> bool:
    payment = case.payment
    return bool(
        case.kind == Kind.REFUND_DISPUTED
        and payment
        and payment.status in payment.REFUNDABLE
        and payment.refundable_amount
    )


class NoteMissing(services.PaymentError):
    """A human decides, and others will want to know how."""

    code = "note-missing"


def see_at_once(case_id: UUID, *, by: str, now: datetime) -> None:
    """Close a case that needs no note. Raises CaseNotOpen, NoteMissing."""
    case = Case.objects.filter(pk=case_id).first()
    if case is not None and case.kind not in GOES_BACK:
        raise NoteMissing(_("This one wants a decision: open it."))
    services.close_case(case_id, by=by, note="", now=now)


def _see(wish: Wish) -> None:
    services.close_case(wish.case.pk, by=wish.by, note=wish.note, now=wish.now)


def _ask(wish: Wish) -> None:
    assert wish.case.payment_id  # noqa: S101 the step applies to payments only
    services.ask_again(wish.case.payment_id, now=wish.now)


def _retry(wish: Wish) -> None:
    for refund in _those(wish, Status.FAILED):
        services.retry_refund(refund.pk, by=wish.by, now=wish.now)


def _settle(wish: Wish) -> None:
    for refund in _those(wish, Status.FAILED, Status.BY_HAND):
        services.settle_refund_by_hand(
            refund.pk, by=wish.by, now=wish.now, note=wish.note
        )


def _those(wish: Wish, *statuses: Refund.Status) -> list[Refund]:
    """Raises CaseNotOpen: what there was to do was done meanwhile."""
    found = refunds_with(wish.case, *statuses)
    if not found:
        raise services.CaseNotOpen(_("This refund is under way or done."))
    return found


def _keep(wish: Wish) -> None:
    assert wish.case.payment_id  # noqa: S101 the step applies to payments only
    services.keep_money_of_failed_refund(wish.case.payment_id, by=wish.by, now=wish.now)


def _give_back(wish: Wish) -> None:
    assert wish.case.payment_id and wish.amount  # noqa: S101, PT018 asked by the form
    services.refund_for_case(
        wish.case.pk,
        payment_id=wish.case.payment_id,
        amount=wish.amount,
        by=wish.by,
        note=wish.note,
        now=wish.now,
    )


STEPS = (
    CaseStep(
        name="retry-refund",
        label=_("Retry refund"),
        question=_(
            "Ask the provider once more to give the money back? It is asked with the"
            " same key, so nothing is refunded twice."
        ),
        done=_("The refund is tried again."),
        applies=_has_failed,
        carry_out=_retry,
    ),
    CaseStep(
        name="settle-by-hand",
        label=_("Settle by hand"),
        question=_(
            "Note that the money was given back by hand? Nothing is paid by this: do"
            " it first."
        ),
        done=_("The refund is settled."),
        applies=_waits_for_hands,
        carry_out=_settle,
        takes_note=True,
    ),
    CaseStep(
        name="keep-money",
        label=_("Keep the money"),
        question=_(
            "Withdraw the refund, so that the order keeps its seats and you keep the"
            " money? Look at the provider's account first: a refund that was reported"
            " as failed may have been carried out after all."
        ),
        done=_("The refund is withdrawn and the money kept."),
        applies=_can_be_kept,
        carry_out=_keep,
    ),
    CaseStep(
        name="give-back",
        label=_("Give money back"),
        question=_("Give back what was held up by the dispute?"),
        done=_("The refund is requested and the case closed."),
        applies=_can_be_refunded,
        carry_out=_give_back,
        takes_note=True,
        wants_amount=True,
    ),
    CaseStep(
        name="ask-again",
        label=_("Ask the provider again"),
        question=_(
            "Ask the provider what became of this payment, and apply what it answers?"
            " Nothing is paid by this; asking several times does no harm."
        ),
        done=_("The provider was asked: the answer stands in the story below."),
        applies=_can_be_asked,
        carry_out=_ask,
    ),
    CaseStep(
        name="seen",
        label=_("Mark as seen"),
        question=_(
            "Close this case? No money moves by this. It opens again by itself should"
            " the same thing happen once more."
        ),
        done=_("The case is closed."),
        applies=_can_be_seen,
        carry_out=_see,
        takes_note=True,
        needs_note=_is_odd,
    ),
)
