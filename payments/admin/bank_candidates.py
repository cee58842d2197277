"""What a transfer may be for, as its page shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from payments.admin.orders import OrderFacts, orders
from payments.bank import invoices, progress
from payments.bank.matching import Finding, Reason, verdict
from payments.models import BankTransfer, Payment

REASONS = {
    Reason.CODE: _("The order code is right."),
    Reason.CODE_HIDDEN: _("The order code stands within other signs."),
    Reason.CODE_SLIP: _("The order code is one slip away from what was written."),
    Reason.NAME: _("The name or e-mail address of who ordered is in the transfer."),
    Reason.AMOUNT: _("The amount is right."),
    Reason.LESS: _("Less came than was asked for."),
    Reason.MORE: _("More came than was asked for."),
    Reason.CURRENCY: _("It came in another currency."),
    Reason.GIVEN_UP: _("The payment was given up, as its order had expired."),
    Reason.MARKED_PAID: _("It was marked paid by hand: perhaps for this transfer."),
    Reason.ALREADY_PAID: _("Another transfer has paid it already."),
}
SPEAKS_FOR = {Reason.CODE, Reason.AMOUNT, Reason.NAME}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One payment, why it is shown, and whether this transfer can be its money."""

    payment: Payment
    order: OrderFacts | None
    speaking_for: list[Any]
    speaking_against: list[Any]
    is_assignable: bool


def candidates(site: Any, transfer: BankTransfer, *, code: str) -> list[Candidate]:
    """What matching finds, or what somebody looks for by its code."""
    if code:
        findings = []
        wanted = _by_code(transfer, code)
    else:
        book = invoices.book_of(transfer.organization_id, progress.names)
        findings = list(verdict(invoices.entry_of(transfer), book).findings)
        wanted = [finding.invoice.payment_id for finding in findings]
    return _described(site, transfer, wanted, findings)


def candidate(site: Any, transfer: BankTransfer, payment: Payment) -> Candidate:
    return _described(site, transfer, [payment.pk], [])[0]


def _by_code(transfer: BankTransfer, code: str) -> list[UUID]:
    rows = invoices.payable_by_transfer().filter(
        organization_id=transfer.organization_id, reference__iexact=code.strip()
    )
    return list(rows.order_by("-started_at").values_list("pk", flat=True)[:20])


def _described(
    site: Any,
    transfer: BankTransfer,
    wanted: list[UUID],
    findings: Iterable[Finding],
) -> list[Candidate]:
    payments = Payment.objects.prefetch_related("transfers").in_bulk(wanted)
    facts = orders(site, {payment.order_id for payment in payments.values()})
    reasons = {finding.invoice.payment_id: finding.reasons for finding in findings}
    return [
        _one(transfer, payment, facts.get(payment.order_id), reasons.get(pk, ()))
        for pk in wanted
        if (payment := payments.get(pk))
    ]


def _one(
    transfer: BankTransfer,
    payment: Payment,
    order: OrderFacts | None,
    reasons: Iterable[Reason],
) -> Candidate:
    reasons = reasons or _plain_reasons(transfer, payment)
    return Candidate(
        payment=payment,
        order=order,
        speaking_for=[REASONS[one] for one in reasons if one in SPEAKS_FOR],
        speaking_against=[REASONS[one] for one in reasons if one not in SPEAKS_FOR],
        is_assignable=not payment.transfers.all()
        and not transfer.is_reversal
        and transfer.amount > 0,
    )


def _plain_reasons(transfer: BankTransfer, payment: Payment) -> list[Reason]:
    """For what was looked for by hand."""
    if transfer.currency != payment.currency:
        reasons = [Reason.CURRENCY]
    elif transfer.amount == payment.requested_amount:
        reasons = [Reason.AMOUNT]
    else:
        is_less = transfer.amount < payment.requested_amount
        reasons = [Reason.LESS if is_less else Reason.MORE]
    if payment.transfers.all():
        reasons.append(Reason.ALREADY_PAID)
    elif payment.status in Payment.TAKEN:
        reasons.append(Reason.MARKED_PAID)
    elif payment.status == Payment.Status.REJECTED:
        reasons.append(Reason.GIVEN_UP)
    return reasons
