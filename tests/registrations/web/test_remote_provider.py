"""Paying at a provider that is somewhere else, and may not be there."""

from collections.abc import Iterator
from typing import Any

import pytest

from payments.models import Payment
from tests.payments.providers import RemoteProvider
from tests.registrations.web.conftest import REGISTRANT

pytestmark = pytest.mark.django_db


@pytest.fixture
def remote(settings: Any) -> Iterator[RemoteProvider]:
    with RemoteProvider(settings) as provider:
        yield provider


def pay(browser) -> Any:
    return browser.submit(**REGISTRANT, provider="remote")


def test_paying_leads_to_the_providers_page_at_once(browser, register, summit, remote):
    order_id = register((summit.general, 1))
    answer = browser.client.post(
        f"/orders/{order_id}/checkout/", {**REGISTRANT, "provider": "remote"}
    )
    answer = browser.client.post(
        answer["location"], {**REGISTRANT, "provider": "remote"}
    )
    payment = Payment.objects.get()
    assert answer["location"] == payment.redirect_url
    assert payment.redirect_url == f"https://remote.example/pay/{payment.pk}"


def test_provider_that_does_not_answer_is_told_of(browser, register, summit, remote):
    register((summit.general, 1))
    remote.is_down = True
    page = pay(browser)
    payment = Payment.objects.get()
    assert page.url == f"/payments/{payment.pk}/"
    assert "did not answer, and nothing was charged" in page.text
    assert "Go on to the payment page" in page.text


def test_who_has_not_paid_is_not_told_to_wait(browser, register, summit, remote):
    register((summit.general, 1))
    remote.is_down = True
    pay(browser)
    payment = Payment.objects.get()
    page = browser.open(payment.return_url)
    assert "Not paid yet" in page.text
    assert "Go on to the payment page" in page.text
    Payment.objects.update(provider_reference="page")
    assert "Waiting for your payment" in browser.open(payment.return_url).text
    assert "Not paid yet" in browser.open(f"{payment.return_url}?left").text
