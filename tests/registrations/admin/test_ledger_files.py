"""The ledger of a period as a file says the same as the page, to every program."""

import csv
import io
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.test import Client

from payments import services as payments
from registrations.admin import ledger_files
from registrations.admin.ledger_files import guarded
from tests.registrations.admin.pages import MARCH, ledger
from tests.registrations.conftest import NOW, Summit, pay

# 10:00 UTC is 2:00 there.
AT = "2026-03-02T02:00:00-08:00"


def lines(client: Client, summit: Summit, **query: str) -> list[list[str]]:
    response: Any = client.get(ledger(summit.id, "csv"), query)
    text = b"".join(response.streaming_content).decode()
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def workbook(client: Client, summit: Summit, **query: str) -> Any:
    response: Any = client.get(ledger(summit.id, "xlsx"), query)
    return openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))


def test_csv(organizer, taxed, moved):
    titles, charge, refund = lines(organizer, taxed, **MARCH)
    (payment,) = payments.payments_of(moved.pk)
    (back,) = payments.refunds_of(payment.pk)

    assert titles == [
        *("Time (America/Los_Angeles)", "Movement", "Order", "Method", "Tax"),
        *("Rate in percent", "Net", "Tax amount", "Gross", "Currency"),
        *("Payment", "Reference"),
    ]
    assert charge == [
        *(AT, "Charged", moved.code, "Sandbox", "VAT", "25"),
        *("159.20", "39.80", "199.00", "USD", str(payment.pk), str(payment.pk)),
    ]
    assert refund[1:] == [
        *("Given back", moved.code, "Sandbox", "VAT", "25"),
        *("-80.00", "-20.00", "-100.00", "USD", str(payment.pk), str(back.pk)),
    ]


def test_files_are_named_after_conference_and_period(organizer, taxed, moved):
    for name in ("csv", "xlsx"):
        response = organizer.get(ledger(taxed.id, name), MARCH)
        list(response.streaming_content)
        assert response["Content-Disposition"] == (
            f'attachment; filename="ledger-cqrs-summit-2026-03-01-2026-03-31.{name}"'
        )


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_text_never_becomes_a_formula(organizer, make_summit, contoso, begin):
    name = f"{begin}cmd|' /C calc'!A0"
    summit = make_summit(tax_name=name.strip() or "x", tax_rate=Decimal(25))
    pay(summit.ready((summit.general, 1)).pk)

    [[*_, tax, _rate, net, _tax, _gross, _currency, _payment, _reference]] = lines(
        organizer, summit, **MARCH
    )[1:]
    assert not tax.startswith(("=", "+", "-", "@"))
    assert guarded(name) == f"'{name}"
    assert net == "159.20"
    sheet = workbook(organizer, summit, **MARCH).worksheets[1]
    assert (sheet["E2"].data_type, sheet["E2"].value) == ("s", name.strip())


def test_workbook_has_numbers_with_the_currency(organizer, taxed, moved):
    statement, entries = workbook(organizer, taxed, **MARCH).worksheets

    assert [cell.value for cell in entries[2]][:10] == [
        datetime(2026, 3, 2, 2, 0),  # noqa: DTZ001 as a clock there shows it
        *("Charged", moved.code, "Sandbox", "VAT", 25, 159.2, 39.8, 199, "USD"),
    ]
    assert entries["I3"].value == -100
    assert entries["I3"].number_format == "#,##0.00 [$USD]"
    told = [[cell.value for cell in row] for row in statement.iter_rows(min_row=7)]
    assert told == [
        ["USD", "Sandbox", "VAT", 25, "Opening", None, 0, 0, 0],
        ["USD", "Sandbox", "VAT", 25, "Charged", 1, 159.2, 39.8, 199],
        ["USD", "Sandbox", "VAT", 25, "Given back", 1, -80, -20, -100],
        ["USD", "Sandbox", "VAT", 25, "Closing", None, 79.2, 19.8, 99],
    ]


@pytest.mark.parametrize(
    ("currency", "price", "text", "number_format"),
    [
        ("JPY", "1500", "1500", "#,##0 [$JPY]"),
        ("KWD", "12.345", "12.345", "#,##0.000 [$KWD]"),
    ],
)
def test_places_are_those_of_the_currency(
    organizer, make_summit, contoso, currency, price, text, number_format
):
    summit = make_summit(currency=currency, prices=(price, price, price))
    pay(summit.ready((summit.general, 1)).pk)

    assert lines(organizer, summit, **MARCH)[1][8] == text
    sheet = workbook(organizer, summit, **MARCH).worksheets[1]
    assert (sheet["I2"].value, sheet["I2"].number_format) == (
        float(price),
        number_format,
    )


def test_an_empty_period_gives_empty_files(organizer, taxed):
    assert len(lines(organizer, taxed, **MARCH)) == 1
    statement, entries = workbook(organizer, taxed, **MARCH).worksheets
    assert (statement.max_row, entries.max_row) == (6, 1)


def test_more_rows_than_a_sheet_holds(organizer, taxed, monkeypatch):
    monkeypatch.setattr(ledger_files, "ROWS_OF_A_SHEET", 2)
    for number in range(5):
        at = NOW + timedelta(seconds=number)
        pay(taxed.ready((taxed.general, 1), now=at).pk, now=at)

    _statement, *sheets = workbook(organizer, taxed, **MARCH).worksheets
    assert [sheet.max_row - 1 for sheet in sheets] == [2, 2, 1]
