"""Stopped in the middle, overtaken, and done by several at once."""

import pytest
from django.db import connection, transaction

from payments import services
from payments.bank import deciding, invoices, statements
from payments.models import BankStatement, BankTransfer, Payment
from tests.at_once import many_at_once
from tests.factories.payments import NOW, ORGANIZATION
from tests.payments.bank.conftest import (
    BY,
    confirmed,
    invoiced,
    outcomes,
    taken_in,
)
from tests.payments.bank.files import camt, paying
from tests.payments.conftest import Heard
from tests.waiting import has_to_wait

pytestmark = pytest.mark.django_db


def test_stopped_in_the_middle_it_goes_on_where_it_was(heard: Heard):
    for code in ("AAA111", "BBB222", "CCC333"):
        invoiced(code)
    statement = confirmed(camt(*map(paying, ("AAA111", "BBB222", "CCC333"))))
    turns = iter([True, False])
    assert (
        deciding.work_through(statement.pk, now=NOW, may_go_on=lambda: next(turns)) == 2
    )
    assert heard.names.count("payment_completed") == 1
    assert deciding.work_through(statement.pk, now=NOW) == 0
    assert heard.names.count("payment_completed") == 3
    assert not BankTransfer.objects.exclude(status="matched").exists()


def test_one_that_fails_does_not_hold_up_the_others(heard: Heard):
    invoiced("AAA111")
    invoiced("BBB222")
    statement = confirmed(
        camt(paying("AAA111", day="2030-05-01"), paying("BBB222", day="2030-05-02"))
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE payments_payment ADD CONSTRAINT broken"
            " CHECK (reference <> 'AAA111' OR status = 'initiated')"
        )
    assert deciding.work_through(statement.pk, now=NOW) == 1
    found = list(statement.transfers.order_by("booked_on"))
    assert outcomes(found) == [("waiting", ""), ("matched", "")]


def test_a_payment_that_was_paid_meanwhile_is_not_paid_again(heard: Heard):
    """The book was made before somebody marked it paid."""
    payment = invoiced()
    statement = confirmed(camt(paying("ABC234")))
    book = invoices.book_of(ORGANIZATION)
    services.mark_paid(payment.pk, by="somebody", now=NOW)
    transfer = statement.transfers.get()
    deciding.decide(transfer.pk, book, by=BY, now=NOW)
    transfer.refresh_from_db()
    assert (transfer.status, transfer.trouble) == ("near_miss", "marked-paid")
    assert heard.names.count("payment_completed") == 1


@pytest.mark.django_db(transaction=True)
def test_imported_by_two_at_once_everything_is_there_once(heard: Heard):
    codes = ["AAA111", "BBB222", "CCC333", "DDD444"]
    for code in codes:
        invoiced(code)
    # One file, and one that overlaps with it in another order.
    files = [camt(*map(paying, codes)), camt(*map(paying, reversed(codes)))]

    def import_one(number: int) -> int:
        statement = confirmed(files[number % 2])
        return deciding.work_through(statement.pk, now=NOW)

    assert many_at_once(import_one, 6) == [0] * 6
    for statement in BankStatement.objects.all():
        deciding.work_through(statement.pk, now=NOW)
    assert sorted(BankTransfer.objects.values_list("purpose", "status")) == [
        (code, "matched") for code in codes
    ]
    assert heard.names.count("payment_completed") == 4


@pytest.mark.django_db(transaction=True)
def test_what_waits_elsewhere_is_taken_along_by_one_of_many_at_once():
    codes = ["AAA111", "BBB222", "CCC333", "DDD444"]
    for code in codes:
        taken_in(camt(paying(code), paying(f"{code} other")))
    news = [camt(*map(paying, codes), paying(f"new {number}")) for number in range(6)]
    answers = many_at_once(lambda number: taken_in(news[number]).pk, 6)
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    known = BankTransfer.objects.filter(purpose__in=codes)
    assert known.values_list("statement_id").distinct().count() == 1
    assert BankTransfer.objects.count() == 4 + 4 + 6


@pytest.mark.django_db(transaction=True)
def test_a_statement_confirmed_meanwhile_keeps_what_it_has():
    first = taken_in(camt(paying("ABC234")))
    with transaction.atomic():
        statements.confirm(first.pk, by=BY, now=NOW)
        second = has_to_wait(lambda: taken_in(camt(paying("ABC234"), paying("XYZ789"))))
    second.join(10)
    assert first.transfers.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_transfers_for_one_payment_at_once_pay_it_once(heard: Heard):
    invoiced()
    statement = confirmed(
        camt(*(paying("ABC234", reference=f"R{number}") for number in range(6)))
    )
    pks = list(statement.transfers.values_list("pk", flat=True))

    def decide(number: int) -> None:
        deciding.decide(pks[number], invoices.book_of(ORGANIZATION), by=BY, now=NOW)

    assert many_at_once(decide, 6) == [None] * 6
    statuses = sorted(statement.transfers.values_list("status", flat=True))
    assert statuses == ["duplicate"] * 5 + ["matched"]
    assert heard.names.count("payment_completed") == 1


@pytest.mark.django_db(transaction=True)
def test_a_transfer_that_is_decided_about_meanwhile_pays_nothing(heard: Heard):
    payment = invoiced()
    statement = confirmed(camt(paying("ABC234")))
    with transaction.atomic():
        statement.transfers.update(status="ignored", decided_at=NOW)
        waiting = has_to_wait(lambda: deciding.work_through(statement.pk, now=NOW))
    waiting.join(10)
    payment.refresh_from_db()
    assert payment.status == Payment.Status.INITIATED
    assert statement.transfers.get().status == "ignored"
