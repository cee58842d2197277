"""`check_invariants` finds whatever is wrong with documents."""

import pytest
from django.db import transaction

from registrations.commands import order as orders
from registrations.documents import files
from registrations.queries.invariants import problems
from tests.registrations.conftest import minutes, pay, start_payment
from tests.registrations.document_faults import FAULTS
from tests.registrations.documents.conftest import (
    documents,
    due_of,
    past_the_guards,
    refund,
)


@pytest.fixture
def issued(taxed):
    """A receipt with a credit note over a part, and an invoice that was taken back."""
    paid = taxed.ready((taxed.general, 1))
    refund(pay(paid.pk), "50.00")
    unpaid = taxed.ready((taxed.party, 1))
    payment = start_payment(unpaid.pk, provider="invoice")
    orders.expire_order(order_id=unpaid.pk, now=due_of(payment) + minutes(1))
    files.pdf_of(documents(paid)[0].pk)
    return paid


def found() -> set[str]:
    return {problem.rule for problem in problems()}


def test_nothing_is_wrong_with_what_was_issued(issued):
    assert list(problems()) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_found(issued, fault):
    statement, rules = FAULTS[fault]
    with transaction.atomic():
        assert past_the_guards(statement) > 0
        assert rules <= found()
        transaction.set_rollback(True)
    assert found() == set()
