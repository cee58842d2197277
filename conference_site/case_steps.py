"""What can be done about a case by doing something with its order."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from payments.admin.case_steps import CaseStep, Wish, refunds_with
from payments.admin.orders import OrderFacts
from payments.models import Case, Refund
from payments.services import PaymentError
from registrations.commands import cancellation, payment
from registrations.domain.errors import DomainError
from registrations.queries import order_view

Kind = Case.Kind


class RefusedByOrder(PaymentError):
    """The order's rules do not allow it; said in the order's own words."""

    code = "refused-by-order"


def _has_come_late(case: Case, order: OrderFacts | None) -> bool:
    """A late payment that could not be given back: the order may get its seats yet."""
    if case.kind not in {Kind.LATE, Kind.REFUND_FAILED} or case.order_id is None:
        return False
    view = order_view.order(case.order_id)
    return (
        view is not None
        and view.status == view.Status.EXPIRED
        and view.attention == Kind.REFUND_FAILED
        and view.attention_payment_id == case.payment_id
        and bool(refunds_with(case, Refund.Status.FAILED))
    )


def _is_disputed_and_confirmed(case: Case, order: OrderFacts | None) -> bool:
    is_confirmed = order is not None and order.status == "confirmed"
    return case.kind == Kind.DISPUTED and is_confirmed


def _confirm_over_quota(wish: Wish) -> None:
    assert wish.case.order_id  # noqa: S101 the step applies to orders only
    try:
        payment.confirm_over_quota(
            order_id=wish.case.order_id, by=wish.by, now=wish.now
        )
    except DomainError as refusal:
        raise RefusedByOrder(str(refusal)) from refusal


def _cancel_without_refund(wish: Wish) -> None:
    assert wish.case.order_id  # noqa: S101 the step applies to orders only
    try:
        cancellation.cancel_as_organizer(
            cancellation.Wish(
                order_id=wish.case.order_id, by=wish.by, now=wish.now, note=wish.note
            ),
            refund=Decimal(0),
        )
    except DomainError as refusal:
        raise RefusedByOrder(str(refusal)) from refusal


STEPS = (
    CaseStep(
        name="confirm-over-quota",
        label=_("Confirm over quota"),
        question=_(
            "Keep the money and confirm this order, although its seats may be sold to"
            " others already? Look at the provider's account first: a refund that was"
            " reported as failed may have been carried out after all."
        ),
        done=_("The order is confirmed."),
        applies=_has_come_late,
        carry_out=_confirm_over_quota,
    ),
    CaseStep(
        name="cancel-without-refund",
        label=_("Cancel order without refund"),
        question=_(
            "Cancel the whole order and give nothing back, because the payer's bank"
            " has the money? Its seats go back on sale at once. This cannot be undone."
        ),
        done=_("The order is cancelled. Nothing is refunded."),
        applies=_is_disputed_and_confirmed,
        carry_out=_cancel_without_refund,
        takes_note=True,
    ),
)
