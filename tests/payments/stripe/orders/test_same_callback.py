"""The same callback again and again, one after the other and all at once."""

import json
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from payments.models import ProviderCallback
from registrations.models.ledger_entry import LedgerEntry
from tests.live_site import LiveSite, live_site
from tests.payments.conftest import Heard
from tests.payments.providers import Callback
from tests.payments.stripe.orders.paid_orders import PaidOrder, order_to_pay
from tests.payments.stripe_provider import StripeProvider
from tests.registrations.conftest import Summit
from tests.stand_ins.stripe.server import API_KEY, SECRET
from tests.waiting import PATIENCE

URL = "/payments/callbacks/stripe/"


def paid_at_stripe(order: PaidOrder) -> Callback:
    books = order.stripe.stand_in.books
    books.pay(order.session)
    (event,) = books.told("payment_intent.succeeded")
    return order.stripe.sign(json.dumps(event).encode(), now=timezone.now())


def check_one_effect(order: PaidOrder) -> None:
    end = order.end()
    assert end["order"] == ("confirmed", "", "")
    assert [kind for kind, *_ in end["ledger"]] == ["charge"]
    assert ProviderCallback.objects.count() == 1
    assert LedgerEntry.objects.count() == 1


@pytest.mark.django_db
def test_five_times_in_a_row(stripe: StripeProvider, summit: Summit, heard: Heard):
    order = order_to_pay(stripe, summit)
    body, headers = paid_at_stripe(order)
    client = Client()
    answers = [
        client.post(URL, body, content_type="application/json", headers=headers)
        for _ in range(5)
    ]
    assert {answer.status_code for answer in answers} == {200}
    results = [answer.json()["result"] for answer in answers]
    assert results == ["applied", *["duplicate"] * 4]
    assert heard.names == ["payment_completed"]
    check_one_effect(order)


@pytest.fixture
def site(
    transactional_db: None, stripe: StripeProvider, tmp_path: Path
) -> Iterator[LiveSite]:
    """The real server, with four worker processes."""
    call_command("createcachetable")
    with live_site(
        tmp_path,
        PAYMENT_PROVIDERS="sandbox,invoice,stripe",
        STRIPE_API_KEY=API_KEY,
        STRIPE_WEBHOOK_SECRETS=SECRET,
        STRIPE_API_BASE=stripe.stand_in.url,
    ) as running:
        yield running


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_twenty_at_once(stripe: StripeProvider, site: LiveSite, summit: Summit):
    order = order_to_pay(stripe, summit)
    callback = paid_at_stripe(order)
    answers = all_at_once(f"{site.url}{URL}", callback, times=20)
    # None waited three seconds for a lock: the site would have said 503. How long they
    # take is measured by `benchmarks.payments.callbacks`.
    assert {status for status, _ in answers} == {200}
    results = sorted(result for _, result in answers)
    assert results == ["applied", *["duplicate"] * 19]
    check_one_effect(order)
    assert site.errors() == ""


def all_at_once(url: str, callback: Callback, *, times: int) -> list[tuple[int, str]]:
    """Status and result of each of them."""
    body, headers = callback
    answers: list[Any] = [None] * times
    barrier = threading.Barrier(times)

    def send(number: int) -> None:
        with closing(httpx.Client(timeout=PATIENCE)) as client:
            barrier.wait()
            answer = client.post(url, content=body, headers=headers)
        answers[number] = (answer.status_code, answer.json()["result"])

    threads = [threading.Thread(target=send, args=(one,)) for one in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    connection.close()
    return answers
