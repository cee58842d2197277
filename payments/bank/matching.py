"""Which payment a transfer is for. Pure: it is told what is known and answers.

Only what fits in code, amount and currency, and fits nothing else, is a match. All the
rest is a finding for a human, with the reasons that speak for it and against it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from payments.bank.codes import codes_in, hidden_codes_in, slips_in, slips_of
from payments.bank.entries import StatementEntry
from payments.bank.names import Directory, Person

MOST_FINDINGS = 10


class State(StrEnum):
    OPEN = "open"
    # It was given up, mostly because its order expired; money may come all the same.
    GIVEN_UP = "given-up"
    # Somebody said by hand that it was paid; its transfer is not known.
    MARKED_PAID = "marked-paid"
    PAID_BY_TRANSFER = "paid-by-transfer"

    @property
    def is_payable(self) -> bool:
        return self in {State.OPEN, State.GIVEN_UP}


class Reason(StrEnum):
    CODE = "code"
    CODE_HIDDEN = "code-hidden"
    CODE_SLIP = "code-slip"
    NAME = "name"
    AMOUNT = "amount"
    LESS = "less"
    MORE = "more"
    CURRENCY = "currency"
    GIVEN_UP = "given-up"
    MARKED_PAID = "marked-paid"
    ALREADY_PAID = "already-paid"


class Outcome(StrEnum):
    MATCHED = "matched"
    NEAR_MISS = "near_miss"
    DUPLICATE = "duplicate"
    UNMATCHED = "unmatched"


class Trouble(StrEnum):
    """Why a transfer is not a match, in one word for lists."""

    NONE = ""
    REVERSED = "reversed"
    SEVERAL = "several"
    DUPLICATE = "duplicate"
    MARKED_PAID = "marked-paid"
    LESS = "less"
    MORE = "more"
    CURRENCY = "currency"
    CODE_SLIP = "code-slip"
    NO_CODE = "no-code"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Invoice:
    """A payment by bank transfer, as far as matching asks."""

    payment_id: UUID
    order_id: UUID
    code: str
    amount: Decimal
    currency: str
    state: State


@dataclass(frozen=True)
class Finding:
    invoice: Invoice
    reasons: tuple[Reason, ...]

    @property
    def is_amount_right(self) -> bool:
        return Reason.AMOUNT in self.reasons


@dataclass(frozen=True)
class Verdict:
    outcome: Outcome
    trouble: Trouble = Trouble.NONE
    findings: tuple[Finding, ...] = ()

    @property
    def match(self) -> Invoice | None:
        return self.findings[0].invoice if self.outcome is Outcome.MATCHED else None


Names = Callable[[set[UUID]], Mapping[UUID, Person]]


def nobody(_order_ids: set[UUID]) -> Mapping[UUID, Person]:
    return {}


@dataclass
class Book:
    """The invoices of one organization, to be looked up by code, slip and amount."""

    invoices: Iterable[Invoice]
    names: Names = nobody
    by_code: dict[str, dict[UUID, Invoice]] = field(init=False)
    codes_by_slip: dict[str, set[str]] = field(init=False)
    payable: dict[tuple[Decimal, str], dict[UUID, Invoice]] = field(init=False)
    people: Directory = field(init=False, default_factory=Directory)
    asked: set[tuple[Decimal, str]] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        self.by_code = defaultdict(dict)
        self.codes_by_slip = defaultdict(set)
        self.payable = defaultdict(dict)
        for invoice in self.invoices:
            self.keep(invoice)

    def keep(self, invoice: Invoice) -> None:
        """As it is now; what was known of it before no longer counts."""
        if invoice.code not in self.by_code:
            for slip in slips_of(invoice.code):
                self.codes_by_slip[slip].add(invoice.code)
        self.by_code[invoice.code][invoice.payment_id] = invoice
        alike = self.payable[invoice.amount, invoice.currency]
        alike.pop(invoice.payment_id, None)
        if invoice.state.is_payable:
            alike[invoice.payment_id] = invoice

    def with_codes(self, codes: Iterable[str]) -> list[Invoice]:
        found = (self.by_code[code] for code in sorted(codes) if code in self.by_code)
        return [invoice for invoices in found for invoice in invoices.values()]

    def one_slip_away(self, text: str) -> list[Invoice]:
        slips = slips_in(text)
        found = (
            self.codes_by_slip[slip] for slip in slips if slip in self.codes_by_slip
        )
        return self.with_codes({code for codes in found for code in codes})

    def named_in(self, text: str, amount: Decimal, currency: str) -> list[Invoice]:
        """Of this amount and of somebody whom the text names.

        Who placed the orders is asked for once per amount.
        """
        alike = self.payable.get((amount, currency), {}).values()
        if (amount, currency) not in self.asked:
            self.asked.add((amount, currency))
            order_ids = {invoice.order_id for invoice in alike}
            for order_id, person in self.names(order_ids).items():
                self.people.add(order_id, person)
        found = self.people.named_in(text)
        return [one for one in alike if one.order_id in found] if found else []


def verdict(entry: StatementEntry, book: Book) -> Verdict:
    said = f"{entry.purpose} {entry.end_to_end}"
    coded = book.with_codes(codes_in(said))
    if not entry.is_expected:
        return _reversed(entry, coded)
    if coded:
        return _with_code(entry, coded)
    return _without_code(entry, said, book)


def _reversed(entry: StatementEntry, coded: list[Invoice]) -> Verdict:
    findings = _findings(entry, coded, Reason.CODE)
    outcome = Outcome.NEAR_MISS if findings else Outcome.UNMATCHED
    return Verdict(outcome, Trouble.REVERSED, findings)


def _with_code(entry: StatementEntry, coded: list[Invoice]) -> Verdict:
    findings = _findings(entry, coded, Reason.CODE)
    right = [one.invoice for one in findings if one.is_amount_right]
    if len({invoice.order_id for invoice in right}) > 1:
        return Verdict(Outcome.NEAR_MISS, Trouble.SEVERAL, findings)
    if payable := [invoice for invoice in right if invoice.state.is_payable]:
        # One that was given up counts only where none of the order is open.
        chosen = min(payable, key=lambda invoice: invoice.state is not State.OPEN)
        return Verdict(Outcome.MATCHED, findings=(_finding(entry, chosen),))
    if right:
        states = {invoice.state for invoice in right}
        if State.MARKED_PAID in states:
            return Verdict(Outcome.NEAR_MISS, Trouble.MARKED_PAID, findings)
        return Verdict(Outcome.DUPLICATE, Trouble.DUPLICATE, findings)
    return Verdict(Outcome.NEAR_MISS, _difference(findings), findings)


def _difference(findings: tuple[Finding, ...]) -> Trouble:
    reasons = findings[0].reasons
    if Reason.ALREADY_PAID in reasons:
        return Trouble.DUPLICATE
    if Reason.CURRENCY in reasons:
        return Trouble.CURRENCY
    return Trouble.LESS if Reason.LESS in reasons else Trouble.MORE


def _without_code(entry: StatementEntry, said: str, book: Book) -> Verdict:
    hidden = book.with_codes(hidden_codes_in(said))
    slipped = [one for one in book.one_slip_away(said) if one not in hidden]
    findings = [
        *_findings(entry, hidden, Reason.CODE_HIDDEN),
        *_findings(entry, slipped, Reason.CODE_SLIP),
    ]
    if findings:
        findings.sort(key=lambda finding: not finding.is_amount_right)
        return Verdict(
            Outcome.NEAR_MISS, Trouble.CODE_SLIP, tuple(findings[:MOST_FINDINGS])
        )
    named = _named(entry, book)
    if len(named) == 1:
        findings = list(_findings(entry, named, Reason.NAME))
        return Verdict(Outcome.NEAR_MISS, Trouble.NO_CODE, tuple(findings))
    if named:
        several = _findings(entry, named, Reason.NAME)
        return Verdict(Outcome.NEAR_MISS, Trouble.SEVERAL, several)
    return Verdict(Outcome.UNMATCHED, Trouble.UNKNOWN)


def _named(entry: StatementEntry, book: Book) -> list[Invoice]:
    """What costs as much and is of somebody whose name or address the transfer has."""
    text = f"{entry.payer_name} {entry.purpose}"
    return book.named_in(text, entry.amount, entry.currency)


def _findings(
    entry: StatementEntry, invoices: list[Invoice], found_by: Reason
) -> tuple[Finding, ...]:
    """The best first: what can still be paid, and of the right amount."""
    findings = [_finding(entry, invoice, found_by) for invoice in invoices]
    findings.sort(
        key=lambda one: (not one.invoice.state.is_payable, not one.is_amount_right)
    )
    return tuple(findings[:MOST_FINDINGS])


def _finding(
    entry: StatementEntry, invoice: Invoice, found_by: Reason = Reason.CODE
) -> Finding:
    reasons = [found_by, _of_amount(entry, invoice)]
    state = {
        State.GIVEN_UP: Reason.GIVEN_UP,
        State.MARKED_PAID: Reason.MARKED_PAID,
        State.PAID_BY_TRANSFER: Reason.ALREADY_PAID,
    }.get(invoice.state)
    return Finding(invoice, (*reasons, state) if state else tuple(reasons))


def _of_amount(entry: StatementEntry, invoice: Invoice) -> Reason:
    if entry.currency != invoice.currency:
        return Reason.CURRENCY
    if entry.amount == invoice.amount:
        return Reason.AMOUNT
    return Reason.LESS if entry.amount < invoice.amount else Reason.MORE
