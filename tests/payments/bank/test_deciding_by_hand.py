"""What organizers decide: each thing once, whatever is pressed twice, and by whom."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from payments import services
from payments.bank import assigning
from payments.bank.assigning import (
    Decision,
    DifferenceNotAccepted,
    PaymentHasMoney,
    TransferDecided,
    TransferNotAssignable,
)
from payments.models import BankTransfer, Case, Payment
from tests.at_once import many_at_once
from tests.factories.payments import NOW, OTHER_ORGANIZATION, paid
from tests.payments.bank.conftest import imported, invoiced, open_cases
from tests.payments.bank.files import camt, details, entry, paying
from tests.payments.conftest import Heard

pytestmark = pytest.mark.django_db
WHO = "owner-contoso"


def said(transfer: BankTransfer, note: str = "") -> Decision:
    return Decision(transfer_id=transfer.pk, by=WHO, now=NOW, note=note)


def state(row: Payment) -> tuple[str, Decimal]:
    row.refresh_from_db()
    return row.status, row.amount


def near_miss(amount: str = "199.00", purpose: str = "ABC2X4") -> BankTransfer:
    [transfer] = imported(camt(paying(purpose, amount)))
    assert transfer.is_to_decide
    return transfer


def test_assigned_by_hand_the_payment_is_completed_and_the_case_closed(heard: Heard):
    payment, transfer = invoiced(), near_miss()
    assigning.assign(said(transfer, "asked by telephone"), payment.pk)
    assert state(payment) == ("completed", Decimal(199))
    assert payment.paid_marked_by == WHO
    transfer.refresh_from_db()
    assert (transfer.status, transfer.payment_id) == ("matched", payment.pk)
    assert (transfer.decided_by, transfer.decided_at) == (WHO, NOW)
    assert transfer.note == "asked by telephone"
    case = Case.objects.get()
    assert (case.closed_by, case.closed_at) == (WHO, NOW)
    assert heard.names.count("payment_completed") == 1


@pytest.mark.parametrize("amount", ["198.00", "200.00"])
def test_another_amount_is_refused_until_somebody_accepts_it(amount, heard: Heard):
    payment, transfer = invoiced(), near_miss(amount, "ABC234")
    with pytest.raises(DifferenceNotAccepted):
        assigning.assign(said(transfer), payment.pk)
    assert state(payment) == ("initiated", Decimal(199))
    transfer.refresh_from_db()
    assert transfer.is_to_decide
    assert "payment_completed" not in heard.names


def test_accepted_as_full_payment_what_was_asked_for_counts_and_a_case_keeps_it(
    heard: Heard,
):
    payment, transfer = invoiced(), near_miss("198.00", "ABC234")
    assigning.assign(said(transfer, "bank fee"), payment.pk, accept=True)
    assert state(payment) == ("completed", Decimal(199))
    transfer.refresh_from_db()
    assert transfer.note == "Asked for €199.00, came €198.00.\nbank fee"
    assert open_cases() == [("amount-mismatch", str(payment.pk))]
    assert "198.00" in Case.objects.get(kind="amount-mismatch").note
    completed = dict(heard)["payment_completed"]
    assert completed["amount"] == Decimal(199)


def test_another_currency_can_be_accepted_too():
    payment = invoiced()
    [transfer] = imported(camt(entry("205.13", details("ABC234"), currency="USD")))
    assigning.assign(said(transfer), payment.pk, accept=True)
    assert state(payment) == ("completed", Decimal(199))


def test_taken_as_it_is_the_payment_is_worth_what_came(heard: Heard):
    payment, transfer = invoiced(), near_miss("150.00", "ABC234")
    assigning.take_as_it_is(said(transfer), payment.pk)
    assert state(payment) == ("completed", Decimal(150))
    assert dict(heard)["payment_completed"]["amount"] == Decimal(150)
    assert open_cases() == [("amount-mismatch", str(payment.pk))]


def test_taken_as_it_is_only_in_the_same_currency():
    payment = invoiced()
    [transfer] = imported(camt(entry("205.13", details("ABC234"), currency="USD")))
    with pytest.raises(DifferenceNotAccepted):
        assigning.take_as_it_is(said(transfer), payment.pk)


def test_a_payment_marked_paid_by_hand_is_only_told_its_transfer(heard: Heard):
    payment = paid(
        provider="invoice", reference="ABC234", currency="EUR", amount=Decimal("199.00")
    )
    transfer = near_miss(purpose="ABC234")
    assigning.assign(said(transfer), payment.pk)
    transfer.refresh_from_db()
    assert transfer.payment_id == payment.pk
    payment.refresh_from_db()
    assert payment.paid_marked_by == "organizer"
    assert heard.names.count("payment_completed") == 1


def test_a_payment_marked_paid_by_hand_cannot_be_worth_something_else(heard: Heard):
    payment = paid(
        provider="invoice", reference="ABC234", currency="EUR", amount=Decimal("199.00")
    )
    transfer = near_miss("150.00", "ABC234")
    with pytest.raises(PaymentHasMoney):
        assigning.take_as_it_is(said(transfer), payment.pk)
    assert state(payment) == ("completed", Decimal(199))
    transfer.refresh_from_db()
    assert transfer.is_to_decide


def test_more_than_a_payment_can_be_is_not_taken_as_it_is():
    payment, transfer = invoiced(), near_miss("5000000000.00", "ABC234")
    with pytest.raises(TransferNotAssignable):
        assigning.take_as_it_is(said(transfer), payment.pk)
    assert state(payment) == ("initiated", Decimal(199))


def test_money_of_one_transfer_is_not_the_money_of_another():
    payment = invoiced()
    first, second = imported(camt(paying("ABC2X4"), paying("ABC2Y4")))
    assigning.assign(said(first), payment.pk)
    for way in (assigning.assign, assigning.take_as_it_is):
        with pytest.raises(PaymentHasMoney):
            way(said(second), payment.pk)
    second.refresh_from_db()
    assert second.is_to_decide


def test_reversed_money_cannot_be_assigned():
    payment = invoiced()
    [transfer] = imported(
        camt(entry("199", details("ABC234"), extra="<RvslInd>true</RvslInd>"))
    )
    for way in (assigning.assign, assigning.take_as_it_is):
        with pytest.raises(TransferNotAssignable):
            way(said(transfer), payment.pk)
    assert state(payment) == ("initiated", Decimal(199))


@pytest.mark.parametrize(
    "changes", [{"organization_id": OTHER_ORGANIZATION}, {"provider": "sandbox"}]
)
def test_only_the_organizations_own_transfers_pay(changes: dict[str, Any]):
    payment, transfer = invoiced(**changes), near_miss()
    for way in (assigning.assign, assigning.take_as_it_is):
        with pytest.raises(services.PaymentNotFound):
            way(said(transfer), payment.pk)
    assert state(payment) == ("initiated", Decimal(199))


@pytest.mark.parametrize(
    ("step", "status"),
    [(assigning.ignore, "ignored"), (assigning.return_by_hand, "returned")],
)
def test_what_is_not_for_us_is_noted_once(step: Callable[..., None], status: str):
    transfer = near_miss(purpose="hello")
    step(said(transfer, "of the canteen"))
    transfer.refresh_from_db()
    assert (transfer.status, transfer.note) == (status, "of the canteen")
    assert (transfer.decided_by, transfer.decided_at) == (WHO, NOW)
    assert open_cases() == []
    with pytest.raises(TransferDecided):
        step(said(transfer))


@pytest.mark.django_db(transaction=True)
def test_pressed_by_six_at_once_it_happens_once(heard: Heard):
    payments = [invoiced(), invoiced("ABC244")]
    transfer = near_miss()
    steps = [
        lambda: assigning.assign(said(transfer), payments[0].pk),
        lambda: assigning.assign(said(transfer), payments[1].pk),
        lambda: assigning.ignore(said(transfer)),
    ]
    answers = many_at_once(lambda number: steps[number % 3](), 6)
    refused = [answer for answer in answers if isinstance(answer, TransferDecided)]
    assert len(refused) == 5
    transfer.refresh_from_db()
    completed = heard.names.count("payment_completed")
    assert completed == (1 if transfer.status == "matched" else 0)
    taken = Payment.objects.filter(status="completed").values_list("pk", flat=True)
    assert list(taken) == ([transfer.payment_id] if completed else [])
