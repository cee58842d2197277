"""All 720 orders in which six callbacks can come, told at the door for one real order.

A tree of savepoints: orders that begin alike share their beginning, and what was told
is undone on the way back. Every node is a real state of the database.
"""

import gc
import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from payments import reconciliation
from payments.models import ProviderFee
from tests.payments.conftest import Heard
from tests.payments.providers import Callback
from tests.payments.stripe.orders.paid_orders import MOVEMENTS, PaidOrder, order_to_pay
from tests.payments.stripe_provider import StripeProvider
from tests.registrations.conftest import Summit

pytestmark = pytest.mark.django_db

KINDS = {
    "created": "payment_intent.created",
    "failed": "payment_intent.payment_failed",
    "authorised": "payment_intent.amount_capturable_updated",
    "succeeded": "payment_intent.succeeded",
    "refunded": "refund.created",
    "disputed": "charge.dispute.created",
}
URL = "/payments/callbacks/stripe/"
PRESENT = Decimal(398)  # two seats of general admission
GIVEN_BACK, DISPUTED = Decimal(97), Decimal(100)
# Healing takes as long as telling: all of it would double the time.
STRIDE = 1 if os.environ.get("EXHAUSTIVE") else 6


class Story:
    """What happened at Stripe, once, and how it is told here, again and again."""

    def __init__(self, order: PaidOrder, heard: Heard) -> None:
        self.order = order
        self.heard = heard
        self.client = Client()
        self.callbacks = self._callbacks()
        self.orders = self.told = 0
        self.seen: Counter[str] = Counter()
        self.missing: Counter[str] = Counter()

    def _callbacks(self) -> dict[str, Callback]:
        stand_in = self.order.stripe.stand_in
        books, session = stand_in.books, self.order.session
        began = timezone.now().timestamp() - 60
        seconds = iter(range(60))
        stand_in.clock = lambda: began + next(seconds)
        books.decline(session)
        books.authorise(session)
        intent = books.pay(session)["id"]
        books.refund({"payment_intent": intent, "amount": "9700"})
        books.dispute(intent, amount=10_000)
        stand_in.clock = lambda: timezone.now().timestamp()
        events = {name: next(books.told(kind)) for name, kind in KINDS.items()}
        return {
            name: self.order.stripe.sign(json.dumps(event).encode(), now=timezone.now())
            for name, event in events.items()
        }

    def tell(self, name: str) -> str:
        body, headers = self.callbacks[name]
        self.told += 1
        answer = self.client.post(
            URL, body, content_type="application/json", headers=headers
        )
        assert answer.status_code == 200, (name, answer.content)
        return str(answer.json()["result"])

    def check_end(self, told: tuple[str, ...]) -> None:
        self.orders += 1
        assert self.order.end() == self.expected(), told
        moved = sorted(
            (name, said["amount"]) for name, said in self.heard if name in MOVEMENTS
        )
        assert moved == [
            ("dispute_opened", DISPUTED),
            ("payment_completed", PRESENT),
            ("payment_refunded", GIVEN_BACK),
        ], told

    def expected(self) -> dict[str, Any]:
        intent = self.order.stripe.intent(self.order.payment)
        return {
            "payment": ("partially_refunded", PRESENT, intent),
            "counted": (GIVEN_BACK, DISPUTED),
            "refunds": [("provider", "done", GIVEN_BACK)],
            "disputes": [("open", DISPUTED, "fraudulent")],
            "order": ("confirmed", "", ""),
            "seats": [("General admission", 2)],
            "cases": ["disputed"],
            "ledger": [
                ("charge", PRESENT, PRESENT, 0),
                ("dispute", -DISPUTED, -DISPUTED, 0),
                ("refund", -GIVEN_BACK, -GIVEN_BACK, 0),
            ],
        }

    def is_next_to_heal(self, missing: str) -> bool:
        """Every so many of the orders in which it is missing."""
        self.seen[missing] += 1
        chosen = self.seen[missing] % STRIDE == 0
        self.missing[missing] += chosen
        return chosen

    @contextmanager
    def undone(self) -> Iterator[None]:
        """As if it had not happened, here and in what was heard."""
        heard = len(self.heard)
        block = transaction.atomic()
        # As the one around each test, it does not count as being in a transaction.
        block._from_testcase = True  # type: ignore[attr-defined]
        with block:
            yield
            transaction.set_rollback(True)
        del self.heard[heard:]


@pytest.fixture
def story(stripe: StripeProvider, summit: Summit, heard: Heard) -> Iterator[Story]:
    gc.disable()  # looking for garbage takes a fifth of the time
    yield Story(order_to_pay(stripe, summit), heard)
    gc.enable()


@pytest.mark.parametrize("first", KINDS)
def test_every_order_comes_to_one_end(story: Story, first: str):
    """All 720, each also with one told twice. With one missing, some of the 720 that
    there are: each of the six is missing in 20 of the 120 orders of the others, or in
    all with EXHAUSTIVE=1."""
    walk(story, (), (first,))
    assert story.orders == 120 + 120 // STRIDE
    assert story.missing == {kind: 24 // STRIDE for kind in KINDS if kind != first}
    connection.check_constraints()


def walk(story: Story, told: tuple[str, ...], choice: tuple[str, ...]) -> None:
    for name in choice:
        with story.undone():
            story.tell(name)
            now_told = (*told, name)
            rest = tuple(kind for kind in KINDS if kind not in now_told)
            if len(rest) == 1 and story.is_next_to_heal(rest[0]):
                with story.undone():
                    heal(story, now_told)
            if rest:
                walk(story, now_told, rest)
            else:
                story.check_end(now_told)
                again(story, now_told)


def again(story: Story, told: tuple[str, ...]) -> None:
    """One of them comes a second time: another one in each order."""
    twice = told[story.orders % len(told)]
    assert story.tell(twice) == "duplicate", (told, twice)
    assert story.order.end() == story.expected(), (told, twice)


def heal(story: Story, told: tuple[str, ...]) -> None:
    """Nothing more comes; within five minutes the task has asked."""
    reconciliation.reconcile(now=timezone.now() + timedelta(minutes=5))
    story.check_end(told)
    assert ProviderFee.objects.count() == 2  # of the payment and of the dispute


def test_one_told_twice_makes_no_difference(story: Story):
    """Each of the six, and each pair of places at which one may be told, the others
    shuffled: 42 orders of seven callbacks."""
    chance = random.Random(20300501)
    places = list(combinations(range(len(KINDS) + 1), 2))
    for number, (place, again) in enumerate(places * 2):
        name, *others = list(KINDS)[number % 6 :] + list(KINDS)[: number % 6]
        chance.shuffle(others)
        others.insert(place, name)
        others.insert(again, name)
        with story.undone():
            answers = [story.tell(kind) for kind in others]
            assert answers[again] == "duplicate", others
            story.check_end(tuple(others))
    assert story.orders == 42
