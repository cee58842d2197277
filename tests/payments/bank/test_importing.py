"""What an import does: to payments once, to others nothing, never anything twice."""

from decimal import Decimal
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from payments import services, transitions
from payments.bank import deciding, invoices, statements
from payments.bank.statements import StatementNotWaiting
from payments.models import BankStatement, BankTransfer, Case, Payment
from tests.factories.payments import NOW, ORGANIZATION, OTHER_ORGANIZATION, paid
from tests.payments.bank.conftest import (
    BY,
    confirmed,
    imported,
    invoiced,
    open_cases,
    outcomes,
    taken_in,
)
from tests.payments.bank.files import camt, details, entry, german, paying
from tests.payments.conftest import Heard
from tests.payments.test_concurrency import at_once
from tests.waiting import has_to_wait

pytestmark = pytest.mark.django_db


def test_a_transfer_that_fits_completes_its_payment(heard: Heard):
    payment = invoiced()
    [transfer] = imported(camt(paying("abc 234", reference="R7")))
    payment.refresh_from_db()
    assert payment.status == Payment.Status.COMPLETED
    assert (payment.paid_marked_by, payment.provider_reference) == (BY, "R7")
    assert (transfer.status, transfer.payment_id) == ("matched", payment.pk)
    assert (transfer.decided_by, transfer.decided_at) == (BY, NOW)
    assert heard.names.count("payment_completed") == 1
    assert open_cases() == []


def test_money_for_a_payment_that_was_given_up_completes_it_too(heard: Heard):
    payment = invoiced()
    transitions.reject(payment.pk, now=NOW)
    assert outcomes(imported(camt(paying("ABC234")))) == [("matched", "")]
    payment.refresh_from_db()
    assert payment.status == Payment.Status.COMPLETED


def test_what_does_not_fit_completes_nothing_and_is_a_case(heard: Heard):
    payment = invoiced()
    found = imported(camt(paying("ABC234", "198.00"), entry("7.00", details("hello"))))
    assert outcomes(found) == [("near_miss", "less"), ("unmatched", "unknown")]
    payment.refresh_from_db()
    assert payment.status == Payment.Status.INITIATED
    assert sorted(open_cases()) == sorted(
        ("unmatched-transfer", str(transfer.pk)) for transfer in found
    )
    assert "payment_completed" not in heard.names


def test_case_of_a_near_miss_names_the_order_but_not_the_payer():
    payment = invoiced()
    imported(camt(paying("ABC234", "198.00", name="Qvistina Canary")))
    case = Case.objects.get()
    assert (case.organization_id, case.order_id) == (ORGANIZATION, payment.order_id)
    assert "Canary" not in case.note
    assert "198.00" in case.note


def test_second_transfer_for_an_order_is_a_duplicate(heard: Heard):
    invoiced()
    first = paying("ABC234", reference="R1")
    second = paying("ABC234", reference="R2")
    assert outcomes(imported(camt(first, second))) == [
        ("matched", ""),
        ("duplicate", "duplicate"),
    ]
    assert heard.names.count("payment_completed") == 1


def test_payment_that_was_marked_paid_by_hand_is_not_paid_again(heard: Heard):
    paid(
        provider="invoice", reference="ABC234", currency="EUR", amount=Decimal("199.00")
    )
    assert outcomes(imported(camt(paying("ABC234")))) == [("near_miss", "marked-paid")]
    assert heard.names.count("payment_completed") == 1


def test_payments_of_other_providers_are_left_alone():
    invoiced(provider="sandbox")
    assert outcomes(imported(camt(paying("ABC234")))) == [("unmatched", "unknown")]


def test_another_organization_s_payments_are_never_found(heard: Heard):
    theirs = invoiced(organization_id=OTHER_ORGANIZATION)
    assert outcomes(imported(camt(paying("ABC234")))) == [("unmatched", "unknown")]
    theirs.refresh_from_db()
    assert theirs.status == Payment.Status.INITIATED


# Twice


def test_the_same_file_again_is_the_same_statement(heard: Heard):
    invoiced()
    content = camt(paying("ABC234"))
    imported(content)
    again = taken_in(content)
    assert BankStatement.objects.get() == again
    assert deciding.work_through(again.pk, now=NOW) == 0
    assert BankTransfer.objects.count() == 1
    assert heard.names.count("payment_completed") == 1


def test_an_overlapping_statement_adds_only_what_is_new():
    monday = paying("AAA111", day="2030-05-02"), paying("BBB222", day="2030-05-02")
    tuesday = paying("CCC333", day="2030-05-03")
    assert len(imported(camt(*monday))) == 2
    second = confirmed(camt(*monday, tuesday))
    assert [transfer.purpose for transfer in second.transfers.all()] == ["CCC333"]
    second.refresh_from_db()
    assert (second.entries, second.known_before) == (3, 2)


def test_two_that_look_the_same_are_two_and_stay_two():
    alike = paying("AAA111"), paying("AAA111")
    assert len(imported(camt(*alike))) == 2
    assert imported(camt(*alike, paying("BBB222"))) != []
    assert BankTransfer.objects.count() == 3


def test_the_banks_reference_counts_more_than_words():
    """The same movement, once with the purpose cut off."""
    imported(camt(paying("ABC234 for the summit in May", reference="R1")))
    assert imported(camt(paying("ABC234 for the", reference="R1"))) == []


def test_the_same_movement_on_another_account_is_another():
    imported(camt(paying("ABC234")))
    assert len(imported(camt(paying("ABC234"), account="GB33BUKB20201555555555"))) == 1


def test_what_waits_elsewhere_comes_along_with_an_overlapping_statement():
    """Nobody confirmed the first one: its entry must not be lost there."""
    invoiced()
    taken_in(camt(paying("ABC234")))
    found = imported(camt(paying("ABC234"), paying("BBB222")))
    assert outcomes(found) == [("matched", ""), ("unmatched", "unknown")]


def test_nothing_happens_before_it_is_confirmed(heard: Heard):
    invoiced()
    statement = taken_in(camt(paying("ABC234")))
    assert deciding.work_through(statement.pk, now=NOW) == 0
    assert BankTransfer.objects.get().status == "waiting"
    assert "payment_completed" not in heard.names


def test_a_statement_can_be_thrown_away_until_it_is_confirmed():
    content = camt(paying("ABC234"))
    statements.throw_away(taken_in(content).pk)
    assert not BankTransfer.objects.exists()
    statement = confirmed(content)
    with pytest.raises(StatementNotWaiting):
        statements.throw_away(statement.pk)
    assert BankTransfer.objects.count() == 1


def test_csv_and_xml_of_the_same_movement_pay_once(heard: Heard):
    """They are told apart only by a human; the payment is completed once all the
    same."""
    invoiced()
    imported(camt(paying("ABC234")))
    found = imported(german("02.05.30;199,00;EUR;ABC234;Registrant One;"))
    assert outcomes(found) == [("duplicate", "duplicate")]
    assert heard.names.count("payment_completed") == 1


# Stopped, and at once


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

    assert at_once(import_one, 6) == [0] * 6
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
    answers = at_once(lambda number: taken_in(news[number]).pk, 6)
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

    assert at_once(decide, 6) == [None] * 6
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


# What the database itself refuses


def bare(key: str, **changes: object) -> BankTransfer:
    known = BankTransfer.objects.first()
    if known is None:
        known = taken_in(camt(paying("XYZ789"))).transfers.get()
    values = {
        field.attname: getattr(known, field.attname)
        for field in BankTransfer._meta.concrete_fields
        if field.attname != "id"
    }
    return BankTransfer(**values | {"key": key} | changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "matched"},
        {"status": "ignored"},
        {"amount": 0},
        {"currency": "eur"},
        {"decided_at": NOW},
    ],
)
def test_rows_that_make_no_sense_are_refused(changes):
    bare("a").save()
    with pytest.raises(IntegrityError), transaction.atomic():
        bare("b", **changes).save()


def test_one_key_once_per_organization_and_account():
    bare("a").save()
    bare("a", account="other").save()
    bare("a", organization_id=UUID(int=1)).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        bare("a").save()


def test_one_payment_has_one_transfer():
    payment = invoiced()
    mine = {"status": "matched", "payment_id": payment.pk, "decided_at": NOW}
    bare("a", **mine).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        bare("b", **mine).save()
