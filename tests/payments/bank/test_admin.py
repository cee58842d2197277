"""The pages of statements and transfers: every one is opened and does its work."""

from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from payments.bank import reading
from payments.models import BankStatement, BankTransfer
from tests.payments.bank.conftest import confirmed, imported, invoiced, taken_in
from tests.payments.bank.files import camt, german, paying
from tests.payments.bank.pages import (
    IMPORT,
    listing,
    near_miss,
    page,
    shown,
    upload,
)
from tests.payments.conftest import Heard

pytestmark = pytest.mark.django_db


# Importing


def test_file_is_shown_before_anything_happens_and_then_confirmed(
    organizer: Client, contoso, heard: Heard
):
    payment = invoiced(organization_id=contoso.pk)
    assert "Import a statement" in shown(organizer, listing("bankstatement"))
    assert "Show what would happen" in shown(organizer, reverse(IMPORT))

    answer = upload(
        organizer, camt(paying("ABC234"), paying("XYZ789")), organization=contoso.pk
    )
    text = answer.content.decode()
    assert "<strong>1</strong> payment is completed." in text
    assert "<strong>1</strong> entry fits nothing: you decide." in text
    payment.refresh_from_db()
    assert payment.status == "initiated"

    statement = BankStatement.objects.get()
    answer = organizer.post(page(statement, "confirm"), follow=True)
    assert "The statement is worked through." in answer.content.decode()
    payment.refresh_from_db()
    assert (payment.status, payment.paid_marked_by) == (
        "completed",
        "organizer-contoso",
    )
    assert statement.transfers.filter(status="unmatched").count() == 1
    assert LogEntry.objects.filter(object_id=str(statement.pk)).exists()

    # Pressed again.
    organizer.post(page(statement, "confirm"), follow=True)
    assert heard.names.count("payment_completed") == 1


def test_same_file_again_leads_to_what_came_of_it(organizer: Client, contoso):
    upload(organizer, camt(paying("ABC234")), organization=contoso.pk)
    answer = upload(organizer, camt(paying("ABC234")), organization=contoso.pk)
    assert "This file was imported before." in answer.content.decode()
    assert BankStatement.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (german("02.05.30;12,3x;EUR;;;"), "Line 2, column “Betrag”"),
        (b"<Document", "Line 1"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><Document>&b;</Document>', "document type"),
        (b"%PDF-1.7", "This is a PDF file."),
        (b"", "empty"),
        (b"\x00\xff" * 300, "No line with headers"),
        (b"<a>" * 1000, "no statement"),
    ],
)
def test_wrong_file_is_told_beside_its_field(organizer, contoso, content, sentence):
    answer = upload(organizer, content, organization=contoso.pk, currency="EUR")
    assert answer.status_code == 200
    assert sentence in answer.content.decode().replace("&quot;", '"')
    assert not BankStatement.objects.exists()


def test_too_large_a_file_is_refused(organizer: Client, contoso):
    answer = upload(organizer, b" " * (reading.MOST_BYTES + 1), organization=contoso.pk)
    assert "more than 5 MB" in answer.content.decode()


def test_no_file_at_all_is_told(organizer: Client, contoso):
    answer = organizer.post(reverse(IMPORT), {"organization": contoso.pk})
    assert "This field is required." in answer.content.decode()


def test_unconfirmed_statement_can_be_thrown_away(organizer: Client, contoso):
    statement = taken_in(camt(paying("ABC234")), organization_id=contoso.pk)
    answer = organizer.post(page(statement, "throw_away"), follow=True)
    assert "The statement was thrown away." in answer.content.decode()
    assert not BankTransfer.objects.exists()


def test_confirmed_statement_cannot_be_thrown_away(organizer: Client, contoso):
    statement = confirmed(camt(paying("ABC234")), organization_id=contoso.pk)
    answer = organizer.post(page(statement, "throw_away"), follow=True)
    assert "confirmed already" in answer.content.decode()
    assert BankTransfer.objects.count() == 1


def test_statement_that_was_stopped_is_gone_on_with(organizer: Client, contoso):
    payment = invoiced(organization_id=contoso.pk)
    statement = confirmed(camt(paying("ABC234")), organization_id=contoso.pk)
    assert "1 entry still waits." in shown(organizer, page(statement))
    organizer.post(page(statement, "confirm"))
    payment.refresh_from_db()
    assert payment.status == "completed"


def test_long_preview_has_pages(organizer: Client, contoso):
    many = camt(
        *(paying(f"AAA{number}", reference=f"R{number}") for number in range(60))
    )
    statement = taken_in(many, organization_id=contoso.pk)
    assert "Page 1 of 2" in shown(organizer, page(statement))
    assert "Page 2 of 2" in shown(organizer, page(statement) + "?page=2")
    for odd in ("0", "99", "x"):
        shown(organizer, f"{page(statement)}?page={odd}")


# Deciding


def test_what_is_to_be_decided_comes_first(organizer: Client, contoso):
    near_miss(contoso)
    invoiced("XYZ789", organization_id=contoso.pk)
    imported(camt(paying("XYZ789", day="2030-06-01")), organization_id=contoso.pk)
    text = shown(organizer, listing("banktransfer"))
    assert text.index("ABC234") < text.index("XYZ789")
    assert "XYZ789" not in shown(organizer, listing("banktransfer") + "?decision=open")
    assert "ABC234" not in shown(organizer, listing("banktransfer") + "?decision=made")
    assert "XYZ789" in shown(organizer, listing("banktransfer") + "?q=XYZ789")


def test_page_of_a_near_miss_says_what_speaks_for_it_and_against(
    organizer: Client, contoso
):
    payment, transfer = near_miss(contoso)
    text = shown(organizer, page(transfer))
    assert "The order code is right." in text
    assert "Less came than was asked for." in text
    assert page(transfer, "assign", payment.pk) in text
    assert shown(organizer, page(transfer, "history"))


def test_difference_is_asked_about_and_accepted(organizer: Client, contoso):
    payment, transfer = near_miss(contoso)
    address = page(transfer, "assign", payment.pk)
    text = shown(organizer, address)
    assert "Accept as full payment" in text
    assert "Note what came and give it back" in text
    assert "Assign to this payment" not in text
    # A way that was not offered changes nothing.
    organizer.post(address, {"way": "assign"})
    payment.refresh_from_db()
    assert payment.status == "initiated"
    for _twice in range(2):
        answer = organizer.post(address, {"way": "accept", "note": "fee"}, follow=True)
    assert "decided about already" in answer.content.decode()
    payment.refresh_from_db()
    assert (payment.status, payment.amount) == ("completed", Decimal(199))
    assert LogEntry.objects.filter(object_id=str(transfer.pk)).count() == 1
    assert "cannot be assigned" in shown(organizer, address)
    assert "organizer-contoso" in shown(organizer, page(transfer))


def test_what_came_can_be_noted_as_it_is(organizer: Client, contoso):
    payment, transfer = near_miss(contoso)
    organizer.post(page(transfer, "assign", payment.pk), {"way": "as-it-is"})
    payment.refresh_from_db()
    assert (payment.status, payment.amount) == ("completed", Decimal(198))


def test_order_is_looked_for_by_its_code(organizer: Client, contoso, fabrikam):
    payment = invoiced("QQQ777", organization_id=contoso.pk)
    invoiced("QQQ777", organization_id=fabrikam.pk)
    [transfer] = imported(camt(paying("hello")), organization_id=contoso.pk)
    assert "Nothing was found." in shown(organizer, page(transfer))
    text = shown(organizer, page(transfer) + "?code=qqq777")
    assert text.count("Assign…") == 1
    assert "The amount is right." in text
    assert "No payment by bank transfer" in shown(
        organizer, page(transfer) + "?code=ZZZ999"
    )
    organizer.post(page(transfer, "assign", payment.pk), {"way": "assign"})
    payment.refresh_from_db()
    assert payment.status == "completed"


def test_it_is_ignored_or_was_sent_back(organizer: Client, contoso):
    [first, second] = imported(
        camt(paying("aaa"), paying("bbb")), organization_id=contoso.pk
    )
    organizer.post(page(first, "ignore"), {"ignore-note": "canteen"})
    answer = organizer.post(page(second, "return"), {"return-note": ""}, follow=True)
    assert "Say when and how" in answer.content.decode()
    organizer.post(page(second, "return"), {"return-note": "on Monday"})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, first.note) == ("ignored", "canteen")
    assert (second.status, second.note) == ("returned", "on Monday")


@pytest.mark.parametrize(
    ("decision", "note", "words"),
    [
        ("ignore", "n" * 501, "Ensure this value has at most 500 characters"),
        ("return", "n" * 501, "Ensure this value has at most 500 characters"),
        ("return", "", "Say when and how the money was sent back."),
    ],
)
def test_what_is_wrong_with_a_note_is_said_at_its_field(
    organizer: Client, contoso, decision: str, note: str, words: str
):
    [transfer] = imported(camt(paying("aaa")), organization_id=contoso.pk)
    answer = organizer.post(page(transfer, decision), {f"{decision}-note": note})
    html = answer.content.decode()
    field = f"id_{decision}-note"
    error = html.partition(f'id="{field}_error"')[2].partition("</ul>")[0]
    assert words in error
    assert f'aria-describedby="{field}_helptext {field}_error"' in html
    assert note in html
    assert "<title>Error: " in html
    transfer.refresh_from_db()
    assert transfer.status == "unmatched"


def test_confirmed_statement_leads_to_what_is_to_decide(organizer: Client, contoso):
    invoiced("ABC234", organization_id=contoso.pk)
    [transfer, *_rest] = imported(
        camt(paying("ABC234"), paying("aaa"), paying("bbb")),
        organization_id=contoso.pk,
    )
    text = shown(organizer, page(transfer.statement))
    assert "2 entries are for you to decide" in text
    statement = str(transfer.statement_id)
    assert f"?statement__id__exact={statement}&amp;decision=open" in text
    decide = {"statement__id__exact": statement, "decision": "open"}
    found = organizer.get(listing("banktransfer"), decide).context["cl"].result_list
    assert sorted(one.purpose for one in found) == ["aaa", "bbb"]


def test_transfer_of_an_unconfirmed_statement_is_only_shown(organizer, contoso):
    statement = taken_in(camt(paying("ABC234")), organization_id=contoso.pk)
    text = shown(organizer, page(statement.transfers.get()))
    assert "when its statement is confirmed" in text
    assert "ignore" not in text.lower()


def test_what_the_payer_wrote_is_text(organizer: Client, contoso):
    nasty = "<script>alert(1)</script>"
    [transfer] = imported(camt(paying(nasty, name=nasty)), organization_id=contoso.pk)
    for address in (page(transfer), listing("banktransfer"), page(transfer.statement)):
        assert nasty not in shown(organizer, address)
