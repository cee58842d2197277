"""A site with orders that were just paid at Stripe's stand-in, and nobody told it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.test.utils import setup_databases, teardown_databases
from django.utils import timezone

from payments import services
from tests.live_site import LiveSite, live_site
from tests.payments.stripe_provider import offer_stripe
from tests.registrations.conftest import Summit, new_summit, start_payment
from tests.stand_ins.stripe import StripeStandIn
from tests.stand_ins.stripe.server import API_KEY, SECRET

Message = tuple[bytes, dict[str, str]]


@contextmanager
def paid_site(orders: int) -> Iterator[tuple[LiveSite, list[Message]]]:
    """The site, and for each order the callback that tells of its payment."""
    made = setup_databases(verbosity=0, interactive=False)
    try:
        call_command("createcachetable")
        with StripeStandIn() as stand_in, _site(stand_in) as site:
            offer_stripe(settings, stand_in)
            summit = _summit(orders)
            for _ in range(orders):
                _pay(stand_in, summit)
            events = stand_in.books.told("payment_intent.succeeded")
            yield site, [stand_in.webhooks.message(event) for event in events]
    finally:
        teardown_databases(made, verbosity=0)


@contextmanager
def _site(stand_in: StripeStandIn) -> Iterator[LiveSite]:
    with (
        tempfile.TemporaryDirectory() as folder,
        live_site(
            Path(folder),
            PAYMENT_PROVIDERS="invoice,stripe",
            STRIPE_API_KEY=API_KEY,
            STRIPE_WEBHOOK_SECRETS=SECRET,
            STRIPE_API_BASE=stand_in.url,
        ) as site,
    ):
        yield site


def _summit(orders: int) -> Summit:
    first_day = timezone.now().date() + timedelta(days=90)
    return new_summit(
        quotas=(2 * orders, 100, 100),
        starts_on=first_day,
        ends_on=first_day + timedelta(days=2),
    )


def _pay(stand_in: StripeStandIn, summit: Summit) -> None:
    now = timezone.now()
    order = summit.ready((summit.general, 2), now=now)
    payment = start_payment(order.pk, provider="stripe", now=now)
    stand_in.books.pay(services.begin_payment(payment.pk).provider_reference)
