"""What the page says to who pays by bank transfer, and the code beside it."""

import io
import re
from decimal import Decimal
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from payments.bank.epc_code import epc_code
from registrations.models import ConferenceView, OrderView
from tests.registrations.conftest import new_summit
from tests.registrations.web.conftest import REGISTRANT

pytestmark = pytest.mark.django_db
IBAN = "DE89370400440532013000"
ACCOUNT: dict[str, Any] = {
    "account_holder": "Contoso GmbH",
    "iban": IBAN,
    "bic": "COBADEFFXXX",
}


def order_by_invoice(browser, **conference: str) -> OrderView:
    """The page that the registrant lands on is open."""
    fair = new_summit("fair", **{"currency": "EUR"} | ACCOUNT | conference)
    browser.open("/conferences/fair/register/?new")
    browser.choose((fair.general, 1))
    browser.submit(**REGISTRANT, provider="invoice")
    return OrderView.objects.get()


@pytest.fixture
def invoiced(browser) -> OrderView:
    return order_by_invoice(browser)


def read(svg: str) -> str:
    """What a camera reads: the drawing's lines painted, enlarged, and decoded."""
    box = re.search(r'viewBox="0 0 (\d+) \d+"', svg)
    assert box is not None
    side = int(box[1])
    image = Image.new("1", (side, side), 1)
    [lines] = re.findall(r'<path class="qrline" stroke="#000" d="([^"]+)"', svg)
    x = y = Decimal(0)
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", lines):
        values = [Decimal(number) for number in re.findall(r"-?\d*\.?\d+", numbers)]
        if command == "h":
            for step in range(int(values[0])):
                image.putpixel((int(x) + step, int(y)), 0)
            x += values[0]
        elif command == "M":
            x, y = values
        else:
            x, y = x + values[0], y + values[1]
    found = zxingcpp.read_barcodes(image.resize((side * 8, side * 8)).convert("L"))
    [code] = found
    return code.text


def test_page_says_where_to_pay_how_much_and_with_which_words(browser, invoiced):
    for path in (browser.page.url, f"/orders/{invoiced.pk}/"):
        page = browser.open(path)
        for words in (
            "Contoso GmbH",
            "DE89 3704 0044 0532 0130 00",
            "COBADEFFXXX",
            "€199.00",
            invoiced.code,
            "Mar 16, 2026",
        ):
            assert words in page.text
        copied = [e.attributes.get("data-copy") for e in page.all("button")]
        assert {IBAN, invoiced.code} <= set(copied)
        [picture] = [e for e in page.all("div") if e.attributes.get("role") == "img"]
        assert "QR code" in picture.attributes["aria-label"]


def test_code_on_the_page_is_the_transfer(browser, invoiced):
    source = browser.client.get(f"/orders/{invoiced.pk}/").content.decode()
    [svg] = re.findall(r"<svg[^>]*segno.*?</svg>", source, re.DOTALL)
    assert read(svg).split("\n") == [
        "BCD", "002", "1", "SCT", "COBADEFFXXX", "Contoso GmbH", IBAN, "EUR199",
        "", "", invoiced.code,
    ]  # fmt: skip
    # The strict policy of the site lets no style of an element through.
    assert "style=" not in svg


@pytest.mark.parametrize(
    "changes",
    [{"iban": "", "bic": ""}, {"currency": "USD"}],
    ids=["no account", "not in euros"],
)
def test_without_account_or_euros_there_is_no_code(browser, changes):
    order = order_by_invoice(browser, **changes)
    source = browser.client.get(f"/orders/{order.pk}/").content.decode()
    assert "epc-code" not in source
    assert ("DE89" in source) == ("iban" not in changes)


def test_the_organizers_words_are_shown_beside_the_account(browser, invoiced):
    ConferenceView.objects.update(payment_instructions="Fees are yours <OUR>")
    source = browser.client.get(f"/orders/{invoiced.pk}/").content.decode()
    assert "Fees are yours &lt;OUR&gt;" in source
    assert "DE89 3704" in source


@pytest.mark.parametrize("amount", ["0.001", "1000000000", "0"])
def test_amounts_that_the_standard_does_not_know_have_no_code(amount):
    wish = {"holder": "Contoso", "iban": IBAN, "bic": "", "currency": "EUR"}
    assert epc_code(**wish, amount=Decimal(amount), reference="ABC234") is None


def test_umlauts_and_long_names_are_in_the_code():
    code = epc_code(
        holder="Ü" * 70,
        iban=IBAN,
        bic="",
        amount=Decimal("1234.5"),
        currency="EUR",
        reference="ABC234",
    )
    assert code is not None
    picture = io.BytesIO()
    code.save(picture, kind="png", scale=8)
    [found] = zxingcpp.read_barcodes(Image.open(picture))
    assert found.text.split("\n")[5:8] == ["Ü" * 70, IBAN, "EUR1234.5"]
