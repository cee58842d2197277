"""Which document goes along with which mail."""

from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from registrations.commands import order as orders
from tests.registrations.conftest import minutes, pay, start_payment
from tests.registrations.documents.conftest import due_of, refund
from tests.registrations.mail_queue import IN_MEMORY, forget_tasks, run_tasks

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_memory(settings: Any) -> None:
    settings.EMAIL_BACKEND = IN_MEMORY


def enclosed(mailbox: list[Any]) -> list[list[str]]:
    """The titles of the files of each mail; their names say the same."""
    titles = []
    for mail in mailbox:
        files = []
        for name, content, type_ in mail.attachments:
            assert type_ == "application/pdf"
            metadata = PdfReader(BytesIO(content)).metadata
            assert metadata is not None
            assert metadata.title is not None
            assert name == f"{metadata.title.split()[-1]}.pdf"
            files.append(metadata.title)
        titles.append(files)
    return titles


def test_confirmation_has_the_receipt(taxed, mailoutbox):
    taxed.confirmed((taxed.general, 1))
    run_tasks()
    assert enclosed(mailoutbox) == [["Receipt REC-00001"]]


def test_invoice_has_the_invoice_and_its_end_the_credit_note(taxed, mailoutbox):
    order = taxed.ready((taxed.general, 1))
    payment = start_payment(order.pk, provider="invoice")
    run_tasks()
    orders.expire_order(order_id=order.pk, now=due_of(payment) + minutes(1))
    run_tasks()
    assert enclosed(mailoutbox) == [["Invoice INV-00001"], ["Credit note CN-00001"]]


def test_each_refund_has_its_own_credit_note(taxed, mailoutbox):
    order = taxed.ready((taxed.general, 1))
    payment = pay(order.pk)
    forget_tasks()
    refund(payment, "10.00")
    refund(payment, "20.00")
    run_tasks()
    notes = [["Credit note CN-00001"], ["Credit note CN-00002"]]
    assert [files for files in enclosed(mailoutbox) if files] == notes


def test_free_order_has_none(make_summit, db, mailoutbox):
    summit = make_summit(prices=("0", "5", "5"))
    order = summit.ready((summit.general, 1))
    orders.confirm_free_order(order_id=order.pk, now=order.placed_at)
    run_tasks()
    assert enclosed(mailoutbox) == [[]]
