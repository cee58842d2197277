"""Whatever people do in whatever order, seats, orders and money add up."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from conferences import services
from eventstore.models import Deadline
from eventstore.projections import projectors
from payments import refund_results, transitions
from payments import services as payments
from registrations import registration_process
from registrations.commands import order as orders
from registrations.commands import payment as money
from registrations.commands import seat_assignments
from registrations.commands.cancellation import (
    Wish,
    cancel_as_organizer,
    cancel_as_registrant,
)
from registrations.domain.errors import DomainError
from registrations.domain.registration_process import HoldEnded
from registrations.domain.values import PersonalInfo
from registrations.queries.invariants import problems
from tests.registrations.conftest import NOW, REGISTRANT, Summit
from tests.registrations.projectors.rows import NAMES, history, projected, rows_of


@dataclass
class World:
    """One small conference, a clock, and the orders placed so far."""

    summit: Summit
    now: datetime = NOW
    placed: list[UUID] = field(default_factory=list)

    def order(self, choice: int) -> UUID:
        return self.placed[choice % len(self.placed)] if self.placed else uuid7()

    def seats(self, number: int) -> list[tuple[UUID, int]]:
        return [(self.summit.general, number % 4), (self.summit.workshop, number // 4)]

    def payment(self, choice: int) -> payments.Payment | None:
        of_order = payments.payments_of(self.order(choice))
        return of_order[choice % len(of_order)] if of_order else None


def place(world: World, choice: int, number: int) -> None:
    order_id = uuid7()
    orders.place_order(
        order_id=order_id,
        conference_id=world.summit.id,
        items=world.seats(number),
        now=world.now,
        registrant=REGISTRANT,
    )
    world.placed.append(order_id)


def change(world: World, choice: int, number: int) -> None:
    orders.change_items(
        order_id=world.order(choice), items=world.seats(number), now=world.now
    )


def start(world: World, choice: int, number: int) -> None:
    provider = "sandbox" if number % 2 else "invoice"
    money.start_payment(order_id=world.order(choice), provider=provider, now=world.now)


def complete(world: World, choice: int, number: int) -> None:
    if payment := world.payment(choice):
        transitions.complete(payment.pk, now=world.now)


def buy(world: World, choice: int, number: int) -> None:
    place(world, choice, number)
    start(world, len(world.placed) - 1, number)
    complete(world, len(world.placed) - 1, number)


def reject(world: World, choice: int, number: int) -> None:
    if payment := world.payment(choice):
        transitions.reject(payment.pk, now=world.now)


def cancel(world: World, choice: int, number: int) -> None:
    orders.cancel_order(order_id=world.order(choice), by="registrant", now=world.now)


def cancel_some(world: World, choice: int, number: int) -> None:
    """Some seats, by the registrant or the organizer, who gives back what he likes."""
    wish = Wish(
        order_id=world.order(choice),
        by="registrant" if number % 3 else "organizer",
        now=world.now,
        positions=frozenset({number % 4, number % 3}),
    )
    if number % 3:
        cancel_as_registrant(wish)
    else:
        cancel_as_organizer(wish, refund=Decimal(number * 10))


def change_terms(world: World, choice: int, number: int) -> None:
    """Another policy: a percentage, a fee, nothing given back, or everything."""
    terms = [
        [{"days_before": 7, "percent_kept": Decimal(number) * 3}],
        [{"days_before": 7, "fee_per_seat": Decimal(number) * 20}],
        [{"days_before": 3000, "percent_kept": Decimal(0)}],
        [],
    ]
    services.set_cancellation_tiers(
        conference_id=world.summit.id, tiers=terms[choice % 4]
    )


def assign(world: World, choice: int, number: int) -> None:
    name = f"a{number % 3}"
    seat_assignments.assign_seat(
        order_id=world.order(choice),
        position=number % 4,
        attendee=PersonalInfo(name, "B", f"{name}@example.org"),
        now=world.now,
    )


def unassign(world: World, choice: int, number: int) -> None:
    seat_assignments.unassign_seat(
        order_id=world.order(choice), position=number % 4, now=world.now
    )


def wait(world: World, choice: int, number: int) -> None:
    world.now += timedelta(minutes=number * 3)


def release(world: World, choice: int, number: int) -> None:
    """A worker comes by."""
    due = Deadline.objects.filter(due_at__lte=world.now).order_by("due_at")
    for key in due.values_list("key", flat=True):
        registration_process.take(UUID(key), HoldEnded(), message_id="", now=world.now)


def offer(world: World, choice: int, number: int) -> None:
    services.update_seat_type(
        seat_type_id=world.summit.general, changes={"quota": number}
    )


def settle(world: World, choice: int, number: int) -> None:
    """What becomes of the refunds of an order: done or failed."""
    for payment in payments.payments_of(world.order(choice)):
        for refund in payments.refunds_of(payment.pk):
            expected = [refund.Status.REQUESTED, refund.Status.BY_HAND]
            if number % 2:
                refund_results.record_done(refund.pk, expected=expected, now=world.now)
            else:
                refund_results.record_failed(refund.pk, error="closed", now=world.now)


def attend(world: World, choice: int, number: int) -> None:
    order_id = world.order(choice)
    if number % 3 == 0:
        money.confirm_over_quota(order_id=order_id, by="organizer", now=world.now)
    elif number % 3 == 1:
        money.settle_by_hand(order_id=order_id, by="organizer", note="-", now=world.now)
    else:
        money.retry_refund(order_id=order_id, by="organizer", now=world.now)


Step = Callable[[World, int, int], None]
STEPS: list[Step] = [
    *(place, change, start, complete, buy, reject, cancel, cancel_some),
    *(assign, unassign, wait, release, offer, settle, attend, change_terms),
]
# So that what follows finds something to work on.
BEGUN: list[tuple[Step, int, int]] = [
    *((place, 0, 5), (buy, 0, 5), (place, 0, 2)),
    *((change_terms, 0, 3), (cancel_some, 1, 1)),
]
HISTORY = st.lists(
    st.tuples(st.sampled_from(STEPS), st.integers(0, 7), st.integers(0, 11)),
    min_size=5,
    max_size=25,
)


def played(world: World, history: list[tuple[Step, int, int]]) -> None:
    for step, choice, number in history:
        try:
            with transaction.atomic():
                step(world, choice, number)
        except (DomainError, payments.PaymentError):
            pass  # refused: nothing was written


SETTINGS = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.django_db
@SETTINGS
@given(steps=HISTORY)
def test_everything_adds_up_after_any_history(make_summit, steps):
    with transaction.atomic():
        played(World(make_summit(quotas=(5, 3, 0))), steps)

        assert [str(problem) for problem in problems()] == []
        transaction.set_rollback(True)


@pytest.mark.django_db
@settings(SETTINGS, max_examples=30)
@given(steps=HISTORY, cuts=st.lists(st.integers(0, 99), max_size=9))
def test_read_models_are_what_any_history_says(make_summit, steps, cuts):
    """Made anew with one call, or in batches of any size, they are the live ones."""
    with transaction.atomic():
        played(World(make_summit(quotas=(5, 3, 0))), BEGUN + steps)

        events = history()
        for projector in (projectors[name] for name in NAMES):
            live = rows_of(projector)
            assert projected(projector, events, []) == live
            assert projected(projector, events, cuts) == live
        transaction.set_rollback(True)
