"""Organizers see what came in and went out, and take it away as a file."""

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from payments import refund_results
from payments import services as payments
from registrations.admin import ledger, ledger_files
from registrations.admin.ledger_files import guarded
from registrations.models import OrderView
from tests.registrations.admin.conftest import CANARY
from tests.registrations.admin.pages import page, read
from tests.registrations.conftest import NOW, Summit, minutes, pay

# Of the tests' moment in the conference's zone
MARCH = {"since": "2026-03-01", "until": "2026-03-31"}
# 10:00 UTC is 2:00 there.
AT = "2026-03-02T02:00:00-08:00"


def address(summit: Summit, name: str = "conference") -> str:
    return reverse(f"admin:registrations_ledgerentry_{name}", args=[summit.id])


CHOICE = "admin:registrations_ledgerentry_changelist"


@pytest.fixture
def taxed(make_summit, contoso) -> Summit:
    return make_summit(tax_name="VAT", tax_rate=Decimal(25))


@pytest.fixture
def moved(taxed) -> OrderView:
    """199.00 came in, 100.00 went back."""
    order = taxed.ready((taxed.general, 1))
    payment = pay(order.pk)
    refund = payments.request_refund(
        payment_id=payment.pk,
        amount=Decimal(100),
        reason=payments.ORGANIZER_REASON,
        now=NOW,
    )
    refund_results.record_done(
        refund.pk, expected=[refund.Status.REQUESTED], now=NOW + minutes(1)
    )
    return OrderView.objects.get(pk=order.pk)


def lines(client: Client, summit: Summit, **query: str) -> list[list[str]]:
    response = client.get(address(summit, "csv"), query)
    text = b"".join(response.streaming_content).decode()
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def workbook(client: Client, summit: Summit, **query: str) -> Any:
    response = client.get(address(summit, "xlsx"), query)
    return openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))


# The page


def test_opening_movements_closing(organizer, viewer, taxed, moved):
    for client in (organizer, viewer):
        shown = read(client, address(taxed), **MARCH)
        assert "USD $0.00 $99.00 $99.00" in shown
        assert "Sandbox, VAT 25 %, USD Opening $0.00 $0.00 $0.00" in shown
        assert "Charged 1 $159.20 $39.80 $199.00" in shown
        assert "Given back 1 -$80.00 -$20.00 -$100.00" in shown
        assert "Closing $79.20 $19.80 $99.00" in shown
        assert f"{moved.code} Sandbox VAT 25 % $159.20 $39.80 $199.00" in shown


def test_what_closed_one_period_opens_the_next(organizer, taxed, moved):
    shown = read(organizer, address(taxed), since="2026-04-01", until="2026-04-30")

    assert "USD $99.00 $0.00 $99.00" in shown
    assert "Opening $79.20 $19.80 $99.00 Closing $79.20 $19.80 $99.00" in shown
    assert "No money moved in this period." in shown


def test_days_are_those_of_the_conference(organizer, taxed):
    """The last minute of March there is April in UTC."""
    last = datetime(2026, 4, 1, 6, 59, tzinfo=UTC)
    pay(taxed.ready((taxed.general, 1), now=last).pk, now=last)

    assert "1 entry" in read(organizer, address(taxed), **MARCH)
    april = read(organizer, address(taxed), since="2026-04-01", until="2026-04-30")
    assert "No money moved in this period." in april


def test_the_period_of_today_is_this_month(organizer, taxed):
    response = organizer.get(address(taxed))

    shown = response.content.decode()
    assert "No money moved in this period." in shown
    today = datetime.now(tz=ZoneInfo("America/Los_Angeles"))
    assert f'value="{today:%Y-%m}-01"' in shown


@pytest.mark.parametrize(
    ("today", "since", "until"),
    [
        ("2026-02-14", "2026-02-01", "2026-02-28"),
        ("2028-02-29", "2028-02-01", "2028-02-29"),
        ("2026-12-31", "2026-12-01", "2026-12-31"),
    ],
)
def test_months(today, since, until):
    month = ledger.month_of(datetime.fromisoformat(today).date())

    assert {name: str(day) for name, day in month.items()} == {
        "since": since,
        "until": until,
    }


def test_periods_that_are_asked_for():
    named = ledger.suggested(datetime(2026, 1, 5, tzinfo=UTC).date())

    assert [(name, str(day["since"]), str(day["until"])) for name, day in named] == [
        ("This month", "2026-01-01", "2026-01-31"),
        ("Last month", "2025-12-01", "2025-12-31"),
        ("This year", "2026-01-01", "2026-12-31"),
    ]


@pytest.mark.parametrize(
    ("since", "until", "sentence"),
    [
        ("2026-03-02", "2026-03-01", "The last day cannot be before the first one."),
        ("yesterday", "2026-03-01", "Enter a valid date."),
        ("2026-03-01", "", "This field is required."),
        ("0001-01-01", "2026-03-01", "Enter a day between 2000 and 2999."),
        ("2026-03-01", "9999-12-31", "Enter a day between 2000 and 2999."),
    ],
)
def test_a_period_that_is_none(organizer, taxed, moved, since, until, sentence):
    shown = read(organizer, address(taxed), since=since, until=until)
    assert sentence in shown
    assert "Balance" not in shown

    for name in ("csv", "xlsx"):
        back = organizer.get(address(taxed, name), {"since": since, "until": until})
        assert back.status_code == 302
        assert back.url.startswith(f"{address(taxed)}?since=")


def test_all_days_there_are(organizer, taxed, moved):
    shown = read(organizer, address(taxed), since="2000-01-01", until="2999-12-31")

    assert "2 entries" in shown


def test_errors_are_told_to_those_who_hear_the_page(organizer, taxed):
    wrong = {"since": "2026-03-02", "until": "2026-03-01"}
    html = organizer.get(address(taxed), wrong).content.decode()

    assert html.count('id="id_until_error"') == 1
    assert 'aria-describedby="id_until_error"' in html


def test_entries_come_in_pages(organizer, taxed, monkeypatch, moved):
    monkeypatch.setattr(ledger, "ENTRIES_ON_A_PAGE", 1)

    first = read(organizer, address(taxed), **MARCH)
    second = read(organizer, address(taxed), **MARCH, page="2")
    assert ("Page 1 of 2" in first, "Page 2 of 2" in second) == (True, True)
    assert "-$100.00" in second.partition("entries")[2]
    assert "-$100.00" not in first.partition("entries")[2]


def test_more_entries_need_no_more_queries(organizer, taxed, moved):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            read(organizer, address(taxed), **MARCH)
        return len(captured)

    queries()
    few = queries()
    for _ in range(2):
        pay(taxed.ready((taxed.general, 1)).pk)

    assert queries() == few


def test_it_is_found_from_the_conference_and_the_index(organizer, taxed, moved):
    conference = organizer.get(page("conferenceview", taxed.id)).content.decode()
    assert f'href="{address(taxed)}"' in conference
    assert reverse(CHOICE) in organizer.get(reverse("admin:index")).content.decode()
    choice = organizer.get(reverse(CHOICE)).content.decode()
    assert f'href="{address(taxed)}"' in choice


def test_links_lead_to_the_order_and_its_payment(organizer, taxed, moved):
    html = organizer.get(address(taxed), MARCH).content.decode()

    (payment,) = payments.payments_of(moved.pk)
    for link in (
        page("orderview", moved.pk),
        reverse("admin:payments_payment_change", args=[payment.pk]),
    ):
        assert f'href="{link}"' in html
        assert organizer.get(link).status_code == 200


def test_without_conferences_there_is_nothing_to_choose(organizer, contoso):
    assert "There is no conference yet" in read(organizer, reverse(CHOICE))


# Whose it is


@pytest.mark.parametrize("name", ["conference", "csv", "xlsx"])
def test_ledgers_of_others_do_not_exist(organizer, nobody, client, foreign, name):
    for query in ({}, MARCH):
        assert organizer.get(address(foreign.summit, name), query).status_code == 404
    assert CANARY not in organizer.get(reverse(CHOICE)).content.decode()
    assert nobody.get(address(foreign.summit, name)).status_code == 403
    assert client.get(address(foreign.summit, name)).status_code == 302


def test_superusers_see_all(administrator, foreign, moved):
    choice = administrator.get(reverse(CHOICE)).content.decode()

    assert (CANARY in choice, "CQRS summit" in choice) == (True, True)
    assert "1 entry" in read(administrator, address(foreign.summit), **MARCH)


@pytest.mark.parametrize("name", ["conference", "csv", "xlsx"])
def test_nothing_can_be_changed(owner, taxed, name):
    assert owner.post(address(taxed, name), MARCH).status_code == 405


# The files


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
        response = organizer.get(address(taxed, name), MARCH)
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
