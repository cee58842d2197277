"""given, when, then over plain events: decisions are tested without a database.

given(Seats, SeatsAdded(quantity=2)).when(Seats.reserve, 3).then(SeatsReserved(2))
given(Seats).when(Seats.reserve, 3).raises(NothingOffered)
"""

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar
from uuid import UUID

from eventstore.aggregates import Aggregate

A = TypeVar("A", bound=Aggregate)

SOME_ID = UUID(int=1)


class Decision(Generic[A]):
    """One aggregate with a history, and what came of the decision it was asked for."""

    def __init__(self, aggregate: A) -> None:
        self.aggregate = aggregate
        self.refusal: Exception | None = None

    def when(self, decision: Callable[..., Any], *args: Any, **kwargs: Any) -> Self:
        try:
            decision(self.aggregate, *args, **kwargs)
        except Exception as refusal:
            self.refusal = refusal
        return self

    def then(self, *events: Any) -> None:
        if self.refusal:
            raise self.refusal
        assert self.aggregate.recorded == list(events)  # noqa: S101 this is for tests

    def raises(self, refusal: type[Exception]) -> None:
        """It was refused so, and nothing was recorded."""
        assert isinstance(self.refusal, refusal), self.refusal  # noqa: S101 as above
        assert self.aggregate.recorded == []  # noqa: S101 as above


def given(aggregate: type[A], *history: Any, id: UUID = SOME_ID) -> Decision[A]:
    """An aggregate as this history made it."""
    return Decision(aggregate(id).replay(history))
