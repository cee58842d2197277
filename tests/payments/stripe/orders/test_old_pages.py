"""A start page that was left open takes no money that would only be sent back."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from payments import transitions
from payments.models import Payment
from registrations.commands import order as orders
from registrations.commands import payment as money
from tests.payments.stripe_provider import StripeProvider
from tests.registrations.conftest import Summit

pytestmark = pytest.mark.django_db


def open_page(order, provider: str = "stripe") -> Payment:
    return money.start_payment(order_id=order.pk, provider=provider, now=timezone.now())


def press(payment: Payment) -> str:
    address = reverse("payments:start", kwargs={"payment_id": payment.pk})
    return Client().post(address)["Location"]


def test_order_that_was_paid_otherwise(stripe: StripeProvider, summit: Summit):
    order = summit.ready((summit.general, 1), now=timezone.now())
    left_open = open_page(order)
    transitions.complete(open_page(order, "invoice").pk, now=timezone.now())

    assert press(left_open) == left_open.return_url
    left_open.refresh_from_db()
    assert left_open.provider_reference == ""


def test_order_that_costs_something_else_by_now(stripe: StripeProvider, summit: Summit):
    now = timezone.now()
    order = summit.ready((summit.general, 1), now=now)
    before = open_page(order)
    orders.change_items(order_id=order.pk, items=[(summit.general, 2)], now=now)

    assert press(before) == before.return_url
    assert press(open_page(order)).startswith(stripe.stand_in.url)
