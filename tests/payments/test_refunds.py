"""Who may ask for which refund, and what is queued for it."""

from decimal import Decimal
from uuid import UUID

import pytest
from django.db import transaction
from django.utils.module_loading import import_string
from django_q.models import OrmQ
from django_q.signing import SignedPackage
from uuid_utils.compat import uuid7

from payments import refund_results, sandbox_processor, services
from payments.gateways import registry
from payments.gateways.base import RefundRefused
from payments.models import Payment, Refund
from tests.factories.payments import NOW, paid, started
from tests.payments.conftest import Heard

pytestmark = pytest.mark.django_db


def refund(payment: Payment, amount: str | None = None, reason: str = "organizer"):
    return services.request_refund(
        payment_id=payment.pk,
        amount=None if amount is None else Decimal(amount),
        reason=reason,
        now=NOW,
    )


def queued() -> list[tuple[str, dict[str, str]]]:
    tasks = [SignedPackage.loads(row.payload) for row in OrmQ.objects.order_by("pk")]
    return [(task["func"], task["kwargs"]) for task in tasks]


def test_refund_is_queued_in_the_transaction_that_asked_for_it():
    payment = paid()
    with transaction.atomic():
        refund(payment)
        transaction.set_rollback(True)
    assert (queued(), Refund.objects.count()) == ([], 0)
    asked = refund(payment)
    assert queued() == [
        ("payments.tasks.carry_out_refund", {"refund_id": str(asked.pk), "attempt": 0})
    ]


def test_what_is_queued_carries_the_refund_out():
    payment = paid()
    refund(payment)
    ((task, arguments),) = queued()
    import_string(task)(**arguments)
    payment.refresh_from_db()
    assert payment.status == "refunded"


def test_automatic_reason_is_refunded_once():
    payment = paid()
    first = refund(payment, reason="late-payment")
    assert refund(payment, reason="late-payment") == first
    assert refund(payment, "1.00", reason="late-payment") == first
    assert (len(queued()), services.refunds_of(payment.pk)) == (1, [first])


def test_organizer_may_refund_in_parts():
    payment = paid()
    first, second = refund(payment, "97"), refund(payment, "1000")
    assert services.refunds_of(payment.pk) == [first, second]
    with pytest.raises(services.PaymentNotRefundable):
        refund(payment)


@pytest.mark.parametrize(
    ("amount", "error"),
    [
        ("0", services.InvalidAmount),
        ("-5", services.InvalidAmount),
        ("NaN", services.InvalidAmount),
        ("1.005", services.InvalidAmount),
        ("1097.01", services.RefundTooLarge),
        ("1e30", services.RefundTooLarge),
    ],
)
def test_amount_that_cannot_be_refunded(amount: str, error: type[Exception]):
    payment = paid()
    with pytest.raises(error):
        refund(payment, amount)
    payment.refresh_from_db()
    assert payment.refunded_amount == 0


def test_only_money_that_came_goes_back():
    with pytest.raises(services.PaymentNotRefundable):
        refund(started())
    rejected = started()
    services.decide_in_sandbox(rejected.pk, outcome="rejected", now=NOW)
    with pytest.raises(services.PaymentNotRefundable):
        refund(rejected)
    with pytest.raises(services.PaymentNotFound):
        services.request_refund(payment_id=uuid7(), amount=None, reason="x", now=NOW)


def test_retry_and_settling_need_a_refund_in_that_state():
    asked = refund(paid())
    with pytest.raises(services.RefundNotFailed):
        services.retry_refund(asked.pk, by="organizer", now=NOW)
    with pytest.raises(services.RefundNotSettleable):
        services.settle_refund_by_hand(asked.pk, by="organizer", now=NOW)
    with pytest.raises(services.RefundNotFound):
        services.retry_refund(uuid7(), by="organizer", now=NOW)
    with pytest.raises(services.RefundNotFound):
        services.settle_refund_by_hand(uuid7(), by="organizer", now=NOW)


def test_failed_refund_can_be_settled_by_hand_once(settings, heard: Heard):
    settings.SANDBOX_FAILS = "refund"
    payment = paid()
    asked = refund(payment)
    refund_results.carry_out(asked.pk, now=NOW)
    services.settle_refund_by_hand(asked.pk, by="organizer", now=NOW)
    with pytest.raises(services.RefundNotSettleable):
        services.settle_refund_by_hand(asked.pk, by="organizer", now=NOW)
    payment.refresh_from_db()
    assert payment.status == "refunded"
    assert heard.names == ["payment_completed", "refund_failed", "payment_refunded"]
    assert heard[1][1] == {
        "payment_id": payment.pk,
        "order_id": payment.order_id,
        "refund_id": asked.pk,
        "error": "The sandbox is set to refuse refunds.",
    }


def test_unknown_refund_is_nothing_to_do(heard: Heard):
    refund_results.carry_out(UUID(int=1), now=NOW)
    assert not refund_results.record_failed(UUID(int=1), error="", now=NOW)
    assert heard == []


def test_success_counts_also_after_another_attempt_gave_up(heard: Heard):
    asked = refund(paid())
    refund_results.record_failed(asked.pk, error="timeout", now=NOW)
    expected = (Refund.Status.REQUESTED, Refund.Status.FAILED)
    assert refund_results.record_done(asked.pk, expected=expected, now=NOW)
    assert not refund_results.record_done(asked.pk, expected=expected, now=NOW)
    assert heard.names == ["payment_completed", "refund_failed", "payment_refunded"]


def test_failure_does_not_undo_a_success(heard: Heard):
    asked = refund(paid())
    refund_results.carry_out(asked.pk, now=NOW)
    assert not refund_results.record_failed(asked.pk, error="timeout", now=NOW)
    asked.refresh_from_db()
    assert (asked.status, asked.error) == ("done", "")
    assert heard.names == ["payment_completed", "payment_refunded"]


def test_provider_that_has_nothing_left_refuses(heard: Heard):
    payment = paid()
    sandbox_processor.refund(payment.pk, key="elsewhere", amount=payment.amount)
    asked = refund(payment)
    refund_results.carry_out(asked.pk, now=NOW)
    asked.refresh_from_db()
    assert asked.status == "failed"
    assert asked.error == "The sandbox has nothing left to give back."


def test_payment_of_a_provider_that_is_gone_is_not_refunded_by_another():
    payment = paid()
    Payment.objects.update(provider="bygone")
    with pytest.raises(services.UnknownProvider):
        refund(payment)


def test_gateways_that_settle_by_hand_refuse_to_do_it_themselves():
    asked = refund(paid(provider="invoice"))
    with pytest.raises(RefundRefused):
        registry.known("invoice").refund(asked)
