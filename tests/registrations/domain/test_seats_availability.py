from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from eventstore.testing import SOME_ID, given
from registrations.domain.errors import UnknownSeatType
from registrations.domain.seats_availability import (
    AvailableSeatsChanged,
    SeatsAvailability,
    SeatsReservationCancelled,
    SeatsReservationCommitted,
    SeatsReservationExtended,
    SeatsReserved,
    SeatsReturned,
)
from registrations.domain.values import SeatQuantity

GENERAL, WORKSHOP = UUID(int=11), UUID(int=12)
MINE, OTHER = UUID(int=21), UUID(int=22)
END = datetime(2026, 3, 2, 10, 15, tzinfo=UTC)


def offered(seat_type: UUID, quota: int, change: int | None = None):
    return AvailableSeatsChanged(
        conference_id=SOME_ID,
        seat_type=seat_type,
        quota=quota,
        change=quota if change is None else change,
    )


def reserved(reservation: UUID, *seats: tuple[UUID, int], until: datetime = END):
    return SeatsReserved(
        conference_id=SOME_ID,
        reservation_id=reservation,
        seats=[SeatQuantity(*seat) for seat in seats],
        expires_at=until,
    )


def cancelled(reservation: UUID, *seats: tuple[UUID, int]):
    return SeatsReservationCancelled(
        conference_id=SOME_ID,
        reservation_id=reservation,
        seats=[SeatQuantity(*seat) for seat in seats],
    )


def committed(reservation: UUID, *seats: tuple[UUID, int]):
    return SeatsReservationCommitted(
        conference_id=SOME_ID,
        reservation_id=reservation,
        seats=[SeatQuantity(*seat) for seat in seats],
    )


def ask(history, wanted: dict[UUID, int]):
    return given(SeatsAvailability, *history).when(
        SeatsAvailability.make_reservation, MINE, wanted, expires_at=END
    )


TEN = offered(GENERAL, 10)
HOLDING_SIX = [TEN, reserved(MINE, (GENERAL, 6))]


@pytest.mark.parametrize(
    ("history", "wanted", "got"),
    [
        ([TEN], 11, 10),
        ([TEN], 10, 10),
        ([TEN, reserved(OTHER, (GENERAL, 6))], 5, 4),
        (HOLDING_SIX, 8, 8),
        (HOLDING_SIX, 2, 2),
        (HOLDING_SIX, 12, 10),
        ([*HOLDING_SIX, offered(GENERAL, 3, -7)], 6, 6),
        ([*HOLDING_SIX, offered(GENERAL, 3, -7)], 7, 6),
    ],
)
def test_reservation_takes_only_what_is_left(history, wanted, got):
    ask(history, {GENERAL: wanted}).then(reserved(MINE, (GENERAL, got)))


def test_a_dropped_seat_type_goes_back():
    history = [*HOLDING_SIX, offered(WORKSHOP, 4)]

    decision = ask(history, {WORKSHOP: 2})

    decision.then(reserved(MINE, (WORKSHOP, 2)))
    assert decision.aggregate.seats[GENERAL].remaining == 10


def test_nothing_left_is_an_empty_reservation():
    ask([offered(GENERAL, 0)], {GENERAL: 1}).then(reserved(MINE))


def test_an_unknown_seat_type_is_refused():
    ask([TEN], {WORKSHOP: 1}).raises(UnknownSeatType)


def test_cancelling_and_committing_an_unknown_reservation_is_nothing():
    given(SeatsAvailability, TEN).when(
        SeatsAvailability.cancel_reservation, MINE
    ).then()
    given(SeatsAvailability, TEN).when(
        SeatsAvailability.commit_reservation, MINE
    ).then()


def test_committing_twice_sells_once():
    sold = [*HOLDING_SIX, committed(MINE, (GENERAL, 6))]

    given(SeatsAvailability, *HOLDING_SIX).when(
        SeatsAvailability.commit_reservation, MINE
    ).then(committed(MINE, (GENERAL, 6)))
    given(SeatsAvailability, *sold).when(
        SeatsAvailability.commit_reservation, MINE
    ).then()


def test_cancelling_frees_what_was_held():
    decision = given(SeatsAvailability, *HOLDING_SIX).when(
        SeatsAvailability.cancel_reservation, MINE
    )

    decision.then(cancelled(MINE, (GENERAL, 6)))
    assert decision.aggregate.seats[GENERAL].remaining == 10


def test_seats_of_a_cancelled_order_return():
    sold = [*HOLDING_SIX, committed(MINE, (GENERAL, 6))]

    decision = given(SeatsAvailability, *sold).when(
        SeatsAvailability.return_seats, MINE, {GENERAL: 6}
    )

    decision.then(
        SeatsReturned(
            conference_id=SOME_ID, reservation_id=MINE, seats=[SeatQuantity(GENERAL, 6)]
        )
    )
    assert decision.aggregate.seats[GENERAL].remaining == 10


def test_the_same_quota_again_is_nothing():
    given(SeatsAvailability, TEN).when(SeatsAvailability.set_quota, GENERAL, 10).then()


def test_extending_moves_the_end_once():
    later = END + timedelta(minutes=14)
    moved = SeatsReservationExtended(
        conference_id=SOME_ID, reservation_id=MINE, expires_at=later
    )

    decision = given(SeatsAvailability, *HOLDING_SIX)
    decision.when(SeatsAvailability.extend_reservation, MINE, expires_at=later)
    decision.when(SeatsAvailability.extend_reservation, MINE, expires_at=later)

    decision.then(moved)
    assert decision.aggregate.ended(END) == []
    assert decision.aggregate.ended(later) == [MINE]


def test_only_ended_holds_that_are_needed_make_way():
    third = UUID(int=23)
    seats = given(
        SeatsAvailability,
        TEN,
        offered(WORKSHOP, 4),
        reserved(OTHER, (GENERAL, 6), until=END - timedelta(minutes=5)),
        reserved(third, (WORKSHOP, 4), until=END - timedelta(minutes=9)),
    ).aggregate

    assert seats.ended_needed_for(MINE, {GENERAL: 4}, now=END) == []
    assert seats.ended_needed_for(MINE, {GENERAL: 5}, now=END) == [OTHER]
    assert seats.ended_needed_for(MINE, {GENERAL: 5, WORKSHOP: 1}, now=END) == [
        third,
        OTHER,
    ]


def test_a_snapshot_and_the_rest_equal_the_whole_history():
    history = [TEN, offered(WORKSHOP, 4), reserved(OTHER, (GENERAL, 6), (WORKSHOP, 1))]
    rest = [committed(OTHER, (GENERAL, 6), (WORKSHOP, 1)), reserved(MINE, (GENERAL, 2))]
    whole = SeatsAvailability(SOME_ID).replay([*history, *rest])

    restored = SeatsAvailability(SOME_ID)
    restored.from_snapshot(SeatsAvailability(SOME_ID).replay(history).to_snapshot())
    restored.replay(rest)

    assert restored.to_snapshot() == whole.to_snapshot()


class Conference(RuleBasedStateMachine):
    """Against a model of plain numbers: nobody ever gets a seat that is not there."""

    @initialize(quota=st.integers(0, 20))
    def open(self, quota: int) -> None:
        self.seats = SeatsAvailability(SOME_ID)
        self.seats.set_quota(GENERAL, quota)
        self.quota, self.sold = quota, 0
        self.held: dict[int, int] = {}

    @rule(order=st.integers(1, 4), wanted=st.integers(0, 12))
    def reserve(self, order: int, wanted: int) -> None:
        own = self.held.get(order, 0)
        free = self.quota - sum(self.held.values()) - self.sold
        self.seats.make_reservation(UUID(int=order), {GENERAL: wanted}, expires_at=END)
        self.held[order] = min(wanted, max(free, 0) + own)

    @rule(order=st.integers(1, 4))
    def commit(self, order: int) -> None:
        self.seats.commit_reservation(UUID(int=order))
        self.sold += self.held.pop(order, 0)

    @rule(order=st.integers(1, 4))
    def cancel(self, order: int) -> None:
        self.seats.cancel_reservation(UUID(int=order))
        self.held.pop(order, None)

    @rule(quota=st.integers(0, 20))
    def change_quota(self, quota: int) -> None:
        self.seats.set_quota(GENERAL, quota)
        self.quota = quota

    @invariant()
    def counts_agree(self) -> None:
        count = self.seats.seats[GENERAL]
        assert (count.quota, count.held, count.sold) == (
            self.quota,
            sum(self.held.values()),
            self.sold,
        )
        again = SeatsAvailability(SOME_ID).replay(self.seats.recorded)
        assert again.to_snapshot() == self.seats.to_snapshot()


Conference.TestCase.settings = settings(max_examples=25, stateful_step_count=25)
TestConference = Conference.TestCase
