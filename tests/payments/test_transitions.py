"""Each transition happens once and is announced once, in the right order."""

import pytest
from uuid_utils.compat import uuid7

from payments import signals, transitions
from payments.models import Payment
from tests.factories.payments import NOW, started
from tests.payments.conftest import Heard

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (transitions.complete, transitions.complete),
        (transitions.complete, transitions.reject),
        (transitions.reject, transitions.reject),
    ],
)
def test_second_transition_does_not_happen(first, second, heard: Heard):
    payment = started()
    assert first(payment.pk, now=NOW)
    status = Payment.objects.get().status
    assert not second(payment.pk, now=NOW)
    assert Payment.objects.get().status == status
    assert len(heard) == 1


def test_money_that_comes_after_a_rejection_counts(heard: Heard):
    payment = started()
    assert transitions.reject(payment.pk, now=NOW)
    assert transitions.complete(payment.pk, now=NOW)
    assert not transitions.reject(payment.pk, now=NOW)
    assert Payment.objects.get().status == "completed"
    assert heard.names == ["payment_rejected", "payment_completed"]


def test_unknown_payment_does_not_change(heard: Heard):
    assert not transitions.complete(uuid7(), now=NOW)
    assert heard == []


def test_receivers_may_lock_before_the_payment_changes():
    payment = started()
    seen = []

    def look(sender: object, *, payment_id, order_id, **_: object) -> None:
        seen.append((payment_id, order_id, Payment.objects.get(pk=payment_id).status))

    signals.payment_changes.connect(look)
    transitions.complete(payment.pk, now=NOW)
    assert seen == [(payment.pk, payment.order_id, "initiated")]


def test_receiver_that_raises_undoes_the_transition():
    def refuse(**_: object) -> None:
        raise ZeroDivisionError

    payment = started()
    signals.payment_completed.connect(refuse)
    with pytest.raises(ZeroDivisionError):
        transitions.complete(payment.pk, now=NOW)
    payment.refresh_from_db()
    assert payment.status == "initiated"
