"""The ledger of a period as files: CSV for programs, XLSX for people who calculate."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO, Any

from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from registrations.domain.values import minor_unit
from registrations.models.conference_view import ConferenceView
from registrations.models.ledger_entry import LedgerEntry
from registrations.queries import ledger

# Spreadsheets take a cell for a formula by its first character.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
BYTE_ORDER_MARK = "\ufeff"
# A worksheet has 1 048 576 rows; whoever has more gets another one.
ROWS_OF_A_SHEET = 1_000_000


class Line:
    """What csv.writer writes to: hands back what it is given."""

    def write(self, text: str) -> str:
        return text


def guarded(text: str) -> str:
    """As text also for a spreadsheet that opens the file."""
    return f"'{text}" if text.startswith(FORMULA) else text


def written(amount: Decimal, currency: str) -> Decimal:
    """With the currency's decimal places; with more where it has more."""
    rounded = amount.quantize(minor_unit(currency))
    return rounded if rounded == amount else amount.normalize()


def _kind_labels() -> dict[str, str]:
    return {str(kind.value): str(kind.label) for kind in LedgerEntry.Kind}


@dataclass(frozen=True, slots=True)
class LedgerFile:
    """The entries are read one after the other, however many there are."""

    conference: ConferenceView
    period: ledger.Period
    name: str
    methods: Mapping[str, str]
    # Translated once: for each row again it would take most of the time.
    kinds: Mapping[str, str] = field(default_factory=_kind_labels)

    def csv(self) -> Iterator[str]:
        """Commas between the columns and a point in the amounts (RFC 4180): one form
        for every program, whatever the language here; the mark at its beginning lets
        spreadsheets know that it is UTF-8."""
        writer = csv.writer(Line())
        yield BYTE_ORDER_MARK
        yield writer.writerow(self._titles())
        for entry in self._entries():
            yield writer.writerow(self._cells(entry))

    def _cells(self, entry: LedgerEntry) -> list[str]:
        return [
            self._local(entry.occurred_at).isoformat(timespec="seconds"),
            *map(guarded, self._texts(entry)),
            "" if entry.tax_rate is None else f"{entry.tax_rate.normalize():f}",
            *(f"{amount:f}" for amount in self._amounts(entry)),
            guarded(entry.currency),
            str(entry.payment_id),
            str(entry.reference_id),
        ]

    def _titles(self) -> list[str]:
        return [
            _("Time (%s)") % self.conference.time_zone,
            *(_("Movement"), _("Order"), _("Method"), _("Tax"), _("Rate in percent")),
            *(_("Net"), _("Tax amount"), _("Gross"), _("Currency")),
            *(_("Payment"), _("Reference")),
        ]

    def _texts(self, entry: LedgerEntry) -> list[str]:
        return [
            self.kinds[entry.kind],
            entry.order_code,
            str(self.methods.get(entry.method, entry.method)),
            entry.tax_name,
        ]

    def _amounts(self, entry: LedgerEntry) -> list[Decimal]:
        return [
            written(amount, entry.currency)
            for amount in (entry.net, entry.tax, entry.gross)
        ]

    def _entries(self) -> Iterator[LedgerEntry]:
        return ledger.each_entry(self.conference.pk, self.period)

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.conference.zone)

    # The workbook

    def xlsx(self) -> IO[bytes]:
        """A temporary file; it is gone when it is closed."""
        file = TemporaryFile()  # noqa: SIM115 whoever sends it closes it
        # Rows go to the disk when they are written; no text becomes a formula or link.
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "remove_timezone": True,
        }
        with Workbook(file, options) as workbook:
            formats = Formats(workbook)
            self._write_statement(workbook.add_worksheet(_("Statement")), formats)
            self._write_entries(workbook, formats)
        file.seek(0)
        return file

    def _write_statement(self, sheet: Any, formats: "Formats") -> None:
        sheet.set_column(0, 5, 18)
        sheet.set_column(6, 8, 16)
        since, until = self._local(self.period.since), self._local(self.period.until)
        _write(sheet, 0, [self.conference.name], formats.title)
        _write(sheet, 1, [_("From"), since], formats.time)
        _write(sheet, 2, [_("Until before"), until], formats.time)
        _write(sheet, 3, [_("Time zone"), self.conference.time_zone])
        _write(sheet, 5, _statement_titles(), formats.title)
        told = ledger.statement(
            self.conference.pk, self.period.since, self.period.until
        )
        for row, (one, name, amounts) in enumerate(_statement_lines(told), start=6):
            account = one.account
            method = str(self.methods.get(account.method, account.method))
            head = [account.currency, method, account.tax_name, account.tax_rate]
            _write(sheet, row, [*head, name, amounts.count or None])
            figures = [amounts.net_amount, amounts.tax_amount, amounts.gross_amount]
            _write(sheet, row, figures, formats.money(account.currency), start=6)

    def _write_entries(self, workbook: Workbook, formats: "Formats") -> None:
        entries = self._entries()
        is_last = False
        while not is_last:
            sheet = workbook.add_worksheet()
            sheet.set_column(0, 0, 18)
            sheet.set_column(1, 9, 14)
            sheet.set_column(10, 11, 38)
            sheet.freeze_panes(1, 0)
            _write(sheet, 0, self._titles(), formats.title)
            is_last = self._fill(sheet, entries, formats)

    def _fill(
        self, sheet: Any, entries: Iterator[LedgerEntry], formats: "Formats"
    ) -> bool:
        """Whether all that is left found a place in this sheet."""
        for row in range(1, ROWS_OF_A_SHEET + 1):
            entry = next(entries, None)
            if entry is None:
                return True
            self._write_entry(sheet, row, entry, formats)
        return False

    def _write_entry(
        self, sheet: Any, row: int, entry: LedgerEntry, formats: "Formats"
    ) -> None:
        _write(sheet, row, [self._local(entry.occurred_at)], formats.time)
        _write(sheet, row, [*self._texts(entry), entry.tax_rate], start=1)
        money = formats.money(entry.currency)
        _write(sheet, row, self._amounts(entry), money, start=6)
        ids = [entry.currency, str(entry.payment_id), str(entry.reference_id)]
        _write(sheet, row, ids, start=9)


def _statement_titles() -> list[str]:
    return [
        *(_("Currency"), _("Method"), _("Tax"), _("Rate in percent")),
        *(_("Movement"), _("Count"), _("Net"), _("Tax amount"), _("Gross")),
    ]


def _statement_lines(
    told: ledger.Statement,
) -> Iterator[tuple[ledger.AccountStatement, str, ledger.Amounts]]:
    for one in told.accounts:
        for name, amounts in one.lines:
            yield one, name, amounts


class Formats:
    """How cells look; a workbook has each format once."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self.title = workbook.add_format({"bold": True})
        self.time = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._money: dict[str, Any] = {}

    def money(self, currency: str) -> Any:
        """With as many decimal places as the currency has, and its name."""
        if currency not in self._money:
            places = -int(minor_unit(currency).as_tuple().exponent)
            zeros = f".{'0' * places}" if places else ""
            self._money[currency] = self.workbook.add_format(
                {"num_format": f"#,##0{zeros} [${currency}]"}
            )
        return self._money[currency]


def _write(
    sheet: Any, row: int, cells: Sequence[Any], format: Any = None, *, start: int = 0
) -> None:
    """Each by its kind: text never becomes anything else, and None is nothing."""
    for column, cell in enumerate(cells, start):
        match cell:
            case None:
                continue
            case datetime():
                sheet.write_datetime(row, column, cell.replace(tzinfo=None), format)
            case Decimal() | int():
                sheet.write_number(row, column, cell, format)
            case _:
                sheet.write_string(row, column, cell, format)
