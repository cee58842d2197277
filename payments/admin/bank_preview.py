"""What confirming a statement would do, before anybody does it."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from django.core.paginator import Page, Paginator

from payments.bank import invoices, progress
from payments.bank.matching import Outcome, State, Verdict, verdict
from payments.models import BankStatement, BankTransfer

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Row:
    transfer: BankTransfer
    verdict: Verdict

    @property
    def trouble(self) -> str:
        return str(BankTransfer.Trouble(self.verdict.trouble.value).label)

    @property
    def code(self) -> str:
        """Of the order, where it is clear which."""
        codes = {finding.invoice.code for finding in self.verdict.findings}
        return codes.pop() if len(codes) == 1 else ""


@dataclass(frozen=True, slots=True)
class Preview:
    page: Page[Row]
    counts: dict[str, int]


def preview(statement: BankStatement, number: Any) -> Preview:
    """As it would be now, in the order in which it would be done."""
    waiting = statement.transfers.filter(status=BankTransfer.Status.WAITING)
    book = invoices.book_of(statement.organization_id, progress.names)
    rows = []
    for transfer in waiting.order_by("booked_on", "pk"):
        found = verdict(invoices.entry_of(transfer), book)
        if found.match:
            book.keep(replace(found.match, state=State.PAID_BY_TRANSFER))
        rows.append(Row(transfer, found))
    # What somebody will have to decide is worth reading first.
    rows.sort(key=lambda row: row.verdict.outcome is Outcome.MATCHED)
    counts = Counter(row.verdict.outcome.value for row in rows)
    return Preview(Paginator(rows, ON_A_PAGE).get_page(number), dict(counts))
