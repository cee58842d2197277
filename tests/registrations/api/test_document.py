"""The invoice address and the documents of an order, for programs."""

from io import BytesIO
from uuid import UUID

import pytest
from pypdf import PdfReader

from tests.registrations.api.client import Client, errors, refusal
from tests.registrations.api.conftest import REGISTRANT

pytestmark = pytest.mark.django_db

ADDRESS = {
    "company": "Fabrikam GmbH",
    "street": "Hauptstrasse 1",
    "postcode": "10115",
    "city": "Berlin",
    "country": "DE",
    "tax_id": "DE123456789",
}


def invoiced(client):
    path = client.order_path("payments/")
    assert client.post(path, {"provider": "invoice"}).status_code == 201
    (document,) = listed(client)
    return document


def listed(client):
    answer = client.get(client.order_path("documents/"))
    assert answer.status_code == 200
    return answer.json()["results"]


def test_address_is_given_shown_and_removed(placed):
    path = placed.order_path("billing-address/")
    answer = placed.put(path, ADDRESS)
    assert answer.status_code == 200
    assert answer.json()["billing_address"] == ADDRESS
    assert answer["ETag"] == f'"{answer.json()["version"]}"'
    assert placed.put(path, ADDRESS)["ETag"] == answer["ETag"], "the same again"
    assert placed.delete(path).status_code == 204
    assert placed.get(placed.order_path()).json()["billing_address"] is None


def test_company_postcode_and_tax_number_may_be_missing(placed):
    short = {"street": "Hauptstrasse 1", "city": "Berlin", "country": "DE"}
    answer = placed.put(placed.order_path("billing-address/"), short)
    empty = {"company": "", "postcode": "", "tax_id": ""}
    assert answer.json()["billing_address"] == {**short, **empty}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("street", ""),
        ("city", " "),
        ("country", "Germany"),
        ("country", "XX"),
        ("country", "de"),
        ("company", "x" * 151),
        ("tax_id", 7),
        ("floor", "3rd"),
    ],
)
def test_what_cannot_be_printed_is_refused_by_its_field(placed, field, value):
    path = placed.order_path("billing-address/")
    answer = placed.put(path, {**ADDRESS, field: value})
    assert set(errors(answer)) == {field}
    assert placed.get(placed.order_path()).json()["billing_address"] is None


def test_registrant_comes_first_and_a_paid_order_stays(api, general, placed):
    nobody = api.place("summit", {general: 1})
    answer = nobody.put(nobody.order_path("billing-address/"), ADDRESS)
    assert refusal(answer) == (409, "registrant-missing")
    payment = placed.post(placed.order_path("payments/"), {"provider": "sandbox"})
    path = f"/sandbox/payments/{payment.json()['id']}/"
    assert placed.post(path, {"outcome": "accepted"}).status_code == 200
    answer = placed.put(placed.order_path("billing-address/"), ADDRESS)
    assert refusal(answer) == (409, "order-already-confirmed")


def test_stale_address_is_refused(placed):
    path = placed.order_path("billing-address/")
    answer = placed.put(path, ADDRESS, If_Match='"1"')
    assert answer.status_code == 412


def test_invoice_is_listed_and_downloaded(placed, settings):
    placed.put(placed.order_path("billing-address/"), ADDRESS)
    assert listed(placed) == []
    document = invoiced(placed)
    assert document["kind"] == "invoice"
    assert document["number"] == "INV-00001"
    assert document["total"] == {"amount": "398.00", "currency": "USD"}
    assert (document["corrects"], bool(document["payment"])) == (None, True)
    path = document["file"].removeprefix(f"{settings.BASE_URL}/api/v1")
    answer = placed.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="INV-00001.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    text = PdfReader(BytesIO(answer.content)).pages[0].extract_text()
    assert "Fabrikam GmbH" in text
    assert placed.get(path).content == answer.content


def test_documents_are_for_who_has_the_order(placed, api, general):
    document = invoiced(placed)
    other = api.place("summit", {general: 1}, registrant=REGISTRANT)
    path = f"documents/{document['id']}/"
    assert refusal(other.get(other.order_path(path)))[0] == 404
    assert refusal(other.get(placed.order_path("documents/")))[0] == 404
    assert refusal(Client().get(placed.order_path(path)))[0] == 401
    assert placed.get(placed.order_path(f"documents/{UUID(int=1)}/")).status_code == 404


def test_free_order_has_no_document(confirmed):
    assert listed(confirmed) == []


def test_other_types_than_pdf_are_not_acceptable(placed):
    document = invoiced(placed)
    path = placed.order_path(f"documents/{document['id']}/")
    assert placed.get(path, Accept="application/pdf").status_code == 200
    assert placed.get(path, Accept="text/html").status_code == 406
