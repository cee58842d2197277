"""From our page to the provider's, also when nobody answers there."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django_q.models import OrmQ
from uuid_utils.compat import uuid7

from payments import services, transitions
from payments.models import ProviderCall
from tests.factories.payments import NOW
from tests.payments.providers import RemoteProvider

pytestmark = pytest.mark.django_db


@pytest.fixture
def remote(settings: Any) -> Iterator[RemoteProvider]:
    with RemoteProvider(settings) as provider:
        yield provider


def test_looking_at_the_page_asks_nobody(client: Client, remote: RemoteProvider):
    payment = remote.begin()
    page = client.get(payment.redirect_url)
    assert page.status_code == 200
    assert "$1,097.00" in page.text
    assert "Go on to the payment page" in page.text
    assert remote.asked_for_pages == []


def test_button_leads_to_the_provider_and_asks_once(
    client: Client, remote: RemoteProvider
):
    payment = remote.begin()
    address = payment.redirect_url
    for _ in range(2):
        answer = client.post(address)
        assert answer.status_code == 303
        assert answer["location"] == f"https://remote.example/pay/{payment.pk}"
    assert remote.asked_for_pages == [payment.pk]
    call = ProviderCall.objects.get()
    assert (call.operation, call.outcome, call.key, call.answer) == (
        "start",
        "answered",
        str(payment.pk),
        f"page-{payment.pk}",
    )


def test_provider_that_is_down_can_be_tried_again(
    client: Client, remote: RemoteProvider
):
    payment = remote.begin()
    remote.is_down = True
    answer = client.post(payment.redirect_url)
    assert answer.status_code == 503
    assert "cannot be reached at the moment. Nothing was charged" in answer.text
    assert "Try again" in answer.text
    assert ProviderCall.objects.get().outcome == "unavailable"
    remote.is_down = False
    assert client.post(payment.redirect_url).status_code == 303


def test_provider_that_refuses_is_not_tried_again(
    client: Client, remote: RemoteProvider
):
    payment = remote.begin()
    remote.takes_nothing = True
    answer = client.post(payment.redirect_url)
    assert answer.status_code == 409
    assert "does not take this payment" in answer.text
    assert "Try again" not in answer.text
    assert ProviderCall.objects.get().outcome == "refused"


def test_decided_payment_leads_back_to_the_order(
    client: Client, remote: RemoteProvider
):
    payment = remote.begin()
    transitions.reject(payment.pk, now=NOW)
    answer = client.post(payment.redirect_url)
    assert (answer.status_code, answer["location"]) == (303, payment.return_url)
    assert remote.asked_for_pages == []


def test_unknown_payment_is_not_found(client: Client):
    assert client.get(f"/payments/{uuid7()}/").status_code == 404


def test_waiting_page_leaves_the_asking_to_a_worker(remote: RemoteProvider):
    payment = remote.begin()
    for _ in range(3):
        services.ask_soon(payment.pk, now=NOW)
    assert OrmQ.objects.count() == 1
