"""Each order: what its events say, its rows, its seats and its deadline."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby, islice
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast

from eventstore.models import Deadline, Event
from eventstore.privacy import opener
from eventstore.processes import MAX_ATTEMPTS
from eventstore.serialization import opened
from registrations.models.order_seats import OrderSeat
from registrations.queries.invariants.facts import OrderFacts, Row
from registrations.queries.invariants.problem import Problem
from registrations.queries.invariants.streams import PROCESS
from registrations.queries.order_view import orders as order_rows

Batch = Sequence[OrderFacts]
COLUMNS = ("stream", "type", "version", "data")
AT_ONCE = 500


def batches() -> Iterator[list[OrderFacts]]:
    """All orders of the history, some hundred at a time, with their seats."""
    rows = Event.objects.filter(stream__startswith="order-")
    ordered = rows.order_by("stream", "version").values_list(*COLUMNS)
    told = (_told(stream, events) for stream, events in _by_stream(ordered.iterator()))
    while batch := list(islice(told, AT_ONCE)):
        _add_assignments(batch)
        yield batch


def _by_stream(rows: Iterator[Row]) -> Iterator[tuple[str, Iterator[Row]]]:
    return groupby(rows, key=lambda row: row[0])


def _told(stream: str, events: Iterator[Row]) -> OrderFacts:
    facts = OrderFacts(stream.removeprefix("order-"))
    for _stream, type, version, data in events:
        facts.add(type, version, data)
    return facts


def _add_assignments(batch: Batch) -> None:
    by_stream = {f"seat-assignments-{facts.id}": facts for facts in batch}
    events = Event.objects.filter(stream__in=by_stream).order_by("stream", "version")
    rows = list(events.values_list("stream", "type", Cast("data", TextField())))
    open_sealed = opener(text for _stream, _type, text in rows)
    for stream, type, text in rows:
        by_stream[stream].add_assignment(type, opened(type, text, open_sealed))


def problems(batch: Batch) -> Iterator[Problem]:
    ids = [facts.id for facts in batch]
    views = {str(view.pk): view for view in order_rows().filter(pk__in=ids)}
    seats = defaultdict(list)
    for seat in OrderSeat.objects.filter(order_id__in=ids).order_by("position"):
        seats[str(seat.order_id)].append(seat)
    deadlines = {
        deadline.key: deadline
        for deadline in Deadline.objects.filter(process=PROCESS, key__in=ids)
    }
    for facts in batch:
        found = [
            *_view(facts, views.get(facts.id)),
            *_seats(facts, seats[facts.id]),
            *_deadline(facts, deadlines.get(facts.id)),
        ]
        for rule, sentence in found:
            yield Problem(rule, f"order {facts.id} ({facts.code})", sentence)


Found = Iterator[tuple[str, str]]


def _differences(told: dict[str, Any], kept: dict[str, Any]) -> str:
    return "; ".join(
        f"{name} is {kept[name]}, the events say {value}"
        for name, value in told.items()
        if value != kept[name]
    )


def _view(facts: OrderFacts, view: Any) -> Found:
    if sum(facts.line_totals.values()) != facts.total:
        yield (
            "total-is-not-the-sum",
            f"The events say {facts.total}, their lines are {facts.line_totals}.",
        )
    if view is None:
        yield "order-row-lost", "The read model has no row for it."
        return
    told = {
        "status": facts.status,
        "version": facts.version,
        "code": facts.code,
        "conference": facts.conference_id,
        "total": facts.total,
        "kept": facts.cancelled[-1].kept_total if facts.cancelled else Decimal(0),
        "currency": facts.currency,
        "hold": facts.hold_expires_at if facts.is_open else None,
        "requested": facts.requested,
        "reserved": facts.reserved,
        "line totals": facts.line_totals,
    }
    if wrong := _differences(told, _kept(view)):
        yield "order-row-differs", f"{wrong}."


def _kept(view: Any) -> dict[str, Any]:
    lines = view.lines
    return {
        "status": view.status,
        "version": view.version,
        "code": view.code,
        "conference": str(view.conference_id),
        "total": view.total_amount,
        "kept": view.kept_amount,
        "currency": view.currency,
        "hold": view.hold_expires_at,
        "requested": +Counter({str(one.seat_type_id): one.requested for one in lines}),
        "reserved": +Counter({str(one.seat_type_id): one.reserved for one in lines}),
        "line totals": {str(one.seat_type_id): one.line_total_amount for one in lines},
    }


def _seats(facts: OrderFacts, rows: list[OrderSeat]) -> Found:
    is_confirmed = facts.status == "confirmed"
    if facts.times_numbered != bool(facts.sold):
        yield (
            "seats-numbered-once",
            f"{facts.times_numbered} times, of {facts.sold.total()} seats sold.",
        )
    numbered = Counter(seat_type for seat_type, _email in facts.seats.values())
    if is_confirmed and numbered != facts.sold:
        yield (
            "assignments-are-the-seats",
            f"Sold: {dict(facts.sold)}, numbered: {dict(numbered)}.",
        )
    numbers = sorted({*facts.seats, *facts.withdrawn})
    # Closed together there is none left to count.
    if facts.seats and numbers != list(range(len(numbers))):
        yield "positions-count-from-zero", f"They are {numbers}."
    kept = {row.position: (str(row.seat_type_id), row.email) for row in rows}
    told = facts.seats if is_confirmed else {}
    for position in sorted({*kept, *told}):
        if kept.get(position) != told.get(position):
            yield (
                "seat-row-differs",
                (
                    f"Seat {position} is {kept.get(position)},"
                    f" the events say {told.get(position)}."
                ),
            )


def _deadline(facts: OrderFacts, deadline: Deadline | None) -> Found:
    if not facts.is_open:
        if deadline:
            yield "deadline-of-a-closed-order", f"It is due at {deadline.due_at}."
        return
    if deadline is None:
        yield "open-order-without-deadline", "Nobody will release its seats."
        return
    if deadline.attempts >= MAX_ATTEMPTS:
        yield "deadline-given-up", f"After {deadline.attempts} tries: {deadline.error}"
    is_untried = deadline.attempts == 0
    if is_untried and deadline.due_at != facts.hold_expires_at:
        yield (
            "deadline-is-the-end-of-the-hold",
            f"It is due at {deadline.due_at}, the hold ends {facts.hold_expires_at}.",
        )
    if deadline.stream != f"availability-{facts.conference_id}":
        yield "deadline-of-another-conference", f"It is on {deadline.stream}."
