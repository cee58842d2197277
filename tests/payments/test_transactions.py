"""No provider is called while a transaction is open, and the guard would notice."""

from uuid import UUID

import pytest
from django.db import transaction

from payments import reconciliation, refund_results, services
from payments.transactions import assert_outside_transaction
from tests.factories.payments import NOW, paid, started


@pytest.mark.django_db
def test_transaction_around_a_test_does_not_count():
    assert_outside_transaction()
    with transaction.atomic(), pytest.raises(services.ProviderCallInsideTransaction):
        assert_outside_transaction()


@pytest.mark.django_db(transaction=True)
def test_provider_calls_inside_a_transaction_are_refused():
    payment, open_one = paid(), started()
    refund = services.request_refund(
        payment_id=payment.pk, amount=None, reason="organizer", now=NOW
    )
    for call in (
        lambda: services.decide_in_sandbox(open_one.pk, outcome="accepted", now=NOW),
        lambda: services.reconcile_payment(open_one.pk, now=NOW),
        lambda: refund_results.carry_out(refund.pk, now=NOW),
        lambda: reconciliation.reconcile(now=NOW),
    ):
        with transaction.atomic():
            with pytest.raises(services.ProviderCallInsideTransaction):
                call()
            assert services.payment(open_one.pk) == open_one  # it is still usable
        call()


@pytest.mark.django_db(transaction=True)
def test_guard_leaves_the_connection_as_it_was():
    assert_outside_transaction()
    connection = transaction.get_connection()
    assert connection.get_autocommit()
    assert not connection.in_atomic_block
    refund_results.carry_out(UUID(int=1), now=NOW)
