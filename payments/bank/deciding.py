"""Carrying out what matching says: one transfer, one transaction.

Whatever is repeated, killed or done by two at once: one UPDATE from "waiting" decides
who does it, and a payment is completed once. What is not a match opens a case.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from payments import cases, transitions
from payments.bank import invoices
from payments.bank.matching import Book, Names, Outcome, Verdict, nobody, verdict
from payments.models import BankStatement, BankTransfer, Case

logger = logging.getLogger(__name__)

Status = BankTransfer.Status
MOST_ATTEMPTS = 3


class _Overtaken(Exception):
    """Payment or transfer have changed since they were looked up."""


def work_through(
    statement_id: UUID,
    *,
    now: datetime,
    names: Names = nobody,
    may_go_on: Callable[[], bool] = lambda: True,
) -> int:
    """Decide about the waiting transfers of a confirmed statement; how many are left.

    Outside any transaction: whatever is done when it is stopped stays done.
    """
    statement = BankStatement.objects.filter(
        pk=statement_id, confirmed_at__isnull=False
    ).first()
    if statement is None:
        return 0
    waiting = list(
        statement.transfers.filter(status=Status.WAITING)
        .order_by("booked_on", "pk")
        .values_list("pk", flat=True)
    )
    book = invoices.book_of(statement.organization_id, names) if waiting else None
    left = len(waiting)
    for transfer_id in waiting:
        if book is None or not may_go_on():
            break
        try:
            decide(transfer_id, book, by=statement.confirmed_by, now=now)
        except Exception:
            # A lock that did not come free in time, say. The others go on, and this
            # one waits for the next round.
            logger.exception("Transfer %s could not be decided about", transfer_id)
        else:
            left -= 1
    return left


def decide(transfer_id: UUID, book: Book, *, by: str, now: datetime) -> None:
    """Match it or open a case, unless somebody has decided about it already."""
    for _attempt in range(MOST_ATTEMPTS):
        transfer = BankTransfer.objects.filter(
            pk=transfer_id, status=Status.WAITING
        ).first()
        if transfer is None:
            return
        found = verdict(invoices.entry_of(transfer), book)
        try:
            _carry_out(transfer, found, by=by, now=now)
        except _Overtaken:
            _look_again(book, found)
        else:
            _look_again(book, found)
            return
    logger.error("Transfer %s was overtaken each time", transfer_id)


@transaction.atomic
def _carry_out(
    transfer: BankTransfer, found: Verdict, *, by: str, now: datetime
) -> None:
    if found.match is None:
        _show(transfer, found, now=now)
        return
    payment_id = found.match.payment_id
    if not transitions.complete(
        payment_id,
        now=now,
        provider_reference=transfer.bank_reference,
        marked_by=by,
    ):
        raise _Overtaken
    claimed = BankTransfer.objects.filter(pk=transfer.pk, status=Status.WAITING).update(
        status=Status.MATCHED, payment=payment_id, decided_by=by, decided_at=now
    )
    if not claimed:
        # It was thrown away, or pays something else: then it does not pay this.
        raise _Overtaken


def _show(transfer: BankTransfer, found: Verdict, *, now: datetime) -> None:
    claimed = BankTransfer.objects.filter(pk=transfer.pk, status=Status.WAITING).update(
        status=found.outcome.value, trouble=found.trouble.value
    )
    if not claimed:
        return
    about = {}
    orders = {finding.invoice.order_id for finding in found.findings}
    if found.outcome is not Outcome.UNMATCHED and len(orders) == 1:
        about["order_id"] = orders.pop()
    trouble = BankTransfer.Trouble(found.trouble.value)
    cases.open_case(
        Case.Kind.UNMATCHED_TRANSFER,
        subject=str(transfer.pk),
        now=now,
        # Nothing of the payer: the transfer has it, and an erasure finds it there.
        note=f"{transfer}: {trouble.label}",
        organization_id=transfer.organization_id,
        **about,
    )


def _look_again(book: Book, found: Verdict) -> None:
    """The next transfer meets the payments as this one left them."""
    for finding in found.findings:
        if current := invoices.invoice(finding.invoice.payment_id):
            book.keep(current)
