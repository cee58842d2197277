"""Which fact issues which document, and what it freezes."""

from decimal import Decimal
from uuid import UUID

import pytest
from django.db import transaction

from conferences import services as conferences
from payments import services as payments
from payments import transitions
from registrations.commands import order as orders
from registrations.documents import issuing
from registrations.documents.numbering import next_number
from registrations.domain.billing_address import BillingAddress
from registrations.models import Document, DocumentSeries
from tests.registrations.conftest import NOW, minutes, pay, start_payment
from tests.registrations.documents.conftest import (
    SELLER,
    documents,
    due_of,
    labels,
    refund,
)

ADDRESS = BillingAddress(
    company="Fabrikam GmbH",
    street="Hauptstrasse 1",
    postcode="10115",
    city="Berlin",
    country="DE",
    tax_id="DE123456789",
)


def sums(document: Document) -> tuple[Decimal, Decimal, Decimal]:
    return document.net, document.tax, document.total


def test_paid_order_gets_a_receipt_of_what_it_bought(taxed):
    order = taxed.ready((taxed.general, 2), (taxed.party, 1))
    orders.give_billing_address(order_id=order.pk, address=ADDRESS, now=NOW)
    payment = pay(order.pk)
    (receipt,) = documents(order)
    assert (receipt.label, receipt.kind, receipt.payment_id) == (
        "REC-00001",
        "receipt",
        payment.pk,
    )
    assert sums(receipt) == (Decimal("376.47"), Decimal("71.53"), Decimal("448.00"))
    content = receipt.content
    assert [(line["name"], line["quantity"]) for line in content["lines"]] == [
        ("General admission", 2),
        ("Additional cocktail party", 1),
    ]
    assert content["taxes"] == [
        {"tax_name": "VAT", "rate": "19.0000", "net": "376.47", "tax": "71.53"}
    ]
    assert (content["buyer"]["name"], content["buyer"]["person"]) == (
        "Fabrikam GmbH",
        "Registrant One",
    )
    assert content["seller"]["name"] == "Contoso Ltd"
    assert content["paid_by"] == "Sandbox"


def test_document_keeps_what_held_on_its_day(taxed):
    order = taxed.confirmed((taxed.general, 1))
    conferences.update_organization(
        organization_id=taxed.organization_id,
        changes=dict.fromkeys(SELLER, "") | {"name": "Contoso Reborn"},
    )
    later = taxed.confirmed((taxed.general, 1))
    assert documents(order)[0].content["seller"]["name"] == "Contoso Ltd"
    assert documents(later)[0].content["seller"]["name"] == "Contoso Reborn"


def test_invoice_is_issued_once_with_the_account_and_the_due_time(taxed):
    conferences.update_conference(
        conference_id=taxed.id,
        changes={"account_holder": "Contoso", "iban": "DE89370400440532013000"},
    )
    order = taxed.ready((taxed.general, 1))
    payment = start_payment(order.pk, provider="invoice")
    assert start_payment(order.pk, provider="invoice") == payment
    (invoice,) = documents(order)
    assert (invoice.label, invoice.payment_id) == ("INV-00001", payment.pk)
    assert invoice.content["account"]["iban"] == "DE89370400440532013000"
    due_at = due_of(payment).isoformat().replace("+00:00", "Z")
    assert invoice.content["due_at"] == due_at


def test_paid_invoice_needs_no_receipt(taxed):
    order = taxed.ready((taxed.general, 1))
    payment = start_payment(order.pk, provider="invoice")
    payments.mark_paid(payment.pk, by="organizer", now=NOW)
    assert labels(order) == [("INV-00001", Decimal(199))]


def test_unpaid_invoice_is_taken_back_when_the_order_expires(taxed):
    order = taxed.ready((taxed.general, 1))
    payment = start_payment(order.pk, provider="invoice")
    orders.expire_order(order_id=order.pk, now=due_of(payment) + minutes(1))
    invoice, note = documents(order)
    assert (note.label, note.corrects, sums(note)) == (
        "CN-00001",
        invoice,
        sums(invoice),
    )
    assert note.content["corrects"] == invoice.label
    assert note.content["lines"] == invoice.content["lines"]


def test_invoice_of_a_rejected_payment_is_taken_back_once(taxed):
    order = taxed.ready((taxed.general, 1))
    payment = start_payment(order.pk, provider="invoice")
    transitions.reject(payment.pk, now=NOW)
    orders.expire_order(order_id=order.pk, now=NOW + minutes(60 * 24 * 90))
    assert [label for label, _ in labels(order)] == ["INV-00001", "CN-00001"]


def test_invoice_is_taken_back_when_another_way_paid(taxed):
    order = taxed.ready((taxed.general, 1))
    start_payment(order.pk, provider="invoice")
    pay(order.pk)
    assert sorted(labels(order)) == [
        ("CN-00001", Decimal(199)),
        ("INV-00001", Decimal(199)),
        ("REC-00001", Decimal(199)),
    ]


def test_late_payment_of_an_invoice_that_was_taken_back_gets_a_receipt(taxed):
    order = taxed.ready((taxed.general, 1))
    payment = start_payment(order.pk, provider="invoice")
    late = due_of(payment) + minutes(1)
    orders.expire_order(order_id=order.pk, now=late)
    payments.mark_paid(payment.pk, by="organizer", now=late)
    assert [label for label, _ in labels(order)] == [
        "INV-00001",
        "CN-00001",
        "REC-00001",
    ]


def test_refunds_get_credit_notes_whose_parts_add_up(taxed):
    order = taxed.ready((taxed.general, 1))
    payment = pay(order.pk)
    for amount in ("0.05", "66.33", "66.33", "66.29"):
        refund(payment, amount)
    receipt, *notes = documents(order)
    assert [note.corrects_id for note in notes] == [receipt.pk] * 4
    assert [note.total for note in notes] == [
        Decimal(text) for text in ("0.05", "66.33", "66.33", "66.29")
    ]
    for of in (0, 1, 2):
        assert sum(sums(note)[of] for note in notes) == sums(receipt)[of]


def test_money_the_order_has_no_use_for_goes_back_without_a_document(taxed):
    order = taxed.ready((taxed.general, 1))
    second = start_payment(order.pk, provider="invoice")
    pay(order.pk)
    before = labels(order)
    payments.mark_paid(second.pk, by="organizer", now=NOW)
    (owed,) = payments.refunds_of(second.pk)
    payments.settle_refund_by_hand(owed.pk, by="organizer", now=NOW, note="")
    assert labels(order) == before


def test_free_order_has_no_document(make_summit, db):
    summit = make_summit(prices=("0", "5", "5"))
    order = summit.ready((summit.general, 2))
    orders.confirm_free_order(order_id=order.pk, now=NOW)
    assert documents(order) == []
    assert DocumentSeries.objects.count() == 0


def test_same_cause_gives_the_same_document(taxed):
    order = taxed.confirmed((taxed.general, 1))
    (receipt,) = documents(order)
    assert receipt.payment_id is not None
    again = issuing.receipt(
        order_id=order.pk,
        payment_id=receipt.payment_id,
        provider="sandbox",
        now=NOW,
    )
    assert again == receipt
    assert DocumentSeries.objects.get().last == 1


def test_failed_transaction_takes_its_number_back(taxed):
    order = taxed.ready((taxed.general, 1))
    with transaction.atomic():
        pay(order.pk)
        assert labels(order) == [("REC-00001", Decimal(199))]
        transaction.set_rollback(True)
    other = taxed.confirmed((taxed.general, 1))
    assert labels(other) == [("REC-00001", Decimal(199))]


def test_each_organization_counts_each_kind_for_itself(taxed):
    assert labels(taxed.confirmed((taxed.general, 1)))[0][0] == "REC-00001"
    assert next_number(UUID(int=7), Document.Kind.RECEIPT) == 1
    assert next_number(taxed.organization_id, Document.Kind.INVOICE) == 1
    assert next_number(taxed.organization_id, Document.Kind.RECEIPT) == 2


@pytest.mark.parametrize(
    ("currency", "price", "total"),
    [("JPY", "1999", "1999"), ("EUR", "19.99", "19.99"), ("KWD", "1.999", "1.999")],
)
def test_amounts_have_the_places_of_their_currency(
    make_summit, db, currency, price, total
):
    summit = make_summit(
        prices=(price, "5", "5"),
        currency=currency,
        tax_name="VAT",
        tax_rate=Decimal(7),
    )
    order = summit.confirmed((summit.general, 1))
    (receipt,) = documents(order)
    content = receipt.content
    assert content["total"] == total
    assert Decimal(content["net"]) + Decimal(content["tax"]) == Decimal(total)
