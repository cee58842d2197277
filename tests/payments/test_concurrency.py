"""Real threads against real rows: one effect, and never more than was taken."""

import threading
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from django.test import Client
from django.utils import timezone

from payments import refund_results, services, signals
from payments.gateways.base import Outcome
from payments.models import Payment, ProviderCallback, Refund, SandboxTransaction
from tests.at_once import many_at_once
from tests.factories.payments import NOW, paid, payment_request, started
from tests.payments.conftest import Heard
from tests.payments.providers import SandboxProvider
from tests.waiting import has_to_wait

pytestmark = pytest.mark.django_db(transaction=True)


def test_20_identical_callbacks_have_one_effect_and_are_all_accepted(
    settings, heard: Heard
):
    payment = started()
    body, headers = SandboxProvider(settings).callback(
        payment, Outcome.COMPLETED, now=timezone.now()
    )
    answers = many_at_once(
        lambda _: Client().post(
            "/payments/callbacks/sandbox/",
            body,
            content_type="application/json",
            headers=headers,
        ),
        20,
    )
    assert {answer.status_code for answer in answers} == {200}
    results = sorted(answer.json()["result"] for answer in answers)
    assert results == ["applied"] + ["duplicate"] * 19
    assert heard.names == ["payment_completed"]
    assert ProviderCallback.objects.count() == 1


def test_contradicting_callbacks_at_once_leave_one_state(settings, heard: Heard):
    payment = started()
    sandbox = SandboxProvider(settings)

    def tell(number: int) -> str:
        outcome = Outcome.COMPLETED if number % 2 else Outcome.REJECTED
        body, headers = sandbox.callback(payment, outcome, event=f"event-{number}")
        return services.receive_callback("sandbox", body=body, headers=headers, now=NOW)

    answers = many_at_once(tell, 10)
    payment.refresh_from_db()
    assert set(answers) <= {"applied", "duplicate", "contradicting"}
    assert payment.status == "completed"
    assert heard.names.count("payment_completed") == 1
    assert heard.names.count("payment_rejected") <= 1
    assert [case.kind for case in payment.cases.all()] == ["rejected-after-payment"]


def test_16_refunds_at_once_never_exceed_what_was_taken():
    payment = paid(amount=Decimal("100.00"))

    def refund(_: int) -> Refund:
        return services.request_refund(
            payment_id=payment.pk, amount=Decimal(30), reason="organizer", now=NOW
        )

    answers = many_at_once(refund, 16)
    assert sum(isinstance(answer, Refund) for answer in answers) == 3
    refused = [answer for answer in answers if not isinstance(answer, Refund)]
    assert {type(answer) for answer in refused} == {services.RefundTooLarge}
    assert asked_back() == 90


def test_control_unlocked_check_and_no_constraint_would_exceed_it():
    """The same 16 threads do harm when neither lock nor constraint is there."""
    payment = paid(amount=Decimal("100.00"))
    constraint = next(
        one
        for one in Payment._meta.constraints
        if one.name == "payment_refunds_never_exceed_amount"
    )
    all_have_checked = threading.Barrier(16)

    def careless(_: int) -> None:
        mine = Payment.objects.get(pk=payment.pk)
        all_have_checked.wait()
        if mine.refundable_amount >= 30:
            Refund.objects.create(
                payment=mine, amount=30, reason="organizer", requested_at=NOW
            )

    with connection.schema_editor() as editor:
        editor.remove_constraint(Payment, constraint)
    try:
        many_at_once(careless, 16)
        assert asked_back() > 100
    finally:
        with connection.schema_editor() as editor:
            editor.add_constraint(Payment, constraint)


def asked_back() -> Decimal:
    total: Decimal = Refund.objects.aggregate(total=Sum("amount"))["total"]
    return total


def test_automatic_refund_asked_at_once_is_one():
    payment = paid()
    answers = many_at_once(
        lambda _: services.request_refund(
            payment_id=payment.pk, amount=None, reason="late-payment", now=NOW
        ),
        8,
    )
    assert len(set(answers)) == 1
    assert services.refunds_of(payment.pk) == answers[:1]


def test_refund_carried_out_by_many_workers_is_paid_once(heard: Heard):
    payment = paid()
    refund = services.request_refund(
        payment_id=payment.pk, amount=None, reason="organizer", now=NOW
    )
    many_at_once(lambda _: refund_results.carry_out(refund.pk, now=NOW), 5)
    assert SandboxTransaction.objects.get().refunded_amount == payment.amount
    assert heard.names == ["payment_completed", "payment_refunded"]


def test_parts_done_at_once_end_as_refunded(heard: Heard):
    payment = paid(amount=Decimal(80))
    parts = [
        services.request_refund(
            payment_id=payment.pk, amount=Decimal(10), reason="organizer", now=NOW
        )
        for _ in range(8)
    ]
    many_at_once(lambda number: refund_results.carry_out(parts[number].pk, now=NOW), 8)
    payment.refresh_from_db()
    assert payment.status == "refunded"
    assert heard.names == ["payment_completed", *["payment_refunded"] * 8]


def test_two_last_parts_done_at_once_see_each_other():
    """The second one waits for the first and then counts both."""
    payment = paid(amount=Decimal(20))
    first, second = (
        services.request_refund(
            payment_id=payment.pk, amount=Decimal(10), reason="organizer", now=NOW
        )
        for _ in range(2)
    )

    with transaction.atomic():
        refund_results.record_done(
            first.pk, expected=(Refund.Status.REQUESTED,), now=NOW
        )
        other = has_to_wait(lambda: refund_results.carry_out(second.pk, now=NOW))
    other.join()
    payment.refresh_from_db()
    assert payment.status == "refunded"


def test_both_buttons_pressed_at_once_decide_one_thing(heard: Heard):
    payment = started()

    def press(number: int) -> Any:
        outcome = "accepted" if number % 2 else "rejected"
        return services.decide_in_sandbox(payment.pk, outcome=outcome, now=NOW)

    answers = many_at_once(press, 8)
    assert sum(isinstance(one, services.AlreadyDecided) for one in answers) == 4
    assert SandboxTransaction.objects.count() == 1
    assert len(heard) == 1


def test_payment_started_at_once_is_one():
    wish = payment_request()
    wishes = [wish, payment_request(order_id=wish.order_id)] * 4
    answers = many_at_once(
        lambda number: services.start_payment(wishes[number], now=NOW), 8
    )
    assert services.payments_of(wish.order_id) == list(set(answers))


def test_invoice_marked_paid_at_once_is_completed_once(heard: Heard):
    payment = started(provider="invoice")
    answers = many_at_once(
        lambda _: services.mark_paid(payment.pk, by="organizer", now=NOW), 8
    )
    assert [answer.status for answer in answers] == ["completed"] * 8
    assert heard.names == ["payment_completed"]


def test_signals_are_sent_inside_the_transaction(heard: Heard):
    """A receiver can only roll back what is not committed yet."""
    inside = []

    def look(**_: object) -> None:
        inside.append(transaction.get_connection().in_atomic_block)

    for signal in (signals.payment_completed, signals.payment_refunded):
        signal.connect(look)
    payment = paid()
    refund = services.request_refund(
        payment_id=payment.pk, amount=None, reason="organizer", now=NOW
    )
    refund_results.carry_out(refund.pk, now=NOW)
    assert inside == [True, True]
