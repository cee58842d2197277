"""The same callback again and again, one after the other and all at once."""

import json
import threading
import time
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

URL = "/payments/callbacks/stripe/"
# The goal is 200 ms; `benchmarks.payments.callbacks` measures. Here it only must not
# be a queue: twenty that wait for each other's locks take seconds.
GENEROUS = 5.0


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
    assert {status for status, _, _ in answers} == {200}
    results = sorted(result for _, result, _ in answers)
    assert results == ["applied", *["duplicate"] * 19]
    check_one_effect(order)
    assert max(seconds for _, _, seconds in answers) < GENEROUS
    assert site.errors() == ""


def all_at_once(
    url: str, callback: Callback, *, times: int
) -> list[tuple[int, str, float]]:
    """Status, result and seconds of each of them."""
    body, headers = callback
    answers: list[Any] = [None] * times
    barrier = threading.Barrier(times)

    def send(number: int) -> None:
        with closing(httpx.Client(timeout=30)) as client:
            barrier.wait()
            began = time.perf_counter()
            answer = client.post(url, content=body, headers=headers)
            seconds = time.perf_counter() - began
        answers[number] = (answer.status_code, answer.json()["result"], seconds)

    threads = [threading.Thread(target=send, args=(one,)) for one in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    connection.close()
    return answers
