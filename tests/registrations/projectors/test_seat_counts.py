"""Counts of seats: many changes in one statement end as one after the other."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from eventstore import store
from registrations.domain.seats_availability import SeatsReserved
from registrations.domain.values import SeatQuantity
from registrations.models import SeatTypeView
from registrations.projectors.seat_counts import SeatCounts
from tests.registrations.conftest import NOW, Summit
from tests.waiting import has_to_wait

STEP = st.one_of(
    st.tuples(st.just("offer"), st.integers(0, 6), st.just(0)),
    st.tuples(
        st.sampled_from(["count", "over"]), st.integers(-2, 4), st.integers(-2, 2)
    ),
    st.tuples(st.just("write"), st.just(0), st.just(0)),
)


def one_after_the_other(row: dict[str, int], step: str, held: int, sold: int) -> bool:
    """The rules of the ceiling; whether the table would take the row."""
    if step == "offer":
        row["quota"] = held
        row["ceiling"] = max(held, row["held"] + row["sold"])
        return True
    row["held"] += held
    row["sold"] += sold
    taken = row["held"] + row["sold"]
    if step == "over":
        row["ceiling"] = max(row["ceiling"], taken)
    elif held + sold < 0:
        row["ceiling"] = max(row["quota"], taken)
    return row["ceiling"] >= taken and min(row["held"], row["sold"]) >= 0


@settings(
    max_examples=300,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEP, max_size=12))
def test_many_changes_end_as_one_after_the_other(summit, steps):
    # Few seats: ceilings are reached soon.
    expected = {"quota": 2, "held": 1, "sold": 1, "ceiling": 2}
    with transaction.atomic():
        SeatTypeView.objects.filter(pk=summit.general).update(**expected)
        counts = SeatCounts()
        for step, held, sold in steps:
            after = dict(expected)
            if step == "write":
                counts.write()
            elif one_after_the_other(after, step, held, sold):
                expected = after
                if step == "offer":
                    counts.offer(summit.general, held)
                else:
                    counts.count(
                        held={summit.general: held},
                        sold={summit.general: sold},
                        over_quota=step == "over",
                    )
        counts.write()
        [row] = SeatTypeView.objects.filter(pk=summit.general).values(*expected)
        assert row == expected
        transaction.set_rollback(True)


def test_three_seat_types_take_one_statement(summit, django_assert_num_queries):
    counts = SeatCounts()
    counts.count(held={summit.general: 1, summit.workshop: 2, summit.party: 3})
    with django_assert_num_queries(1):
        counts.write()
    with django_assert_num_queries(0):
        counts.write()


def reserve(summit: Summit, stream: str, quantity: int) -> None:
    forged = SeatsReserved(
        conference_id=summit.id,
        reservation_id=uuid7(),
        seats=[SeatQuantity(summit.general, quantity)],
        expires_at=NOW + timedelta(minutes=15),
    )
    store.append(stream, [forged])


@pytest.mark.django_db(transaction=True)
def test_the_constraint_holds_without_any_lock(make_summit):
    """Two who forgot the lock of the conference's stream, at once: the database adds up
    what both take, and refuses the second."""
    summit, refused = make_summit(quotas=(100, 0, 0)), []

    def second() -> None:
        try:
            with transaction.atomic():
                reserve(summit, "second", 60)
        except IntegrityError as error:
            refused.append(str(error))

    with transaction.atomic():
        reserve(summit, "first", 60)
        thread = has_to_wait(second)
    thread.join()

    assert len(refused) == 1
    assert "never_oversold" in refused[0]
    assert SeatTypeView.objects.get(pk=summit.general).held == 60
