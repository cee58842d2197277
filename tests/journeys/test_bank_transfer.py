"""Paid by bank transfer, from the code on the page to the organizer's import."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from payments.models import BankTransfer, Payment
from registrations.models import OrderView
from tests.journeys.browser import Visitor
from tests.journeys.conftest import PASSWORD
from tests.payments.bank.files import OURS, camt, details, entry, paying

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.processes,
    pytest.mark.django_db(transaction=True),
]
PYTHON = "europython-2024"
SOCIETY = "europython-society"


def test_from_the_code_on_the_page_to_the_confirmed_order(
    site, chrome, tmp_path: Path
) -> None:
    site.start_worker()
    registrant = Visitor(chrome, site.url)
    first = order_by_invoice(registrant)
    read_the_code(registrant, first)
    second = order_by_invoice(Visitor(chrome, site.url))
    organizer = Visitor(chrome, site.url)
    import_statement(organizer, tmp_path, first, second)
    decide(organizer, second)
    registrant.page.reload()
    registrant.page.wait_for_url("**/thank-you/")
    registrant.close()
    assert site.errors() == ""


def must_fit_small_phones(visitor: Visitor) -> None:
    page = visitor.page
    page.set_viewport_size({"width": 320, "height": 700})
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 320, f"{page.url} is {wide} wide"


def order_by_invoice(visitor: Visitor) -> OrderView:
    page = visitor.page
    page.goto(f"/conferences/{PYTHON}/register/?new")
    page.get_by_role("spinbutton", name=re.compile("Education Tutorial")).fill("1")
    page.get_by_role("button", name="Reserve seats").click()
    page.wait_for_url("**/checkout/")
    page.get_by_label("First name").fill("Registrant")
    page.get_by_label("Last name").fill("One")
    page.get_by_label("E-mail").fill("registrant@example.org")
    page.get_by_role("radio", name=re.compile("Invoice")).check()
    page.get_by_role("button", name=re.compile("^Pay ")).click()
    page.get_by_text("Your seats are kept for you").wait_for()
    return OrderView.objects.latest("placed_at")


def read_the_code(visitor: Visitor, order: OrderView) -> None:
    """As a camera would, in both colour schemes and on a phone."""
    page = visitor.page
    visitor.shoot("bank-transfer")
    must_fit_small_phones(visitor)
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            picture = page.locator(".epc-code").screenshot()
            [code] = zxingcpp.read_barcodes(Image.open(BytesIO(picture)))
            lines = code.text.split("\n")
            assert lines[5:8] == ["EuroPython Society", OURS, "EUR100"]
            assert lines[-1] == order.code


def import_statement(
    visitor: Visitor, folder: Path, first: OrderView, second: OrderView
) -> None:
    page = visitor.page
    page.goto("/admin/")
    page.get_by_label("Username").fill(SOCIETY)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda url: "login" not in url)
    page.goto("/admin/conferences/conference/")
    page.get_by_role("link", name="EuroPython 2024").click()
    assert page.get_by_label("IBAN").input_value() == "DE89 3704 0044 0532 0130 00"
    visitor.shoot("admin-conference-account")
    page.goto("/admin/payments/bankstatement/")
    visitor.shoot("admin-bank-statements-none")
    page.get_by_role("link", name="Import a statement").click()
    visitor.shoot("admin-bank-import")

    wrong = folder / "wrong.csv"
    wrong.write_text("Datum;Betrag\n2.5.2030;12,3x\n")
    page.get_by_label("Statement").set_input_files(wrong)
    page.get_by_role("button", name="Show what would happen").click()
    page.get_by_text("The file does not say which currency").wait_for()
    visitor.shoot("admin-bank-import-wrong-file")

    today = datetime.now(UTC).date().isoformat()
    statement = folder / "statement.xml"
    statement.write_bytes(
        camt(
            paying(f"Rechnung {first.code.lower()}", "100.00", day=today),
            paying(second.code, "95.00", day=today, name="Registrant Two"),
            paying(first.code, "100.00", day=today, reference="R9"),
            entry("12.34", details("Miete Mai 2030", name="Nachbarin"), day=today),
        )
    )
    page.get_by_label("Statement").set_input_files(statement)
    page.get_by_role("button", name="Show what would happen").click()
    page.get_by_text("payment is completed").wait_for()
    visitor.shoot("admin-bank-preview")
    must_fit_small_phones(visitor)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_text("The statement is worked through.").wait_for()
    visitor.shoot("admin-bank-statement")
    first.refresh_from_db()
    assert first.status == "confirmed"


def decide(visitor: Visitor, order: OrderView) -> None:
    page = visitor.page
    page.goto("/admin/payments/banktransfer/?decision=open")
    visitor.shoot("admin-bank-transfers")
    page.get_by_role("link", name="€95.00").click()
    visitor.shoot("admin-bank-transfer")
    must_fit_small_phones(visitor)
    page.get_by_role("link", name="Assign…").click()
    visitor.shoot("admin-bank-assign")
    must_fit_small_phones(visitor)
    page.get_by_label("Note").fill("The bank kept five.")
    page.get_by_role("button", name="Accept as full payment").click()
    page.get_by_text("Done.").wait_for()
    visitor.shoot("admin-bank-transfer-decided")
    order.refresh_from_db()
    assert order.status == "confirmed"
    payment = Payment.objects.get(order_id=order.pk)
    assert (payment.status, payment.amount) == ("completed", Decimal(100))
    assert BankTransfer.objects.get(payment=payment).note.endswith("kept five.")
    visitor.close()
