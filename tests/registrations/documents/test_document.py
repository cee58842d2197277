"""What was issued stays: the database refuses to change or delete it."""

import pytest
from django.db import IntegrityError, connection, transaction

from registrations import tasks
from registrations.documents import files
from registrations.models import Document
from registrations.models.document import digest_of
from tests.registrations.conftest import pay
from tests.registrations.documents.conftest import documents, refund

GUARD = "document_stays"
CHANGES = [
    "SET total = total + 1, net = net + 1",
    "SET label = 'REC-00002'",
    "SET content = '{}'::jsonb",
    "SET digest = 'x'",
    "SET cause = 'another'",
    "SET issued_on = issued_on + 1",
]


def sql(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def issued(taxed):
    order = taxed.confirmed((taxed.general, 1))
    return documents(order)[0]


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_of_a_document_can_be_changed(issued, change):
    with pytest.raises(IntegrityError, match=issued.label):
        sql(f"UPDATE registrations_document {change}")


def test_no_document_can_be_deleted(issued):
    with pytest.raises(IntegrityError, match=issued.label):
        sql("DELETE FROM registrations_document")
    assert Document.objects.count() == 1


def test_without_the_guard_it_could(issued):
    """The control: it is the trigger that refuses, nothing else."""
    with transaction.atomic():
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        sql(f"ALTER TABLE registrations_document DISABLE TRIGGER {GUARD}")
        sql(f"UPDATE registrations_document {CHANGES[0]}")
        sql("DELETE FROM registrations_document")
        assert Document.objects.count() == 0
        transaction.set_rollback(True)


def test_file_is_added_once_and_stays(issued):
    tasks.render_document(document_id=str(issued.pk))
    made = files.pdf_of(issued.pk)
    assert made.startswith(b"%PDF-")
    for change in ("SET pdf = 'x'", "SET pdf = NULL, pdf_digest = ''"):
        with pytest.raises(IntegrityError, match=issued.label):
            sql(f"UPDATE registrations_document {change}")
    tasks.render_document(document_id=str(issued.pk))
    assert files.pdf_of(issued.pk) == made


def test_file_cannot_come_together_with_a_change(issued):
    with pytest.raises(IntegrityError, match=issued.label):
        sql(
            "UPDATE registrations_document"
            " SET pdf = 'x', pdf_digest = 'y', label = 'REC-00009'"
        )


def test_digest_is_that_of_the_stored_content(issued):
    issued.refresh_from_db()
    assert digest_of(issued.content) == issued.digest


def test_credit_note_must_correct_something(taxed):
    order = taxed.ready((taxed.general, 1))
    refund(pay(order.pk), "10.00")
    note = documents(order)[-1]
    note.pk, note.number, note.cause, note.corrects = None, 9, "another", None
    unnamed = "document_credit_note_corrects_one"
    with pytest.raises(IntegrityError, match=unnamed), transaction.atomic():
        note.save(force_insert=True)
