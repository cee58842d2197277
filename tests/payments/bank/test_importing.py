"""What an import does: to payments once, to others nothing, never anything twice."""

from decimal import Decimal

import pytest

from payments import transitions
from payments.bank import deciding, statements
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
