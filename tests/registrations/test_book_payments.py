"""What was paid before there was a ledger is booked afterwards, once."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.dispatch import Signal

from payments import refund_results, signals
from payments import services as payments
from registrations import account_listeners as accounts
from registrations.models import LedgerEntry
from registrations.queries import invariants
from tests.registrations.conftest import NOW, pay

pytestmark = pytest.mark.django_db


@pytest.fixture
def without_ledger():
    pairs: list[tuple[Signal, Callable[..., Any]]] = [
        (signals.payment_completed, accounts.book_charge),
        (signals.payment_refunded, accounts.book_refund),
    ]
    for signal, listener in pairs:
        signal.disconnect(listener, dispatch_uid=f"registrations.{listener.__name__}")
    yield
    accounts.connect()


def test_earlier_payments_are_booked_once(summit, without_ledger):
    order = summit.ready((summit.general, 2))
    payment = pay(order.pk)
    refund = payments.request_refund(
        payment_id=payment.pk, amount=None, reason="organizer", now=NOW
    )
    refund_results.record_done(refund.pk, expected=[refund.Status.REQUESTED], now=NOW)
    assert not LedgerEntry.objects.exists()
    assert list(invariants.problems()) != []

    for _ in range(2):
        call_command("book_payments")

    entries = LedgerEntry.objects.order_by("position")
    assert [(one.kind, one.gross) for one in entries] == [
        ("charge", Decimal(398)),
        ("refund", Decimal(-398)),
    ]
    assert list(invariants.problems()) == []
