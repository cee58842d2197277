"""The ledger shows what a dispute costs, and what of that comes back."""

from decimal import Decimal

import pytest
from django.utils import timezone

from payments import reconciliation
from registrations.models import OrderView
from registrations.models.ledger_entry import LedgerEntry
from registrations.queries.history import order_history
from registrations.queries.invariants import problems
from tests.payments.stripe.orders.paid_orders import order_to_pay
from tests.payments.stripe_provider import StripeProvider
from tests.registrations.conftest import Summit

pytestmark = pytest.mark.django_db


def test_ledger_has_the_fees_of_a_dispute(stripe: StripeProvider, summit: Summit):
    order = order_to_pay(stripe, summit)
    books = stripe.stand_in.books
    intent = books.pay(order.session)["id"]
    dispute = books.dispute(intent, amount=10_000)["id"]
    books.close_dispute(dispute, status="won")
    for _ in range(2):
        reconciliation.reconcile(now=timezone.now())
    rows = LedgerEntry.objects.filter(order_id=order.order_id).order_by("position")
    assert sorted(rows.values_list("kind", "gross", "tax")) == [
        ("charge", Decimal(398), Decimal(0)),
        ("dispute", Decimal(-100), Decimal(0)),
        ("dispute_won", Decimal(100), Decimal(0)),
        ("fee", Decimal(-15), Decimal(0)),
        ("fee", Decimal("-11.84"), Decimal(0)),
        ("fee", Decimal(15), Decimal(0)),
    ]
    history = order_history(OrderView.objects.get(pk=order.order_id))
    told = [one.summary for one in history if "fee" in one.summary]
    assert told == [
        "Card keeps a fee of 11.84 USD.",
        "Card keeps a fee of 15.00 USD.",
        "Card gives a fee of 15.00 USD back.",
    ]
    assert list(problems()) == []
