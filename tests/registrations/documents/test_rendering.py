"""The PDF of a document: read back as a reader's program and a camera would."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from pypdf import PdfReader

from registrations.documents.content import Account, Content, Line, Party, dump, load
from registrations.documents.rendering import rendered
from registrations.domain.tax_parts import TaxPart

ACCOUNT = Account(
    holder="Contoso Conferences", iban="DE89370400440532013000", bic="COBADEFFXXX"
)


def line(name: str, *, quantity: int = 1, price: str = "119.00") -> Line:
    gross = Decimal(price) * quantity
    net = (gross / Decimal("1.19")).quantize(Decimal("0.01"))
    return Line(
        name=name,
        quantity=quantity,
        unit_price=Decimal(price),
        unit_price_includes_tax=True,
        net=net,
        tax=gross - net,
        gross=gross,
        tax_rate=Decimal("19.0000"),
    )


def invoice(*lines: Line, **changes: object) -> Content:
    net = sum((one.net for one in lines), Decimal(0))
    tax = sum((one.tax for one in lines), Decimal(0))
    made = Content(
        kind="invoice",
        label="INV-00042",
        language="en",
        issued_on=date(2026, 3, 2),
        time_zone="Europe/Berlin",
        currency="EUR",
        seller=Party(name="Contoso Ltd", city="Berlin", country="DE", tax_id="DE1"),
        buyer=Party(name="Fabrikam GmbH", person="Registrant One", city="Berlin"),
        conference="CQRS summit",
        starts_on=date(2026, 5, 31),
        ends_on=date(2026, 6, 2),
        order_code="ABC234",
        lines=list(lines),
        taxes=[TaxPart(tax_name="VAT", rate=Decimal("19.0000"), net=net, tax=tax)],
        net=net,
        tax=tax,
        total=net + tax,
        due_at=datetime(2026, 3, 16, 10, tzinfo=UTC),
        account=ACCOUNT,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def read(content: Content) -> PdfReader:
    return PdfReader(BytesIO(rendered(content)))


def text_of(content: Content) -> str:
    return "\n".join(page.extract_text() for page in read(content).pages)


def test_everything_that_must_be_on_an_invoice_is_on_it():
    text = text_of(invoice(line("General admission", quantity=2), note="Thank you."))
    for words in (
        "Invoice INV-00042",
        "March 2, 2026",
        "Contoso Ltd",
        "Tax number: DE1",
        "Fabrikam GmbH",
        "Registrant One",
        "General admission",
        "VAT 19 % of €200.00",
        "€38.00",
        "€238.00",
        "March 16, 2026",
        "DE89 3704 0044 0532 0130 00",
        "ABC234",
        "Thank you.",
        "Page 1 of 1",
    ):
        assert words in text.replace("\N{NARROW NO-BREAK SPACE}", " "), words


def test_same_content_gives_the_same_bytes_in_every_process():
    content = invoice(line("General admission"))
    here = sha256(rendered(content)).hexdigest()
    program = (
        "import django; django.setup()\n"
        "from hashlib import sha256\n"
        "from tests.registrations.documents.test_rendering import *\n"
        "made = rendered(invoice(line('General admission')))\n"
        "print(sha256(made).hexdigest())"
    )
    command = [sys.executable, "-W", "ignore", "-c", program]
    there = subprocess.run(command, check=True, capture_output=True, text=True)
    assert there.stdout.split()[-1] == here


def test_content_survives_its_storage():
    content = invoice(line("General admission"))
    assert load(dump(content)) == content


def test_hundred_lines_repeat_the_head_and_number_the_pages():
    lines = [line(f"Seat type {n:03}") for n in range(1, 101)]
    pages = [page.extract_text() for page in read(invoice(*lines)).pages]
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert page.count("Description") == 1
        assert f"Page {number} of {len(pages)}" in page
    text = "\n".join(pages)
    assert [f"Seat type {n:03}" in text for n in range(1, 101)] == [True] * 100


@pytest.mark.parametrize(
    "name", ["Grüße aus Łódź", "Мария Иванова", "Συμμετοχή στο εργαστήριο"]
)
def test_latin_greek_and_cyrillic_letters_are_there(name):
    content = invoice(line(name), buyer=Party(name=name))
    assert text_of(content).count(name) == 2


@pytest.mark.parametrize(
    ("currency", "total", "written"),
    [
        ("JPY", "1234", "¥1,234"),
        ("EUR", "1234.50", "€1,234.50"),
        ("KWD", "1234.500", "KWD\N{NO-BREAK SPACE}1,234.500"),
    ],
)
def test_money_is_written_as_its_currency_wants_it(currency, total, written):
    amount = Decimal(total)
    only = Line(
        name="General admission",
        quantity=1,
        unit_price=amount,
        unit_price_includes_tax=True,
        net=amount,
        tax=Decimal(0),
        gross=amount,
    )
    untaxed = TaxPart(tax_name="", rate=None, net=amount, tax=Decimal(0))
    content = invoice(
        only, currency=currency, taxes=[untaxed], net=amount, total=amount
    )
    text = text_of(content).replace("\N{NO-BREAK SPACE}", " ")
    assert written.replace("\N{NO-BREAK SPACE}", " ") in text


def test_camera_reads_the_transfer_from_the_page():
    pdf = pypdfium2.PdfDocument(rendered(invoice(line("General admission"))))
    page = pdf[0].render(scale=3).to_pil()
    pdf.close()
    (code,) = zxingcpp.read_barcodes(page)
    assert code.text.split("\n")[:2] == ["BCD", "002"]
    for part in ("DE89370400440532013000", "EUR119", "ABC234", "Contoso Conferences"):
        assert part in code.text


@pytest.mark.parametrize(
    "changes", [{"currency": "USD"}, {"account": Account(instructions="To us.")}]
)
def test_no_code_where_the_standard_has_none(changes):
    pdf = pypdfium2.PdfDocument(rendered(invoice(line("One"), **changes)))
    page = pdf[0].render(scale=3).to_pil()
    pdf.close()
    assert zxingcpp.read_barcodes(page) == []


def test_file_says_its_title_its_language_and_its_day():
    pdf = read(invoice(line("General admission")))
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Invoice INV-00042"
    assert pdf.metadata.creation_date == datetime(2026, 3, 2, tzinfo=UTC)
    assert str(pdf.root_object["/Lang"]) == "en"


def test_long_names_stay_in_the_window_of_the_envelope():
    """20 to 105 mm from the left, 45 to 90 mm from the top."""
    long = "Gesellschaft zur Erforschung verteilter Systeme mbH & Co. KG " * 2
    buyer = Party(name=long, person=long[:100], street=long[:120], city=long[:80])
    page = read(invoice(line("One"), buyer=buyer)).pages[0]
    found: list[tuple[float, float]] = []

    def note(text: str, _cm: object, tm: list[float], _font: object, _size: float):
        if "Gesellschaft" in text:
            found.append((tm[4] / 72 * 25.4, 297 - tm[5] / 72 * 25.4))

    page.extract_text(visitor_text=note)
    assert found
    for left, top in found:
        assert 20 <= left <= 105
        assert 45 <= top <= 90
