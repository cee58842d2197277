"""The database refuses by itself what the code around it must never write."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from payments import sandbox_processor
from payments.models import Payment, ProviderCallback, Refund, SandboxTransaction
from tests.factories.payments import NOW, paid, started

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"amount": 0}, "payment_amount_positive"),
        ({"amount": -1}, "payment_amount_positive"),
        ({"refunded_amount": 1098}, "payment_refunds_never_exceed_amount"),
        ({"refunded_amount": -1}, "payment_refunds_never_exceed_amount"),
        ({"currency": "usd"}, "payment_currency_is_iso_code"),
        ({"status": "initiated"}, "payment_status_matches_times"),
        ({"status": "rejected"}, "payment_status_matches_times"),
        ({"completed_at": None}, "payment_status_matches_times"),
        ({"rejected_at": NOW}, "payment_status_matches_times"),
        ({"status": "stolen"}, "payment_status_matches_times"),
    ],
    ids=str,
)
def test_payment_row_must_make_sense(change: dict[str, Any], constraint: str):
    paid()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Payment.objects.update(**change)


def test_one_open_payment_per_order_provider_and_amount():
    first, other = started(), started()
    with pytest.raises(IntegrityError, match="payment_one_open"), transaction.atomic():
        Payment.objects.filter(pk=other.pk).update(order_id=first.order_id)


def refund(payment: Payment, **wish: Any) -> Refund:
    row = {"amount": 1, "reason": "organizer", "requested_at": NOW} | wish
    with transaction.atomic():
        return Refund.objects.create(payment=payment, **row)


def test_refund_row_must_make_sense():
    payment = paid()
    wishes: list[tuple[dict[str, Any], str]] = [
        ({"amount": 0}, "refund_amount_positive"),
        ({"status": "done"}, "refund_done_has_time"),
        ({"done_at": NOW}, "refund_done_has_time"),
    ]
    for wish, constraint in wishes:
        with pytest.raises(IntegrityError, match=constraint):
            refund(payment, **wish)


def test_automatic_refund_is_one_row_per_payment_and_reason():
    payment = paid()
    refund(payment), refund(payment)
    refund(payment, reason="late-payment")
    with pytest.raises(IntegrityError, match="refund_once_per_payment_and_reason"):
        refund(payment, reason="late-payment")


def test_event_is_one_row_per_provider():
    row = {"event_id": "1", "verdict": "applied", "received_at": NOW}
    ProviderCallback.objects.create(provider="sandbox", **row)
    ProviderCallback.objects.create(provider="remote", **row)
    constraint = "provider_callback_event_once_per_provider"
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ProviderCallback.objects.create(provider="sandbox", **row)


def test_sandbox_charges_once_and_gives_back_no_more_than_it_took():
    payment = paid()
    charged = SandboxTransaction.objects.get(payment_id=payment.pk)
    constraint = "sandbox_transaction_refunds_never_exceed_amount"
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        SandboxTransaction.objects.update(refunded_amount=F("amount") + 1)
    constraint = "sandbox_transaction_once_per_payment"
    charged.pk = None
    charged._state.adding = True
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        charged.save(force_insert=True)


def test_sandbox_refunds_once_per_key_and_control():
    payment = paid()
    for _ in range(2):
        sandbox_processor.refund(payment.pk, key="a", amount=Decimal(500))
    charged = SandboxTransaction.objects.get()
    assert charged.refunded_amount == 500
    # Control: it is the key that holds the second one back.
    sandbox_processor.refund(payment.pk, key="b", amount=Decimal(500))
    with pytest.raises(sandbox_processor.NotRefundable):
        sandbox_processor.refund(payment.pk, key="c", amount=Decimal(500))
    charged.refresh_from_db()
    assert charged.refunded_amount == 1000
    with pytest.raises(sandbox_processor.NotRefundable):
        sandbox_processor.refund(started().pk, key="d", amount=Decimal(1))


def test_rows_name_themselves():
    payment = paid()
    assert str(payment) == "ABC234 $1,097.00"
    assert str(refund(payment, amount=Decimal("5.00"))) == ("ABC234 $5.00 (Requested)")
    charged = SandboxTransaction.objects.get()
    assert str(charged) == f"{payment.pk} accepted"
    assert str(ProviderCallback.objects.get()) == f"sandbox sandbox-{charged.pk}"
    sandbox_processor.refund(payment.pk, key="a", amount=Decimal(1))
    assert str(charged.refunds.get()) == "a"
