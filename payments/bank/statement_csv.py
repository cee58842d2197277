"""Statements as CSV: every bank has its own, found out by the headers."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from payments.bank import amounts, csv_days, texts
from payments.bank.csv_columns import Columns, columns
from payments.bank.entries import NO_REFERENCE, StatementEntry, StatementInvalid

DELIMITERS = (";", ",", "\t")
# Banks write a few lines about the account above the headers.
HEADER_WITHIN = 30
CREDIT = frozenset({"h", "haben", "c", "cr", "crdt", "credit", "gutschrift", "+"})
DEBIT = frozenset({"s", "soll", "d", "dr", "dbit", "debit", "lastschrift", "-"})
SIGNS = {"€": "EUR", "£": "GBP", "EURO": "EUR"}
_CODE = re.compile(r"[A-Z]{3}", re.ASCII)
PENDING = ("vorgemerkt", "vormerkung", "pending", "reverted", "declined", "failed")

Row = tuple[int, list[str]]


def read(
    content: bytes, *, account: str = "", currency: str = ""
) -> Iterator[StatementEntry]:
    """The booked movements in the file's order. Raises StatementInvalid.

    `account` and `currency` are what the organizer says of the file; they count where
    it does not say so itself.
    """
    text = _decoded(content)
    rows, header, at = _table(text)
    filled = [row for row in rows[at + 1 :] if any(row[1])]
    yield from _Sheet(header, filled, account, currency).entries()


def _decoded(content: bytes) -> str:
    for bom, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(bom):
            return content.decode(encoding, errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What Excel in Western Europe calls ANSI; it has a sign for nearly each byte.
        return content.decode("cp1252", errors="replace")


def _table(text: str) -> tuple[list[Row], Columns, int]:
    """All rows, what the columns mean, and which row says so."""
    for delimiter in DELIMITERS:
        rows = _rows(text, delimiter)
        for at, (_line, row) in enumerate(rows[:HEADER_WITHIN]):
            found = columns(row)
            if found.is_enough():
                return rows, found, at
    raise StatementInvalid(
        _(
            "No line with headers was found among the first %d. The file needs one that"
            " names at least the day of booking and the amount, for example: Date;"
            " Amount; Currency; Purpose; Name; IBAN."
        )
        % (HEADER_WITHIN)
    )


def _rows(text: str, delimiter: str) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[Row] = []
    line = 1
    try:
        for row in reader:
            rows.append((line, row))
            line = reader.line_num + 1
    except csv.Error as broken:
        message = _("Line %d cannot be read: is there a quotation mark too many?")
        raise StatementInvalid(message % line) from broken
    return rows


@dataclass(frozen=True)
class _Sheet:
    columns: Columns
    rows: Sequence[Row]
    account: str
    currency: str

    def entries(self) -> Iterator[StatementEntry]:
        days = (self._day_text(row) for _line, row in self.rows)
        is_month_first = csv_days.is_month_first(days)
        booked = [row for row in self.rows if not self._is_pending(row[1])]
        written = [self._amount(line, row) for line, row in booked]
        places = list(enumerate(parts for _sign, parts in written))
        if (wrong := amounts.contradicting(places)) is not None:
            line, row = booked[wrong]
            raise self._invalid(
                line,
                self._money_column(row),
                _("dots and commas are used otherwise than in the lines before"),
            )
        for place, (sign, parts) in zip(booked, written, strict=True):
            booked_on = self._day(*place, is_month_first=is_month_first)
            yield self._entry(place, booked_on, sign * parts.value)

    def _entry(self, place: Row, booked_on: date, amount: Decimal) -> StatementEntry:
        line, row = place
        text = self.columns.text
        own = texts.account(text("account", row)) or self.account
        purpose = " ".join(self.columns.texts("purpose", row))
        return StatementEntry(
            account=own,
            booked_on=booked_on,
            amount=amount,
            currency=self._currency(line, row),
            purpose=texts.line(purpose, texts.LONGEST_PURPOSE),
            payer_name=texts.line(text("name", row), texts.LONGEST_NAME),
            payer_iban=texts.account(text("iban", row)),
            end_to_end=_reference(text("end_to_end", row)),
            bank_reference=_reference(text("bank_reference", row)),
        )

    def _is_pending(self, row: list[str]) -> bool:
        said = self.columns.text("status", row).casefold()
        return any(word in said for word in PENDING)

    def _day_text(self, row: list[str]) -> str:
        return self.columns.text("date", row) or self.columns.text("value_date", row)

    def _day(self, line: int, row: list[str], *, is_month_first: bool) -> date:
        said = self._day_text(row)
        try:
            return csv_days.day(said, is_month_first=is_month_first)
        except ValueError:
            kind = "date" if "date" in self.columns.places else "value_date"
            what = _("“%s” is no day. Write it like 2026-11-21 or 21.11.2026")
            raise self._invalid(line, kind, what % said[:40]) from None

    def _currency(self, line: int, row: list[str]) -> str:
        said = self.columns.text("currency", row).upper()
        found = SIGNS.get(said, said) or self.columns.currency or self.currency
        if not found:
            raise StatementInvalid(
                _("The file does not say which currency it is in: write it below.")
            )
        if _CODE.fullmatch(found) is None:
            what = _("“%s” is no currency. Write a code such as EUR")
            raise self._invalid(line, "currency", what % found[:40])
        return found

    def _amount(self, line: int, row: list[str]) -> tuple[int, amounts.Written]:
        """The sign, and what is written; one of the columns of money has something."""
        kind = self._money_column(row)
        said = self.columns.text(kind, row)
        try:
            parts = amounts.written(said, self._currency(line, row))
        except amounts.NoAmount:
            what = _("“%s” is no amount. Write it like 1.234,56 or 1,234.56")
            raise self._invalid(line, kind, what % said[:40]) from None
        if kind == "debit":
            # Some banks write a minus there as well.
            return (1 if parts.value < 0 else -1), parts
        return self._direction(line, row), parts

    def _money_column(self, row: list[str]) -> str:
        kinds = [kind for kind in ("amount", "credit", "debit") if self._has(kind)]
        filled = (kind for kind in kinds if self.columns.text(kind, row))
        return next(filled, kinds[0])

    def _has(self, kind: str) -> bool:
        return kind in self.columns.places

    def _direction(self, line: int, row: list[str]) -> int:
        said = self.columns.text("direction", row).casefold()
        if said in DEBIT:
            return -1
        if said and said not in CREDIT:
            what = _("“%s” says neither credit nor debit")
            raise self._invalid(line, "direction", what % said[:40])
        return 1

    def _invalid(self, line: int, kind: str, what: str) -> StatementInvalid:
        place = _("Line %(line)d, column “%(column)s”: %(what)s.")
        column = self.columns.title(kind)
        values = {"line": line, "column": column, "what": what}
        return StatementInvalid(place % values)


def _reference(text: str) -> str:
    said = texts.line(text, texts.LONGEST_REFERENCE)
    return "" if said.upper() in NO_REFERENCE else said
