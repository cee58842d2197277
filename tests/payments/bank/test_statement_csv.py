"""Every bank has its own CSV: read by its headers, refused with line and column."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.bank import reading
from payments.bank.entries import StatementEntry, StatementInvalid
from tests.payments.bank.files import OURS, THEIRS, german


def read(content: bytes | str, **more: str) -> list[StatementEntry]:
    raw = content if isinstance(content, bytes) else content.encode()
    return list(reading.read(raw, **({"currency": "EUR"} | more)).entries)


def test_german_statement_in_the_encoding_of_old_windows():
    line = f"02.05.30;1.234,56;EUR;Teilnahme für ABC234;Jürgen Groß;{THEIRS}"
    assert read(german(line)) == [
        StatementEntry(
            account="",
            booked_on=date(2030, 5, 2),
            amount=Decimal("1234.56"),
            currency="EUR",
            purpose="Teilnahme für ABC234",
            payer_name="Jürgen Groß",
            payer_iban=THEIRS,
        )
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encoding_is_found_out(encoding):
    text = "Date,Amount,Currency,Purpose,Name\n2030-05-02,12.50,EUR,é,Jürgen Groß\n"
    assert [one.payer_name for one in read(text.encode(encoding))] == ["Jürgen Groß"]


@pytest.mark.parametrize("sign", [";", ",", "\t"])
def test_delimiter_is_found_out(sign):
    rows = [["Date", "Amount", "Currency", "Purpose"]]
    rows.append(["2030-05-02", "12.50", "EUR", '"a;b,c\td"'])
    text = "\n".join(sign.join(row) for row in rows)
    assert [(e.amount, e.purpose) for e in read(text)] == [
        (Decimal("12.50"), "a;b,c d")
    ]


def test_statement_of_a_savings_bank():
    head = (
        '"Auftragskonto";"Buchungstag";"Valutadatum";"Buchungstext";"Verwendungszweck";'
        '"Glaeubiger ID";"Mandatsreferenz";"Kundenreferenz (End-to-End)";'
        '"Sammlerreferenz";"Lastschrift Ursprungsbetrag";'
        '"Auslagenersatz Ruecklastschrift";"Beguenstigter/Zahlungspflichtiger";'
        '"Kontonummer/IBAN";"BIC (SWIFT-Code)";"Betrag";"Waehrung";"Info"\n'
    )
    paid = (
        f'"{OURS}";"02.05.30";"02.05.30";"GUTSCHRIFT";"ABC234 ";"";"";"E1";"";"";"";'
        f'"Registrant One";"{THEIRS}";"X";"199,00";"EUR";"Umsatz gebucht"\n'
    )
    pending = paid.replace("gebucht", "vorgemerkt")
    [found] = read(head + paid + pending)
    assert (found.account, found.payer_iban) == (OURS, THEIRS)
    assert (found.purpose, found.end_to_end) == ("ABC234", "E1")


def test_statement_with_lines_above_and_a_currency_in_the_header():
    text = (
        f'"Girokonto";"{OURS}"\n"Kontostand vom 02.05.2030:";"1.000,00 €"\n""\n'
        '"Buchungsdatum";"Status";"Zahlungspflichtige*r";"Verwendungszweck";'
        '"Betrag (€)"\n"02.05.30";"Gebucht";"Registrant One";"ABC234";"199,00"\n'
    )
    [found] = read(text, currency="")
    assert (found.amount, found.currency, found.payer_name) == (
        Decimal(199), "EUR", "Registrant One",
    )  # fmt: skip


def test_statement_with_columns_for_in_and_out():
    text = (
        "Posting Date,Description,Paid Out,Paid In\n"
        "05/13/2030,ABC234,,199.00\n05/02/2030,Rent,500.00,\n"
    )
    statement = reading.read(text.encode(), currency="GBP")
    [found] = statement.entries
    assert (found.booked_on, found.amount) == (date(2030, 5, 13), Decimal(199))
    assert (found.currency, statement.left_out) == ("GBP", 1)


def test_statement_that_says_credit_or_debit_in_a_column():
    text = "Datum;Betrag;Soll/Haben\n2.5.2030;7,00;S\n2.5.2030;8,00;H\n"
    assert [one.amount for one in read(text)] == [Decimal(8)]


def test_purpose_in_several_columns_is_put_together():
    text = "Datum;Betrag;Verwendungszweck 1;Verwendungszweck 2\n2.5.2030;8,00;AB;C234\n"
    assert [one.purpose for one in read(text)] == ["AB C234"]


def test_what_the_file_does_not_say_the_organizer_says():
    text = "Date;Amount\n2030-05-02;8.00\n"
    assert [(e.account, e.currency) for e in read(text, account=OURS)] == [
        (OURS, "EUR")
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Datum;Betrag\n2.5.2030;12,3x\n", "Line 2, column “Betrag”: “12,3x” is no am"),
        ("Datum;Betrag\n\n2.5.2030;\n", "Line 3, column “Betrag”: “” is no amount"),
        ("Datum;Betrag\n31.2.2030;1,00\n", "Line 2, column “Datum”: “31.2.2030” is no"),
        ('Datum;Betrag;Zweck\n2.5.2030;1,00;"a\nb"\nx;1,00;', "Line 4, column “Datum”"),
        ("Datum;Betrag\n2.5.2030;1.234\n2.5.2030;7.50", "Line 3.*otherwise than"),
        ("Datum;Betrag;Soll/Haben\n2.5.2030;1,00;?\n", "Line 2, column “Soll/Haben”"),
        ("Datum;Betrag;Währung\n2.5.2030;1,00;Taler\n", "“TALER” is no currency"),
        ("Datum;Zweck\n2.5.2030;x\n", "No line with headers"),
        ("", "No line with headers"),
        ("just words", "No line with headers"),
        ("Datum;Betrag\n", "no booked entries"),
        ('Datum;Betrag\n"' + "x" * 200_000, "Line 2 cannot be read"),
    ],
)
def test_refusal_names_the_line_and_the_column(text, sentence):
    with pytest.raises(StatementInvalid, match=sentence):
        read(text)


def test_currency_that_nobody_says_is_not_guessed():
    with pytest.raises(StatementInvalid, match="does not say which currency"):
        read("Date;Amount\n2030-05-02;8.00\n", currency="")


@given(st.binary(max_size=400))
def test_no_bytes_break_it(content):
    try:
        reading.read(content, currency="EUR")
    except StatementInvalid:
        return


@given(st.text(max_size=300))
def test_no_rows_below_good_headers_break_it(text):
    try:
        read("Date;Amount;Purpose;Currency\n" + text)
    except StatementInvalid:
        return
