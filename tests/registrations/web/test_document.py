"""Invoice address at checkout, and documents on the pages of an order."""

from io import BytesIO
from uuid import UUID

import pytest
from pypdf import PdfReader

from registrations.models import Document, OrderView
from tests.registrations.web.browser import Browser
from tests.registrations.web.conftest import REGISTRANT, pay

ADDRESS = {
    "billing-company": "Fabrikam GmbH",
    "billing-street": "Hauptstrasse 1",
    "billing-postcode": "10115",
    "billing-city": "Berlin",
    "billing-country": "DE",
    "billing-tax_id": "DE123456789",
}


def links(page):
    return [
        element.attributes["href"]
        for element in page.all("a")
        if "/documents/" in element.attributes.get("href", "")
    ]


def text_of(pdf):
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def test_invoice_address_is_kept_and_printed(browser, register, summit):
    order_id = register((summit.general, 1))
    browser.fill({**REGISTRANT, **ADDRESS, "provider": "sandbox"})
    browser.fill({"outcome": "accepted"})
    order = OrderView.objects.get(pk=order_id)
    assert order.billing_address is not None
    assert order.billing_address.company == "Fabrikam GmbH"
    (link,) = links(browser.open(f"/orders/{order_id}/"))
    answer = browser.client.get(link)
    assert answer["Content-Disposition"] == 'attachment; filename="REC-00001.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    text = text_of(answer.content)
    for line in ("Fabrikam GmbH", "Some Registrant", "10115 Berlin", "DE123456789"):
        assert line in text


def test_without_an_address_it_is_made_out_to_the_registrant(browser, confirmed):
    order = OrderView.objects.get(pk=confirmed)
    assert order.billing_address is None
    (link,) = links(browser.open(f"/orders/{confirmed}/thank-you/"))
    assert "Some Registrant" in text_of(browser.client.get(link).content)


def test_half_an_address_is_told_and_nothing_is_lost(browser, register, summit):
    order_id = register((summit.general, 1))
    page = browser.fill(
        {
            **REGISTRANT,
            "provider": "sandbox",
            "billing-company": "Fabrikam GmbH",
            "billing-country": "XX",
        }
    )
    for sentence in (
        "Enter the street and number, or empty the address.",
        "Enter the city, or empty the address.",
        "Choose the country, or empty the address.",
    ):
        assert page.text.count(sentence) == 2, "in the summary and at the field"
    assert page.fields["billing-company"] == "Fabrikam GmbH"
    order = OrderView.objects.get(pk=order_id)
    assert (order.email, order.billing_address) == ("", None)


def test_address_is_shown_again_and_can_be_emptied(browser, register, summit):
    order_id = register((summit.general, 1))
    browser.fill({**REGISTRANT, **ADDRESS, "provider": "sandbox"})
    page = browser.open(f"/orders/{order_id}/checkout/")
    assert ADDRESS.items() <= page.fields.items()
    browser.fill(dict.fromkeys(ADDRESS, ""))
    assert OrderView.objects.get(pk=order_id).billing_address is None


def test_free_order_is_not_asked_for_an_address(browser, db, make_summit):
    summit = make_summit(prices=("0", "500", "50"))
    browser.open("/conferences/cqrs-summit/register/")
    page = browser.choose((summit.general, 1))
    assert "Invoice address" not in page.text
    browser.submit(**REGISTRANT)
    assert Document.objects.count() == 0


def test_invoice_is_offered_where_one_pays_it(browser, register, summit):
    order_id = register((summit.general, 1))
    page = browser.fill({**REGISTRANT, "provider": "invoice"})
    (link,) = links(page)
    assert link == f"/orders/{order_id}/documents/{Document.objects.get().pk}/"
    assert browser.client.get(link).status_code == 200


@pytest.mark.parametrize("of", ["another browser", "another order", "nothing"])
def test_document_is_only_for_who_has_the_order(browser, register, summit, of):
    order_id = register((summit.general, 1))
    pay(browser)
    document = Document.objects.get().pk
    if of == "another browser":
        other = Browser()
    elif of == "another order":
        other, order_id = browser, register((summit.general, 1))
    else:
        other, document = browser, UUID(int=1)
    answer = other.client.get(f"/orders/{order_id}/documents/{document}/")
    assert answer.status_code == 404
