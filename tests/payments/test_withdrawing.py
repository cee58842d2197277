"""Keeping the money of a refund that failed."""

from decimal import Decimal

import pytest
from uuid_utils.compat import uuid7

from payments import refund_results, services
from payments.gateways import registry
from payments.gateways.base import RefundAnswer
from payments.models import Payment, Refund
from tests.factories.payments import NOW, paid

pytestmark = pytest.mark.django_db


def refund(payment: Payment, amount: str | None = None, reason: str = "organizer"):
    return services.request_refund(
        payment_id=payment.pk,
        amount=None if amount is None else Decimal(amount),
        reason=reason,
        now=NOW,
    )


def open_kinds(payment: Payment) -> list[str]:
    return [case.kind for case in payment.cases.all() if case.is_open]


def keep(payment: Payment) -> Payment:
    return services.keep_money_of_failed_refund(payment.pk, by="organizer", now=NOW)


def test_failed_refund_is_withdrawn_and_its_share_is_free_again():
    payment = paid()
    asked = refund(payment, reason="seats-gone")
    refund_results.record_failed(asked.pk, error="refused", now=NOW)

    kept = keep(payment)

    asked.refresh_from_db()
    assert (kept.status, kept.refundable_amount) == ("completed", payment.amount)
    assert (asked.status, asked.settled_by, asked.withdrawn_at, asked.error) == (
        "withdrawn",
        "organizer",
        NOW,
        "refused",
    )
    assert refund(payment, reason="order-cancelled").amount == payment.amount


def test_parts_that_failed_are_withdrawn_together():
    payment = paid()
    for amount in ("97", "1000"):
        refund_results.record_failed(
            refund(payment, amount).pk, error="refused", now=NOW
        )

    assert keep(payment).refundable_amount == payment.amount


@pytest.mark.parametrize("end", ["requested", "done", "withdrawn"])
def test_only_a_failed_refund_can_be_withdrawn(end):
    payment = paid()
    asked = refund(payment)
    if end == "done":
        expected = [Refund.Status.REQUESTED]
        refund_results.record_done(asked.pk, expected=expected, now=NOW)
    if end == "withdrawn":
        refund_results.record_failed(asked.pk, error="refused", now=NOW)
        keep(payment)

    with pytest.raises(services.MoneyNotKept):
        keep(payment)

    asked.refresh_from_db()
    assert asked.status == end


def test_money_that_another_refund_takes_is_not_kept():
    payment = paid()
    failed, under_way = refund(payment, "97"), refund(payment, "1000")
    refund_results.record_failed(failed.pk, error="refused", now=NOW)

    with pytest.raises(services.MoneyNotKept):
        keep(payment)

    payment.refresh_from_db()
    assert payment.refundable_amount == 0
    assert under_way.status == "requested"


def test_withdrawing_needs_a_payment_with_refunds():
    with pytest.raises(services.MoneyNotKept):
        keep(paid())
    with pytest.raises(services.PaymentNotFound):
        services.keep_money_of_failed_refund(uuid7(), by="organizer", now=NOW)


def test_withdrawn_refund_is_neither_retried_nor_settled():
    payment = paid()
    asked = refund(payment)
    refund_results.record_failed(asked.pk, error="refused", now=NOW)
    keep(payment)

    with pytest.raises(services.RefundNotFailed):
        services.retry_refund(asked.pk, by="organizer", now=NOW)
    with pytest.raises(services.RefundNotSettleable):
        services.settle_refund_by_hand(asked.pk, by="organizer", now=NOW)


def test_yes_that_comes_after_the_withdrawal_is_shown(monkeypatch):
    """The outside world is slow: while it works, another attempt gives up."""
    payment = paid()
    asked = refund(payment)
    gateway = registry.known("sandbox")

    class SlowProvider:
        def refund(self, refund: Refund) -> RefundAnswer:
            reference = gateway.refund(refund)
            refund_results.record_failed(refund.pk, error="timeout", now=NOW)
            keep(payment)
            return reference

    monkeypatch.setattr(registry, "known", lambda _: SlowProvider())
    refund_results.carry_out(asked.pk, now=NOW)

    payment.refresh_from_db()
    asked.refresh_from_db()
    assert payment.status == "completed"
    assert open_kinds(payment) == ["refund-twice"]
    assert asked.status == "withdrawn"


def test_yes_that_comes_after_it_was_settled_by_hand_is_shown():
    """The money may have gone twice; only a human can find out."""
    payment = paid()
    asked = refund(payment)
    refund_results.record_failed(asked.pk, error="timeout", now=NOW)
    services.settle_refund_by_hand(asked.pk, by="organizer", now=NOW)

    refund_results.note_if_settled_otherwise(asked, now=NOW)

    assert open_kinds(payment) == ["refund-twice"]
