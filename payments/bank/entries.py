"""What a statement says of one movement, whatever the file's format."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from hashlib import sha256

# Values that banks write where they have none.
NO_REFERENCE = frozenset({"", "NONREF", "NOTPROVIDED", "NOTAVAILABLE", "NOREF"})


# Others' salaries stand in the same statement: more digits than a payment has.
TOO_MUCH = Decimal(10) ** 15
PLACES = 3


class StatementInvalid(Exception):
    """The file cannot be read; the sentence says where and what to do."""


@dataclass(frozen=True, kw_only=True)
class StatementEntry:
    """One booked movement on the organizer's account.

    `amount` is positive for money that came in. `is_reversal` marks what a bank took
    back or sent back: money came in and went again, or the other way round.
    `bank_reference` is the bank's own name of the movement, `end_to_end` the payer's.
    """

    account: str
    booked_on: date
    amount: Decimal
    currency: str
    purpose: str = ""
    payer_name: str = ""
    payer_iban: str = ""
    end_to_end: str = ""
    bank_reference: str = ""
    is_reversal: bool = False
    occurrence: int = 1

    @property
    def is_expected(self) -> bool:
        """Money that came in and stayed; everything else is not paid for an order."""
        return self.amount > 0 and not self.is_reversal

    @property
    def is_left_out(self) -> bool:
        """What the organizer paid, and lines without money; nobody waits for them."""
        return self.amount == 0 or (self.amount < 0 and not self.is_reversal)

    @property
    def likeness(self) -> tuple[str, ...]:
        """What tells it from others: the bank's reference, or else all it says."""
        when_and_what = (
            self.booked_on.isoformat(),
            f"{self.amount.normalize():f}",
            self.currency,
            str(self.is_reversal),
        )
        if self.bank_reference not in NO_REFERENCE:
            return (*when_and_what, "reference", self.bank_reference)
        return (
            *when_and_what,
            "values",
            self.payer_iban,
            _squeezed(self.payer_name),
            _squeezed(self.purpose),
            self.end_to_end,
        )

    @property
    def key(self) -> str:
        """The same for the same movement, in whatever statement it is listed."""
        parts = "\x1f".join((*self.likeness, str(self.occurrence)))
        return sha256(parts.encode()).hexdigest()


def numbered(entries: Iterable[StatementEntry]) -> list[StatementEntry]:
    """Tell apart movements that look the same: the first of a day, the second...

    A statement has whole days, so that one which overlaps counts in the same way.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    result = []
    for entry in entries:
        alike = (entry.account, *entry.likeness)
        seen[alike] += 1
        result.append(replace(entry, occurrence=seen[alike]))
    return result


def is_keepable(amount: Decimal) -> bool:
    """Whether a column takes this amount as it is."""
    if not amount.is_finite() or abs(amount) >= TOO_MUCH:
        return False
    return amount == round(amount, PLACES)


def _squeezed(text: str) -> str:
    """Banks break lines differently from one export to the next."""
    return "".join(text.split()).casefold()
