"""Facts join: early, late, doubled and in any order they come to the same end."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from django.db import transaction
from uuid_utils.compat import uuid7

from payments import cases, reconciliation, refund_results, services, signals
from payments.gateways.base import CallbackFact, Outcome
from payments.models import Case, Payment, ProviderCall, ProviderCallback
from tests.factories.payments import NOW
from tests.payments.conftest import Heard
from tests.payments.providers import RemoteProvider, deliver

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
HAPPENED = [
    Outcome.CREATED,
    Outcome.AUTHORISED,
    Outcome.REJECTED,
    Outcome.COMPLETED,
    Outcome.REFUNDED,
    Outcome.DISPUTED,
]
PARTS = {
    Outcome.REFUNDED: {"amount": "97.00", "part": "their-refund"},
    Outcome.DISPUTED: {"amount": "500.00", "part": "dispute-1", "reason": "fraud"},
}


@pytest.fixture
def remote(settings: Any) -> Iterator[RemoteProvider]:
    with RemoteProvider(settings) as provider:
        yield provider


def tell(remote: RemoteProvider, payment: Payment, outcome: Outcome, **said: str):
    at = NOW + MINUTE * HAPPENED.index(outcome) if outcome in HAPPENED else NOW
    words: dict[str, Any] = {"at": at.isoformat()} | PARTS.get(outcome, {}) | said
    return deliver(remote, remote.callback(payment, outcome, **words))


def end_of(payment: Payment) -> Any:
    payment.refresh_from_db()
    return (
        payment.status,
        payment.amount,
        payment.refunded_amount,
        payment.disputed_amount,
        [(one.reason, one.status, one.amount) for one in payment.refunds.all()],
        [(one.status, one.amount, one.reason) for one in payment.disputes.all()],
        sorted(case.kind for case in payment.cases.all() if case.is_open),
    )


END = (
    "partially_refunded",
    Decimal(1097),
    Decimal(97),
    Decimal(500),
    [("provider", "done", Decimal(97))],
    [("open", Decimal(500), "fraud")],
    ["disputed"],
)


def test_every_order_comes_to_one_end(remote: RemoteProvider):
    """All six, with an order behind them, are told in `tests/payments/stripe`."""
    payment = remote.begin()
    for order in permutations(HAPPENED[2:]):
        with transaction.atomic():
            for outcome in order:
                tell(remote, payment, outcome)
            assert end_of(payment) == END, order
            transaction.set_rollback(True)


def test_what_presumes_the_payment_waits_for_it(remote: RemoteProvider, heard: Heard):
    payment = remote.begin()
    assert tell(remote, payment, Outcome.REFUNDED) == "waiting"
    assert tell(remote, payment, Outcome.DISPUTED) == "waiting"
    assert (heard, end_of(payment)[0]) == ([], "initiated")
    assert tell(remote, payment, Outcome.COMPLETED) == "applied"
    assert heard.names == ["payment_completed", "payment_refunded", "dispute_opened"]
    assert not ProviderCallback.objects.filter(verdict="waiting").exists()


def test_what_waits_makes_us_ask_for_the_payment(remote: RemoteProvider):
    payment = remote.begin()
    tell(remote, payment, Outcome.REFUNDED)
    Payment.objects.update(status="rejected", rejected_at=NOW)
    remote.decide(payment, Outcome.COMPLETED)
    reconciliation.reconcile(now=NOW + MINUTE)
    assert end_of(payment)[0] == "partially_refunded"


def test_dispute_counts_against_refunds_until_it_is_won(
    remote: RemoteProvider, heard: Heard
):
    payment = remote.begin()
    tell(remote, payment, Outcome.COMPLETED)
    tell(remote, payment, Outcome.DISPUTED)
    with pytest.raises(services.RefundTooLarge):
        _refund(payment, "597.01")
    won = {"part": "dispute-1", "amount": "500.00"}
    tell(remote, payment, Outcome.DISPUTE_WON, **won)
    assert _refund(payment, "1097.00").amount == 1097
    assert not Case.objects.filter(kind="disputed", closed_at=None).exists()
    (closed,) = [said for name, said in heard if name == "dispute_closed"]
    assert (closed["is_won"], closed["amount"]) == (True, 500)


@pytest.mark.parametrize("first", [Outcome.DISPUTED, Outcome.DISPUTE_LOST])
def test_lost_dispute_is_lost_whatever_came_first(
    remote: RemoteProvider, heard: Heard, first: Outcome
):
    payment = remote.begin()
    tell(remote, payment, Outcome.COMPLETED)
    lost = {"part": "dispute-1", "amount": "500.00", "reason": "fraud"}
    for outcome in sorted({Outcome.DISPUTED, Outcome.DISPUTE_LOST}, key=first.__ne__):
        tell(remote, payment, outcome, **lost)
    assert end_of(payment)[5] == [("lost", 500, "fraud")]
    assert heard.names[1:] == ["dispute_opened", "dispute_closed"]
    assert end_of(payment)[3] == 500


def test_fee_is_charged_once(remote: RemoteProvider, heard: Heard):
    payment = remote.begin()
    tell(remote, payment, Outcome.COMPLETED)
    told_again = {"event": "another", "fee": "12.30"}
    for _ in range(2):
        tell(remote, payment, Outcome.COMPLETED, **told_again)
    assert heard.names == ["payment_completed", "fee_charged"]
    (fee,) = services.fees_of(payment.pk)
    assert (fee.amount, fee.provider_reference) == (Decimal("12.30"), "")


FEES = {
    "paid": (Outcome.COMPLETED, {"event": "paid", "fee": "12.30"}),
    "charged": (Outcome.FEE, {"part": "txn_1", "amount": "15.00"}),
    "returned": (Outcome.FEE_RETURNED, {"part": "txn_2", "amount": "15.00"}),
}


@pytest.mark.parametrize("order", [*permutations(FEES)], ids="-".join)
def test_fees_come_in_any_order_and_again(
    remote: RemoteProvider, heard: Heard, order: tuple[str, ...]
):
    payment = remote.begin()
    for name in (*order, *order):
        outcome, said = FEES[name]
        told = {"event": f"{name}-of-{payment.pk}"}
        tell(remote, payment, outcome, **said | told)
    fees = services.fees_of(payment.pk)
    assert sorted((fee.provider_reference, fee.amount) for fee in fees) == [
        ("", Decimal("12.30")),
        ("txn_1", 15),
        ("txn_2", -15),
    ]
    charged = [said["amount"] for name, said in heard if name == "fee_charged"]
    assert sorted(charged) == [-15, Decimal("12.30"), 15]
    payment.refresh_from_db()
    assert (payment.status, payment.refundable_amount) == ("completed", payment.amount)


def test_refund_of_ours_is_known_again(remote: RemoteProvider, heard: Heard):
    payment = remote.begin()
    tell(remote, payment, Outcome.COMPLETED)
    asked = _refund(payment, "97.00")
    tell(remote, payment, Outcome.REFUNDED, refund=str(asked.pk))
    refund_results.carry_out(asked.pk, now=NOW)
    assert [one.status for one in services.refunds_of(payment.pk)] == ["done"]
    assert heard.names == ["payment_completed", "payment_refunded"]


def test_refund_that_takes_days_is_under_way_until_it_ends(
    remote: RemoteProvider, heard: Heard
):
    payment = remote.begin()
    tell(remote, payment, Outcome.COMPLETED)
    remote.refunds_take_days = True
    good, bad = _refund(payment, "97.00"), _refund(payment, "3.00")
    for one in (good, bad):
        refund_results.carry_out(one.pk, now=NOW)
        one.refresh_from_db()
        assert one.status == "under_way"
    assert heard.names == ["payment_completed"]
    tell(remote, payment, Outcome.REFUNDED, refund=str(good.pk), event="1")
    failed = {"refund": str(bad.pk), "amount": "3.00", "reason": "account closed"}
    tell(remote, payment, Outcome.REFUND_FAILED, event="2", **failed)
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.status, bad.status, bad.error) == ("done", "failed", "account closed")
    assert heard.names[1:] == ["payment_refunded", "refund_failed"]
    assert end_of(payment)[-1] == ["refund-failed"]


def test_money_given_back_twice_is_shown_and_counts_once(remote: RemoteProvider):
    payment = remote.begin()
    tell(remote, payment, Outcome.COMPLETED)
    _refund(payment, "1050.00")
    tell(remote, payment, Outcome.REFUNDED)
    assert end_of(payment)[2] == payment.amount
    assert "refund-twice" in end_of(payment)[-1]


def test_payment_that_nobody_told_us_of_is_found(remote: RemoteProvider):
    payment = remote.begin()
    unknown = _fact(payment, payment_id=uuid7(), event_id="lost-1")
    remote.listed = [_fact(payment), unknown]
    reconciliation.reconcile(now=NOW + MINUTE)
    assert end_of(payment)[0] == "completed"
    assert Case.objects.get().kind == "unknown-payment"


def test_listing_goes_on_where_it_stopped(remote: RemoteProvider):
    payment = remote.begin()
    remote.is_down = True
    reconciliation.reconcile(now=NOW + MINUTE)
    remote.is_down = False
    remote.listed = [_fact(payment)]
    reconciliation.reconcile(now=NOW + timedelta(hours=5))
    assert end_of(payment)[0] == "completed"
    assert ProviderCallback.objects.get().body == "(listed)"


def test_one_that_cannot_be_applied_hides_no_other_and_is_read_again(
    remote: RemoteProvider, heard: Heard
):
    def stumble(*, payment_id: object, **_: object) -> None:
        if payment_id == bad.pk:
            raise ZeroDivisionError

    bad, good = remote.begin(), remote.begin()
    remote.listed = [_fact(bad, event_id="1"), _fact(good, event_id="2")]
    signals.payment_completed.connect(stumble)
    reconciliation.reconcile(now=NOW + MINUTE)
    assert (end_of(bad)[0], end_of(good)[0]) == ("initiated", "completed")
    signals.payment_completed.disconnect(stumble)
    reconciliation.reconcile(now=NOW + timedelta(days=2))
    assert end_of(bad)[0] == "completed"


def test_statement_before_its_payment_is_applied_when_that_is_known(
    remote: RemoteProvider,
):
    known = remote.begin()
    early = _fact(known, payment_id=uuid7(), order_id=uuid7(), event_id="early")
    remote.listed = [early]
    reconciliation.reconcile(now=NOW + MINUTE)
    payment = remote.begin(payment_id=early.payment_id, order_id=early.order_id)
    reconciliation.reconcile(now=NOW + 2 * MINUTE)
    assert end_of(payment)[0] == "completed"
    case = Case.objects.get()
    assert (case.kind, case.closed_by) == ("unknown-payment", cases.ITSELF)


def test_look_ups_that_end_alike_share_a_row(remote: RemoteProvider):
    remote.begin()
    remote.is_down = True
    for minute in range(1, 4):
        reconciliation.reconcile(now=NOW + minute * MINUTE)
    call = ProviderCall.objects.get()
    assert (call.operation, call.outcome, call.times) == ("look_up", "unavailable", 3)
    assert (call.started_at, call.ended_at) == (NOW + MINUTE, NOW + 3 * MINUTE)


def _fact(payment: Payment, **changes: Any) -> CallbackFact:
    values: dict[str, Any] = {
        "event_id": "listed-1",
        "payment_id": payment.pk,
        "order_id": payment.order_id,
        "outcome": Outcome.COMPLETED,
        "amount": payment.amount,
        "currency": payment.currency,
        "occurred_at": NOW,
    }
    return CallbackFact(**values | changes)


def _refund(payment: Payment, amount: str):
    return services.request_refund(
        payment_id=payment.pk,
        amount=Decimal(amount),
        reason=services.ORGANIZER_REASON,
        now=NOW,
    )
