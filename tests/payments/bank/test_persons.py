"""What transfers say of a person is found and emptied; the money stays."""

from decimal import Decimal

import pytest

from payments import persons
from payments.bank.persons import EMPTY
from payments.models import BankTransfer
from tests.factories.payments import OTHER_ORGANIZATION
from tests.payments.bank.conftest import imported, invoiced
from tests.payments.bank.files import camt, paying

pytestmark = pytest.mark.django_db
ADDRESS = "canary@example.org"


def mentions(text: str) -> bool:
    return ADDRESS in text


def said(transfer: BankTransfer) -> dict[str, str]:
    transfer.refresh_from_db()
    return {name: getattr(transfer, name) for name in EMPTY}


def test_by_order_by_code_and_by_mention():
    payment = invoiced()
    theirs = imported(
        camt(
            paying("ABC234"),
            paying("ABC234 again", "7.00"),
            paying(f"from {ADDRESS}", "8.00"),
        )
    )
    [other] = imported(camt(paying("rent", "9.00")))
    [foreign] = imported(camt(paying("ABC234")), organization_id=OTHER_ORGANIZATION)
    kept = said(other), said(foreign)

    assert len(persons.held([payment.order_id], mentions)["transfers"]) == 3
    done = persons.forget([payment.order_id], mentions)
    assert done["transfers_emptied"] == 3
    assert [said(transfer) for transfer in theirs] == [EMPTY] * 3
    assert sorted(transfer.amount for transfer in theirs) == [7, 8, Decimal(199)]
    assert (said(other), said(foreign)) == kept
    assert persons.forget([payment.order_id], mentions)["transfers_emptied"] == 0


def test_what_was_emptied_does_not_come_back_with_the_next_statement():
    payment = invoiced()
    imported(camt(paying("ABC234")))
    persons.forget([payment.order_id], mentions)
    assert imported(camt(paying("ABC234"), paying("XYZ789"))) != []
    assert not BankTransfer.objects.filter(purpose="ABC234").exists()
