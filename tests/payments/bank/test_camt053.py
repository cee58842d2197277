"""The banks' XML: every version, every kind of entry, and files made to harm."""

import time
import tracemalloc
from datetime import date
from decimal import Decimal

import pytest

from payments.bank import reading
from payments.bank.entries import StatementEntry, StatementInvalid
from tests.payments.bank.files import OURS, THEIRS, VERSIONS, camt, details, entry

BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE bomb [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;">
<!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;">]>
<Document><BkToCstmrStmt>&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;</BkToCstmrStmt></Document>"""


def read(content: bytes) -> list[StatementEntry]:
    return list(reading.read(content).entries)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_is_read(version):
    paid = details(
        "ABC234 for the summit", version=version, end_to_end="E2E7", reference="R1"
    )
    assert read(camt(entry("199.00", paid, version=version), version=version)) == [
        StatementEntry(
            account=OURS,
            booked_on=date(2030, 5, 2),
            amount=Decimal("199.00"),
            currency="EUR",
            purpose="ABC234 for the summit",
            payer_name="Registrant One",
            payer_iban=THEIRS,
            end_to_end="E2E7",
            bank_reference="R1",
        )
    ]


def test_what_is_not_booked_is_left_out():
    pending = entry("7.00", details("ABC234"), status="PDNG")
    assert [one.amount for one in read(camt(pending, entry("8.00")))] == [Decimal(8)]


def test_what_went_out_is_left_out_and_counted():
    statement = reading.read(camt(entry("7.00", sign="DBIT"), entry("8.00")))
    assert [one.amount for one in statement.entries] == [Decimal(8)]
    assert statement.left_out == 1


def test_batch_is_taken_apart():
    batch = entry(
        "500.00",
        details("ABC234", amount="200.00"),
        details("XYZ789", amount="300.00", name="Registrant Two"),
    )
    found = [(one.amount, one.purpose, one.payer_name) for one in read(camt(batch))]
    assert found == [
        (Decimal(200), "ABC234", "Registrant One"),
        (Decimal(300), "XYZ789", "Registrant Two"),
    ]


@pytest.mark.parametrize("second", ["", "299.00"])
def test_batch_whose_parts_do_not_add_up_stays_whole(second):
    """Who paid how much of it cannot be told; the purposes are all shown."""
    batch = entry(
        "500.00", details("ABC234", amount="200.00"), details("XYZ789", amount=second)
    )
    found = [(one.amount, one.purpose, one.payer_name) for one in read(camt(batch))]
    assert found == [(Decimal(500), "ABC234 XYZ789", "")]


@pytest.mark.parametrize(("sign", "amount"), [("DBIT", "-199"), ("CRDT", "199")])
def test_reversal_is_told_apart(sign, amount):
    taken_back = entry(
        "199.00", details("ABC234"), sign=sign, extra="<RvslInd>true</RvslInd>"
    )
    [found] = read(camt(taken_back))
    assert (found.amount, found.is_reversal) == (Decimal(amount), True)
    assert not found.is_expected


def test_return_of_a_transfer_is_a_reversal():
    returned = entry(
        "199.00",
        details("ABC234", extra="<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"),
        sign="DBIT",
    )
    assert [one.is_reversal for one in read(camt(returned))] == [True]


def test_structured_remittance_is_part_of_the_purpose():
    structured = entry().replace(
        "</Ntry>",
        "<NtryDtls><TxDtls><RmtInf><Strd><CdtrRefInf><Ref>RF18ABC234</Ref></CdtrRefInf>"
        "<AddtlRmtInf>ABC234</AddtlRmtInf></Strd></RmtInf></TxDtls></NtryDtls></Ntry>",
    )
    assert [one.purpose for one in read(camt(structured))] == ["RF18ABC234 ABC234"]


def test_without_remittance_the_banks_words_are_the_purpose():
    said = entry().replace("</Ntry>", "<AddtlNtryInf>GIRO ABC234</AddtlNtryInf></Ntry>")
    assert [one.purpose for one in read(camt(said))] == ["GIRO ABC234"]


def test_other_accounts_and_times_are_read():
    other = camt(entry(day="2030-05-02")).replace(
        f"<IBAN>{OURS}</IBAN></Id></Acct>".encode(),
        b"<Othr><Id>12 34</Id></Othr></Id></Acct>",
    )
    other = other.replace(
        b"<BookgDt><Dt>2030-05-02<", b"<BookgDt><DtTm>2030-05-01T23:00:00+02:00<"
    ).replace(b"</Dt></BookgDt>", b"</DtTm></BookgDt>")
    assert [(e.account, e.booked_on) for e in read(other)] == [
        ("1234", date(2030, 5, 1))
    ]


def test_line_breaks_and_controls_do_not_survive():
    wrapped = entry("199.00", details("ABC\n   234\u0085x"))
    assert [one.purpose for one in read(camt(wrapped))] == ["ABC 234 x"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (BOMB, "document type or entities"),
        (
            b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
            "document type or entities",
        ),
        (b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><Document/>', "document type"),
        (camt(entry())[:-40], "Line "),
        (b"<Document/>", "no CAMT.053"),
        (b"<html><body>Log in</body></html>", "no CAMT.053"),
        (camt(entry()).replace(b"BkToCstmrStmt", b"BkToCstmrAcctRpt").replace(
            b"camt.053", b"camt.052"), "CAMT.052"),
        (camt(entry("12,50")), "Line 11: “12,50” is no amount"),
        (camt(entry("1e3")), "“1e3” is no amount"),
        (camt(entry("-5")), "“-5” is no amount"),
        (camt(entry("9" * 30)), "is no amount"),
        (camt(entry(currency="")), "currency"),
        (camt(entry()).replace(b"Amt>", b"Amd>").replace(b"<Amt ", b"<Amd "), "Amt"),
        (camt(entry(sign="OOPS")), "neither CRDT nor DBIT"),
        (camt(entry(day="2030-02-31")), "day of booking"),
        (camt(), "no booked entries"),
        (b"<" * 60, "Line 1"),
        (b"<a>" * 60, "this is no statement"),
        (b"\xff\xfe<\0\0", "XML"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "XML"),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_refused_with_a_sentence(content, sentence):
    with pytest.raises(StatementInvalid, match=sentence):
        reading.read(content)


def test_bomb_costs_nothing():
    """Not 70 megabytes; the control is a parser that expands it."""
    tracemalloc.start()
    begun = time.monotonic()
    with pytest.raises(StatementInvalid):
        reading.read(BOMB)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2_000_000
    assert time.monotonic() - begun < 2


def test_a_file_with_more_than_5_mb_is_not_even_looked_at():
    with pytest.raises(StatementInvalid, match="5 MB"):
        reading.read(b"<" + b" " * reading.MOST_BYTES)


def test_too_many_entries_are_refused(monkeypatch):
    monkeypatch.setattr(reading, "MOST_ENTRIES", 3)
    assert len(read(camt(entry(), entry(), entry()))) == 3
    with pytest.raises(StatementInvalid, match="more than 3 entries"):
        read(camt(entry(), entry(), entry(), entry()))


@pytest.mark.parametrize("mark", [b"PK\x03\x04", b"%PDF-1.7", b"\x1f\x8b\x08"])
def test_other_files_are_called_by_their_name(mark):
    with pytest.raises(StatementInvalid, match=r"packed|PDF"):
        reading.read(mark + b"rest")
