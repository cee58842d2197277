"""Killed before and after every commit and every provider call: nothing is lost.

Each way money can go is walked once to count its points. Then it is walked anew for
each of them, in a process that is killed there; after that the world goes on as it
does by itself: whoever got no answer asks again, the provider repeats what was not
acknowledged or (for every other point) is only asked by reconciliation, and workers
run the tasks that are left. Nobody does anything by hand.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

import httpx
import pytest
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from payments import reconciliation
from payments import services as payments
from payments.models import Payment, Refund
from registrations.commands import order as orders
from registrations.commands import payment as money
from registrations.models import OrderView, SeatTypeView
from registrations.queries import invariants
from tests.failpoints.points import in_child
from tests.registrations.conftest import Summit, new_summit
from tests.stand_ins.stripe.server import API_KEY, SECRET, StripeStandIn

pytestmark = pytest.mark.django_db(transaction=True)

MINUTE = timedelta(minutes=1)
SEATS = 2
PRICE = Decimal("398.00")


@pytest.fixture
def stripe(settings: Any) -> Iterator[StripeStandIn]:
    with StripeStandIn() as stand_in:
        settings.PAYMENT_PROVIDERS = ["stripe"]
        settings.STRIPE_API_KEY = API_KEY
        settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
        settings.STRIPE_API_BASE = stand_in.url
        yield stand_in


@dataclass
class Case:
    """One order on its way, at one time, with the provider it is paid at."""

    stripe: StripeStandIn
    summit: Summit
    order: OrderView
    started_at: datetime
    is_redelivered: bool = True

    def now(self) -> datetime:
        return timezone.now()

    # What people do; each may be repeated by whoever got no answer

    def start(self) -> None:
        payment = money.start_payment(
            order_id=self.order.pk, provider="stripe", now=self.started_at
        )
        payments.begin_payment(payment.pk)

    def pay_at_provider(self) -> None:
        """On the provider's page, which is none of our processes' business."""
        for payment in payments.payments_of(self.order.pk):
            if payment.provider_reference:
                answer = httpx.post(payment.redirect_url, data={"action": "pay"})
                assert answer.status_code < 400 or "complete" in answer.text

    # What happens by itself

    def deliver(self) -> None:
        for event in self._events():
            body, headers = self.stripe.webhooks.message(event)
            answer = Client().post(
                "/payments/callbacks/stripe/",
                body,
                content_type="application/json",
                headers=headers,
            )
            assert answer.status_code == 200, answer.text

    def _events(self) -> list[Any]:
        """Asked for over HTTP: a forked process has only a copy of the books."""
        answer = httpx.get(
            f"{self.stripe.url}/v1/events",
            params={
                "limit": 100,
                "created[gte]": int(self.started_at.timestamp()),
            },
            headers={"Authorization": f"Bearer {API_KEY}"},
        )
        ours = {str(one.pk) for one in payments.payments_of(self.order.pk)}
        return [
            event for event in answer.json()["data"] if ours & set(_texts_in(event))
        ]

    def work(self) -> None:
        """Tasks run at least once: the row goes when the work is done."""
        while row := OrmQ.objects.order_by("pk").first():
            task = SignedPackage.loads(row.payload)
            module, _, name = task["func"].rpartition(".")
            getattr(import_module(module), name)(**task.get("kwargs", {}))
            OrmQ.objects.filter(pk=row.pk).delete()

    def go_on(self) -> None:
        if self.is_redelivered:
            self.deliver()
        for minute in (2, 4):
            reconciliation.reconcile(now=self.now() + minute * MINUTE)
            self.work()

    # What is there in the end

    def taken(self) -> Decimal:
        ours = {str(one.pk) for one in payments.payments_of(self.order.pk)}
        return sum(
            (
                Decimal(one["amount"]) / 100
                for one in self.stripe.books.all("charge", status="succeeded")
                if one["metadata"].get("payment") in ours
            ),
            Decimal(0),
        )

    def given_back(self) -> Decimal:
        ours = {str(one.pk) for one in payments.payments_of(self.order.pk)}
        return sum(
            (
                Decimal(one["amount"]) / 100
                for one in self.stripe.books.all("refund")
                if one["metadata"].get("payment") in ours
            ),
            Decimal(0),
        )

    def end(self) -> tuple[str, Decimal, Decimal]:
        order = OrderView.objects.get(pk=self.order.pk)
        booked = Payment.objects.filter(order_id=order.pk, status__in=Payment.TAKEN)
        assert sum(one.amount for one in booked) == self.taken()
        done = Refund.objects.filter(payment__order_id=order.pk, status="done")
        assert sum(one.amount for one in done) == self.given_back()
        return order.status, self.taken(), self.given_back()


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _texts_in(one)
    if isinstance(value, str):
        yield value


@dataclass(frozen=True)
class Way:
    """One way money can go: what is there before, what is done, how it ends."""

    prepare: Callable[[StripeStandIn, Summit, datetime], Case]
    act: Callable[[Case], None]
    again: Callable[[Case], None]
    end: tuple[str, Decimal, Decimal]
    sold: int


def ready(stripe: StripeStandIn, summit: Summit, now: datetime) -> Case:
    order = summit.ready((summit.general, SEATS), now=now)
    return Case(stripe, summit, order, now)


def pay(case: Case) -> None:
    case.start()
    case.pay_at_provider()
    case.deliver()
    case.work()


def pay_again(case: Case) -> None:
    if OrderView.objects.get(pk=case.order.pk).status != "confirmed":
        if not case.taken():  # in our own process the books are there
            case.start()
        case.pay_at_provider()


def expired(stripe: StripeStandIn, summit: Summit, now: datetime) -> Case:
    """The provider's page is open; the hold has ended meanwhile."""
    case = ready(stripe, summit, now)
    case.start()
    orders.expire_order(order_id=case.order.pk, now=now + 30 * MINUTE)
    return case


def gone(stripe: StripeStandIn, summit: Summit, now: datetime) -> Case:
    """Somebody else has the seats now."""
    case = expired(stripe, summit, now)
    left = SeatTypeView.objects.get(pk=summit.general).remaining
    summit.place((summit.general, left), now=now)
    return case


def pay_late(case: Case) -> None:
    case.pay_at_provider()
    case.deliver()
    case.work()


def confirmed(stripe: StripeStandIn, summit: Summit, now: datetime) -> Case:
    case = ready(stripe, summit, now)
    pay(case)
    assert OrderView.objects.get(pk=case.order.pk).status == "confirmed"
    return case


def cancel(case: Case) -> None:
    orders.cancel_order(order_id=case.order.pk, by="registrant", now=case.now())
    case.work()


def refund(case: Case) -> None:
    (payment,) = payments.payments_of(case.order.pk)
    payments.request_refund(
        payment_id=payment.pk,
        amount=Decimal("98.00"),
        reason=payments.ORGANIZER_REASON,
        now=case.now(),
    )
    case.work()


def refund_again(case: Case) -> None:
    """Who got no answer looks first whether the refund is there."""
    if not Refund.objects.filter(payment__order_id=case.order.pk).exists():
        refund(case)


WAYS = {
    "pay": Way(ready, pay, pay_again, ("confirmed", PRICE, Decimal(0)), SEATS),
    "late, seats free": Way(
        expired, pay_late, Case.pay_at_provider, ("confirmed", PRICE, Decimal(0)), SEATS
    ),
    "late, seats gone": Way(
        gone, pay_late, Case.pay_at_provider, ("expired", PRICE, PRICE), 0
    ),
    "cancel": Way(confirmed, cancel, cancel, ("cancelled", PRICE, PRICE), 0),
    "refund": Way(
        confirmed, refund, refund_again, ("confirmed", PRICE, Decimal("98.00")), SEATS
    ),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_killed_anywhere_money_and_seats_agree(way: Way, stripe: StripeStandIn):
    passed = walk(way, stripe, number=0, kill_at=None)
    for number, name in enumerate(passed):
        try:
            walk(way, stripe, number=number + 1, kill_at=number)
        except AssertionError as failure:
            raise AssertionError(f"Killed at {number}, {name}") from failure
    assert list(map(str, invariants.problems())) == []
    print(f"{len(passed)} points: {passed}")  # noqa: T201 shown with -rP


def walk(
    way: Way, stripe: StripeStandIn, *, number: int, kill_at: int | None
) -> list[str]:
    summit = make_summit(number)
    case = way.prepare(stripe, summit, datetime.now(UTC))
    case.is_redelivered = number % 2 == 0
    passed = in_child(lambda: way.act(case), kill_at=kill_at)
    if kill_at is not None:
        way.again(case)
    case.go_on()
    assert case.end() == way.end
    assert SeatTypeView.objects.get(pk=summit.general).sold == way.sold
    return passed


def make_summit(number: int) -> Summit:
    first_day = timezone.now().date() + timedelta(days=90)
    return new_summit(
        f"summit-{number}",
        starts_on=first_day,
        ends_on=first_day + timedelta(days=2),
        quotas=(SEATS, 0, 0),
    )
