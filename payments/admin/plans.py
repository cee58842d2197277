"""What a step would do to each chosen row, said before it is done."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from payments import money
from payments.admin.case_steps import GOES_BACK
from payments.admin.orders import OrderFacts
from payments.gateways import registry
from payments.gateways.base import Capabilities
from payments.models import Case, Payment, Refund


@dataclass(frozen=True, slots=True)
class Plan:
    """`refusal` says why nothing will happen; otherwise `effect` says what will."""

    effect: str = ""
    refusal: str = ""
    warning: str = ""


Row = Payment | Refund | Case
Planner = Callable[[Row, OrderFacts | None], Plan]


def mark_paid(row: Row, order: OrderFacts | None) -> Plan:
    payment = _certain(row)
    if not _capabilities(payment).paid_by_hand:
        return Plan(refusal=_("Only invoices can be marked paid."))
    if payment.status in Payment.TAKEN:
        return Plan(refusal=_("It is paid already."))
    if payment.status == Payment.Status.REJECTED:
        return Plan(refusal=_("This payment was rejected."))
    amount = money.formatted(payment.amount, payment.currency)
    warning = _why_not_confirmed(payment, order)
    effect = (
        _("%s is noted as received.")
        if warning
        else _("%s is noted as received and the order is confirmed.")
    )
    return Plan(effect=effect % amount, warning=warning)


def _why_not_confirmed(payment: Payment, order: OrderFacts | None) -> str:
    """What else than a confirmation would come of the money."""
    if order is None:
        return ""
    if order.status in {"confirmed", "cancelled"}:
        return _(
            "The order is closed (%s): the money is not expected any more and has to be"
            " given back."
        ) % (order.status_in_words)
    if (payment.amount, payment.currency) != (order.total, order.currency):
        return _(
            "The order costs %s: the amount differs, so that the order is not confirmed"
            " and the money has to be given back."
        ) % money.formatted(order.total, order.currency)
    if order.status == "expired":
        return _(
            "The order is closed (%s): it is confirmed only if its seats are still"
            " free, otherwise the money has to be given back."
        ) % (order.status_in_words)
    return ""


def refund_rest(row: Row, order: OrderFacts | None) -> Plan:
    payment = _certain(row)
    if payment.status not in Payment.REFUNDABLE or not payment.refundable_amount:
        return Plan(refusal=_("There is no money of this payment to give back."))
    amount = money.formatted(payment.refundable_amount, payment.currency)
    if _capabilities(payment).refunds_by_hand:
        effect = _(
            "A refund of %s is noted. You pay it by hand, then settle it under Refunds."
        )
    else:
        effect = _("The provider is told to give %s back.")
    warning = ""
    if order is not None and order.status == "confirmed":
        warning = _(
            "The order stays confirmed and keeps its seats. To give up the seats as"
            " well, cancel the order instead."
        )
    return Plan(effect=effect % amount, warning=warning)


def settle_by_hand(row: Row, order: OrderFacts | None) -> Plan:
    if not isinstance(row, Refund) or row.status not in {
        Refund.Status.FAILED,
        Refund.Status.BY_HAND,
    }:
        return Plan(refusal=_("This refund is under way or done."))
    amount = money.formatted(row.amount, row.payment.currency)
    return Plan(
        effect=_("%s is noted as given back. Nothing is paid by this: do it first.")
        % amount
    )


def see_case(row: Row, order: OrderFacts | None) -> Plan:
    if not isinstance(row, Case) or not row.is_open:
        return Plan(refusal=_("This case is closed already."))
    if row.kind not in GOES_BACK:
        return Plan(refusal=_("This one wants a decision: open it."))
    return Plan(effect=_("The case is closed. No money moves by this."))


def _certain(row: Row) -> Payment:
    payment = payment_of(row)
    assert payment is not None  # noqa: S101 asked of payments and refunds only
    return payment


def payment_of(row: Row) -> Payment | None:
    """None: a case of money that belongs to no payment of ours."""
    return row if isinstance(row, Payment) else row.payment


def _capabilities(payment: Payment) -> Capabilities:
    gateway = registry.GATEWAYS.get(payment.provider)
    return gateway.capabilities if gateway else Capabilities()
