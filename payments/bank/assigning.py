"""What organizers decide about a transfer that was not a match. Each once.

One UPDATE from "to decide" says who was first; the payment, the transfer and its case
change in one transaction.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from payments import cases, money, transitions
from payments.bank import invoices
from payments.errors import PaymentError, PaymentNotFound
from payments.models import BankTransfer, Case, Payment

Status = BankTransfer.Status


class TransferDecided(PaymentError):
    """Somebody was faster, or pressed twice."""

    code = "transfer-decided"


class TransferNotAssignable(PaymentError):
    """It is no money that came in."""

    code = "transfer-not-assignable"


class PaymentHasMoney(PaymentError):
    """It is paid already, by another transfer or another way."""

    code = "payment-has-money"


class DifferenceNotAccepted(PaymentError):
    """The amount is another, and nobody said what to make of it."""

    code = "difference-not-accepted"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Which transfer, who says so, when, and what he says to it."""

    transfer_id: UUID
    by: str
    now: datetime
    note: str = ""


@transaction.atomic
def assign(decision: Decision, payment_id: UUID, *, accept: bool = False) -> Payment:
    """This is the money of that payment, which is completed with it.

    `accept`: also where the amount is another; then what was asked for counts as paid
    in full, and a case keeps the difference. A payment that was marked paid by hand
    before is only told which transfer it was.

    Raises PaymentNotFound, TransferDecided, TransferNotAssignable, PaymentHasMoney,
    DifferenceNotAccepted.
    """
    transitions.announce(payment_id)
    transfer, payment = _both(decision, payment_id)
    difference = _difference(transfer, payment)
    if difference and not accept:
        raise DifferenceNotAccepted(difference)
    note = "\n".join(filter(None, [difference, decision.note]))
    _claim(decision, Status.MATCHED, note=note, payment=payment)
    if payment.status not in Payment.TAKEN and not transitions.complete(
        payment_id,
        now=decision.now,
        provider_reference=transfer.bank_reference,
        marked_by=decision.by,
    ):
        raise PaymentHasMoney(_has_money())
    if difference:
        cases.about_payment(
            Case.Kind.AMOUNT_MISMATCH, payment, now=decision.now, note=difference
        )
    payment.refresh_from_db()
    return payment


@transaction.atomic
def take_as_it_is(decision: Decision, payment_id: UUID) -> Payment:
    """The payment is completed with what really came; the order decides what then.

    It sends the money back where it does not fit. Raises like `assign`.
    """
    transitions.announce(payment_id)
    transfer, payment = _both(decision, payment_id)
    if transfer.currency != payment.currency:
        raise DifferenceNotAccepted(_difference(transfer, payment))
    if not money.is_storable(transfer.amount):
        raise TransferNotAssignable(_("This is more than any payment can be."))
    _claim(decision, Status.MATCHED, note=decision.note, payment=payment)
    if not transitions.complete(
        payment_id,
        now=decision.now,
        received=transfer.amount,
        provider_reference=transfer.bank_reference,
        marked_by=decision.by,
    ):
        raise PaymentHasMoney(_has_money())
    payment.refresh_from_db()
    return payment


@transaction.atomic
def ignore(decision: Decision) -> None:
    """It is not for any order. Raises TransferDecided."""
    _claim(decision, Status.IGNORED, note=decision.note)


@transaction.atomic
def return_by_hand(decision: Decision) -> None:
    """Somebody has sent it back to who paid it. Raises TransferDecided."""
    _claim(decision, Status.RETURNED, note=decision.note)


def _both(decision: Decision, payment_id: UUID) -> tuple[BankTransfer, Payment]:
    """Both of one organization. Raises PaymentNotFound, TransferNotAssignable."""
    transfer = BankTransfer.objects.get(pk=decision.transfer_id)
    payment = (
        invoices.payable_by_transfer()
        .filter(pk=payment_id, organization_id=transfer.organization_id)
        .first()
    )
    if payment is None:
        raise PaymentNotFound(_("There is no such payment by bank transfer."))
    if transfer.amount < 0 or transfer.is_reversal:
        raise TransferNotAssignable(_("This is no money that came in and stayed."))
    return transfer, payment


def _claim(
    decision: Decision, status: str, *, note: str, payment: Payment | None = None
) -> None:
    undecided = BankTransfer.objects.filter(
        pk=decision.transfer_id, status__in=BankTransfer.TO_DECIDE
    )
    try:
        with transaction.atomic():
            claimed = undecided.update(
                status=status,
                payment=payment,
                decided_by=decision.by,
                decided_at=decision.now,
                note=note,
            )
    except IntegrityError as error:
        raise PaymentHasMoney(_has_money()) from error
    if not claimed:
        raise TransferDecided(_("This transfer was decided about already."))
    cases.settled(
        Case.Kind.UNMATCHED_TRANSFER,
        subject=str(decision.transfer_id),
        now=decision.now,
        by=decision.by,
        note=str(Status(status).label),
    )


def _difference(transfer: BankTransfer, payment: Payment) -> str:
    asked = (payment.requested_amount, payment.currency)
    came = (transfer.amount, transfer.currency)
    if asked == came:
        return ""
    return _("Asked for %(asked)s, came %(came)s.") % {
        "asked": money.formatted(*asked),
        "came": money.formatted(*came),
    }


def _has_money() -> str:
    return _("This payment has its money already.")
