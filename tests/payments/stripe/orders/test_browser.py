"""A registrant pays by card: our checkout, the provider's page, and back, told by
webhook. With a real browser, because only that obeys the content security policy."""

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from django.utils import timezone

from payments.models import Payment, ProviderCallback
from registrations.models import OrderView
from tests.journeys.browser import Visitor
from tests.live_site import LiveSite, site_at_rest
from tests.registrations.conftest import Summit, new_summit
from tests.stand_ins.stripe import StripeStandIn
from tests.stand_ins.stripe.server import API_KEY, SECRET

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.processes,
    pytest.mark.django_db(transaction=True),
]
Both = tuple[LiveSite, StripeStandIn]


@pytest.fixture
def both(transactional_db: None, tmp_path: Path) -> Iterator[Both]:
    """The site and the provider, each knowing the other's address."""
    call_command("createcachetable")
    site = site_at_rest(
        tmp_path,
        PAYMENT_PROVIDERS="stripe,invoice",
        STRIPE_API_KEY=API_KEY,
        STRIPE_WEBHOOK_SECRETS=SECRET,
    )
    webhook = f"{site.url}/payments/callbacks/stripe/"
    with StripeStandIn(webhook_url=webhook) as stand_in:
        site.environment["STRIPE_API_BASE"] = stand_in.url
        try:
            site.collect_static()
            site.start_web()
            yield site, stand_in
        finally:
            stand_in.webhooks.wait()
            site.stop()
            shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.fixture
def summit(both: Both) -> Summit:
    first_day = timezone.now().date() + timedelta(days=90)
    return new_summit(starts_on=first_day, ends_on=first_day + timedelta(days=2))


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "without"])
def test_left_and_paid_on_the_providers_page(
    both: Both, summit: Summit, chrome: "Browser", javascript: bool
):
    site, stand_in = both
    visitor = Visitor(chrome, site.url, javascript=javascript)
    go_to_checkout(visitor, summit)
    page = visitor.page
    page.get_by_role("button", name=re.compile("^Pay ")).click()
    page.wait_for_url(f"{stand_in.url}/pay/**")

    page.get_by_role("button", name="Cancel").click()
    page.wait_for_url(re.compile(r"\?left$"))
    page.get_by_role("link", name="Go on to the payment page").click()

    page.get_by_role("button", name="Pay").click()
    page.wait_for_url(f"{site.url}/orders/**")
    stand_in.webhooks.wait()
    if not javascript:
        page.reload()
    page.wait_for_url("**/thank-you/")
    check_paid_once(site, stand_in)
    visitor.close()


def check_paid_once(site: LiveSite, stand_in: StripeStandIn) -> None:
    assert OrderView.objects.get().status == "confirmed"
    assert stand_in.charges() == {str(Payment.objects.get().pk): 1}
    assert len(stand_in.books.all("checkout.session")) == 1
    assert {status for _, status in stand_in.webhooks.answers} == {200}
    assert not ProviderCallback.objects.filter(verdict="refused").exists()
    assert site.errors() == ""


def go_to_checkout(visitor: Visitor, summit: Summit) -> None:
    page = visitor.page
    page.goto(f"/conferences/{summit.slug}/register/")
    seats = page.get_by_role("spinbutton", name=re.compile("General admission"))
    seats.fill("2")
    page.get_by_role("button", name="Reserve seats").click()
    page.wait_for_url("**/checkout/")
    page.get_by_label("First name").fill("Registrant")
    page.get_by_label("Last name").fill("One")
    page.get_by_label("E-mail").fill("registrant@example.org")
    page.get_by_role("radio", name=re.compile("Card")).check()
