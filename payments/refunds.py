"""Asking for refunds and settling them by hand.

Every refund reserves its share of the payment first, so that no two of them can
give back more than was taken. A refund that failed keeps its share: the provider
may have paid after all, and it can be retried, settled by hand or withdrawn.
"""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django_q.tasks import async_task

from payments import cases, money, refund_results, transitions
from payments.errors import PaymentError, PaymentNotFound
from payments.gateways import registry
from payments.models import ORGANIZER_REASON, Case, Payment, Refund
from payments.models.refund import REPEATABLE_REASONS
from payments.refund_shares import recount

# What each case is called when money goes back because of it (domain rules, section 7).
_CASES = {
    "seats-gone": Case.Kind.LATE,
    "already-paid": Case.Kind.PAID_TWICE,
    "amount-differs": Case.Kind.AMOUNT_MISMATCH,
    "order-cancelled-before": Case.Kind.NOT_NEEDED,
}


class PaymentNotRefundable(PaymentError):
    """No money came with this payment, or it has all gone back."""

    code = "payment-not-refundable"


class RefundTooLarge(PaymentError):
    """More than what is left of the payment."""

    code = "refund-too-large"


class InvalidAmount(PaymentError):
    """Not a positive amount of this currency."""

    code = "invalid-amount"


class RefundNotFound(PaymentError):
    """No refund has this id."""

    code = "refund-not-found"


class RefundNotFailed(PaymentError):
    """Only a refund that failed can be retried."""

    code = "refund-not-failed"


class RefundNotSettleable(PaymentError):
    """Only a refund that failed, or is to be settled by hand, can be settled."""

    code = "refund-not-settleable"


class MoneyNotKept(PaymentError):
    """No refund of the payment has failed, or another one may take money from it."""

    code = "money-not-kept"


@transaction.atomic
def request_refund(
    *, payment_id: UUID, amount: Decimal | None, reason: str, now: datetime
) -> Refund:
    """Reserve a refund and queue its execution in the caller's transaction.

    `amount` None means all that is left. Asked again with the same reason the first
    refund is returned, whatever its amount and state; only REPEATABLE_REASONS may be
    the reason of several refunds. Money that an order has no use for is a case for the
    organizer to see. Raises PaymentNotFound, PaymentNotRefundable, RefundTooLarge,
    InvalidAmount.
    """
    payment = _locked(payment_id)
    earlier = _earlier(payment, reason)
    if earlier is not None:
        return earlier
    if payment.status not in Payment.REFUNDABLE or not payment.refundable_amount:
        raise PaymentNotRefundable(_("There is no money of this payment to give back."))
    if reason in _CASES:
        cases.about_payment(_CASES[reason], payment, now=now)
    return _reserve(payment, amount=amount, reason=reason, now=now)


@transaction.atomic
def retry_refund(refund_id: UUID, *, by: str, now: datetime) -> Refund:
    """Try a failed refund again, with the same key.

    Raises RefundNotFound, RefundNotFailed.
    """
    refund = _existing(refund_id)
    transitions.announce(refund.payment_id)
    retried = Refund.objects.filter(pk=refund_id, status=Refund.Status.FAILED).update(
        status=Refund.Status.REQUESTED, attempts=0, error="", attempted_at=None
    )
    if not retried:
        raise RefundNotFailed(_("Only a refund that failed can be retried."))
    note = _("The refund is tried again.")
    cases.settled(
        Case.Kind.REFUND_FAILED, subject=str(refund_id), now=now, by=by, note=note
    )
    refund.refresh_from_db()
    queue(refund)
    return refund


@transaction.atomic
def settle_refund_by_hand(
    refund_id: UUID, *, by: str, now: datetime, note: str = ""
) -> Refund:
    """Take note that the organizer gave the money back himself.

    Raises RefundNotSettleable when there is nothing to settle (any more).
    """
    settled = refund_results.record_done(
        refund_id,
        expected=(Refund.Status.FAILED, Refund.Status.BY_HAND),
        now=now,
        settled_by=by,
        note=note,
    )
    refund = _existing(refund_id)
    if not settled:
        raise RefundNotSettleable(_("This refund is under way or done."))
    return refund


@transaction.atomic
def keep_money_of_failed_refund(payment_id: UUID, *, by: str, now: datetime) -> Payment:
    """Withdraw what failed to be given back: the payment keeps all of its money.

    The rows stay as a trace; their shares of the payment are free again. A provider
    that answered too late may have given the money back after all, and nobody here can
    know: whoever withdraws looks at the provider's account first. Should its yes still
    arrive, it is noted on the payment (`Attention.REFUNDED_AFTER_WITHDRAWAL`).

    Raises PaymentNotFound, and MoneyNotKept unless a refund has failed and every other
    one is withdrawn already.
    """
    transitions.announce(payment_id)
    payment = _locked(payment_id)
    refunds = list(Refund.objects.select_for_update().filter(payment=payment))
    failed = [one for one in refunds if one.status == Refund.Status.FAILED]
    others = {one.status for one in refunds} - {
        Refund.Status.FAILED,
        Refund.Status.WITHDRAWN,
    }
    if not failed or others:
        raise MoneyNotKept(_("Only money of a refund that failed can be kept."))
    Refund.objects.filter(pk__in=[one.pk for one in failed]).update(
        status=Refund.Status.WITHDRAWN, settled_by=by, withdrawn_at=now
    )
    recount(payment)
    _close_cases(payment, failed, by=by, now=now)
    payment.refresh_from_db()
    return payment


def _close_cases(
    payment: Payment, failed: list[Refund], *, by: str, now: datetime
) -> None:
    """Who keeps the money has seen why it was to go back as well."""
    note = _("The money is kept.")
    why = _CASES.values()
    cases.settled(*why, subject=str(payment.pk), now=now, by=by, note=note)
    for one in failed:
        subject = str(one.pk)
        cases.settled(
            Case.Kind.REFUND_FAILED, subject=subject, now=now, by=by, note=note
        )


@transaction.atomic
def refund_for_case(
    case_id: UUID,
    *,
    payment_id: UUID,
    amount: Decimal,
    by: str,
    note: str,
    now: datetime,
) -> Refund:
    """Give back what a case was about and close it, once whoever clicks twice.

    Raises CaseNotOpen and what `request_refund` raises.
    """
    transitions.announce(payment_id)
    _locked(payment_id)
    cases.close_case(case_id, by=by, note=note, now=now)
    return request_refund(
        payment_id=payment_id, amount=amount, reason=ORGANIZER_REASON, now=now
    )


def queue(refund: Refund) -> None:
    """The task's row commits or rolls back with the refund: the queue is a table."""
    async_task(
        "payments.tasks.carry_out_refund",
        refund_id=str(refund.pk),
        attempt=refund.attempts,
    )


def _locked(payment_id: UUID) -> Payment:
    # "no key": rows that refer to the payment may be written meanwhile.
    payment = (
        Payment.objects.select_for_update(no_key=True).filter(pk=payment_id).first()
    )
    if payment is None:
        raise PaymentNotFound(_("There is no such payment."))
    return payment


def _existing(refund_id: UUID) -> Refund:
    refund = Refund.objects.filter(pk=refund_id).first()
    if refund is None:
        raise RefundNotFound(_("There is no such refund."))
    return refund


def _earlier(payment: Payment, reason: str) -> Refund | None:
    if reason in REPEATABLE_REASONS:
        return None
    return Refund.objects.filter(payment=payment, reason=reason).first()


def _reserve(
    payment: Payment, *, amount: Decimal | None, reason: str, now: datetime
) -> Refund:
    wanted = payment.refundable_amount if amount is None else amount
    _check(payment, wanted)
    by_hand = registry.known(payment.provider).capabilities.refunds_by_hand
    refund = Refund.objects.create(
        payment=payment,
        amount=wanted,
        reason=reason,
        status=Refund.Status.BY_HAND if by_hand else Refund.Status.REQUESTED,
        requested_at=now,
    )
    recount(payment)
    if by_hand:
        cases.about_refund(Case.Kind.REFUND_BY_HAND, refund, now=now)
    else:
        queue(refund)
    return refund


def _check(payment: Payment, wanted: Decimal) -> None:
    if not wanted.is_finite() or wanted <= 0:
        raise InvalidAmount(_("The amount must be positive."))
    if wanted > payment.refundable_amount:
        raise RefundTooLarge(_("That is more than what is left of the payment."))
    is_rest = wanted == payment.refundable_amount
    if not is_rest and not money.is_payable(wanted, payment.currency):
        raise InvalidAmount(_("The amount has too many decimal places."))
