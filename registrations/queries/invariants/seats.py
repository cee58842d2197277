"""Each conference: quota = remaining + pending + committed, in events and rows."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import groupby
from typing import Any
from uuid import UUID

from eventstore.models import Event
from registrations.models.conference_view import (
    ConferenceView,
    SeatReservation,
    SeatTypeView,
)
from registrations.queries.invariants.facts import Seats, SeatsFacts
from registrations.queries.invariants.orders import COLUMNS, Batch
from registrations.queries.invariants.problem import Problem

Held = dict[tuple[str, str], tuple[int, Any]]


class Books:
    """What the orders say of the seats of each conference, to hold against its own."""

    def __init__(self) -> None:
        self.sold: defaultdict[str, Seats] = defaultdict(Counter)
        self.held: defaultdict[str, dict[str, Seats]] = defaultdict(dict)

    def enter(self, batch: Batch) -> None:
        for order in batch:
            if order.status == "confirmed":
                self.sold[order.conference_id].update(order.sold)
            if order.is_open and order.reserved:
                self.held[order.conference_id][order.id] = order.reserved

    def problems(self) -> Iterator[Problem]:
        """A conference that was deleted never had an order: it is left out."""
        deleted = Event.objects.filter(type="conference-deleted").values("stream")
        announced = Event.objects.filter(
            stream__startswith="conference-", version=1
        ).exclude(stream__in=deleted)
        told = dict(_told())
        for stream in announced.order_by("stream").values_list("stream", flat=True):
            conference_id = stream.removeprefix("conference-")
            facts = told.get(conference_id, SeatsFacts())
            found = [
                *_events(facts),
                *_orders(facts, self.sold[conference_id], self.held[conference_id]),
                *_rows(conference_id, facts),
            ]
            for rule, sentence in found:
                yield Problem(rule, f"conference {conference_id}", sentence)


def _told() -> Iterator[tuple[str, SeatsFacts]]:
    rows = Event.objects.filter(stream__startswith="availability-")
    ordered = rows.order_by("stream", "version").values_list(*COLUMNS).iterator()
    for stream, events in groupby(ordered, key=lambda row: row[0]):
        facts = SeatsFacts()
        for _stream, type, _version, data in events:
            facts.add(type, data)
        yield stream.removeprefix("availability-"), facts


Found = Iterator[tuple[str, str]]


def _events(facts: SeatsFacts) -> Found:
    for seat_type, quota in facts.quota.items():
        parts = (
            facts.remaining[seat_type],
            facts.held(seat_type),
            facts.committed[seat_type],
        )
        if quota != sum(parts):
            yield (
                "quota-is-what-remains-and-is-taken",
                (
                    f"Seat type {seat_type}: quota {quota}, but remaining, pending and"
                    f" committed are {parts}."
                ),
            )


def _orders(facts: SeatsFacts, sold: Seats, held: dict[str, Seats]) -> Found:
    for seat_type in sorted({*facts.committed, *sold}):
        if facts.committed[seat_type] != sold[seat_type]:
            yield (
                "committed-is-what-orders-bought",
                (
                    f"Seat type {seat_type}: committed {facts.committed[seat_type]},"
                    f" confirmed orders have {sold[seat_type]}."
                ),
            )
    for order_id in sorted({*facts.pending, *held}):
        pending, reserved = facts.pending.get(order_id), held.get(order_id)
        if pending != reserved:
            yield (
                "pending-is-what-open-orders-hold",
                f"Order {order_id}: pending {pending}, the order says {reserved}.",
            )


def _rows(conference_id: str, facts: SeatsFacts) -> Found:
    if not ConferenceView.objects.filter(pk=conference_id).exists():
        yield "conference-row-lost", "The read model has no row for it."
    rows = {
        str(row.pk): row
        for row in SeatTypeView.objects.filter(conference_id=UUID(conference_id))
    }
    for seat_type in sorted({*facts.quota, *rows}):
        told = (
            facts.quota.get(seat_type),
            facts.held(seat_type),
            facts.committed[seat_type],
        )
        row = rows.get(seat_type)
        kept = (row.quota, row.held, row.sold) if row else None
        if kept != told:
            yield (
                "seat-counts-differ",
                (
                    f"Seat type {seat_type}: quota, held and sold are {kept} in the"
                    f" read model, the events say {told}."
                ),
            )
    yield from _reservations(conference_id, facts)


def _reservations(conference_id: str, facts: SeatsFacts) -> Found:
    told: Held = {
        (order_id, seat_type): (quantity, facts.ends[order_id])
        for order_id, seats in facts.pending.items()
        for seat_type, quantity in seats.items()
    }
    rows = SeatReservation.objects.filter(conference_id=UUID(conference_id))
    kept: Held = {
        (str(row.order_id), str(row.seat_type_id)): (row.quantity, row.expires_at)
        for row in rows
    }
    for key in sorted({*told, *kept}):
        if told.get(key) != kept.get(key):
            yield (
                "reservation-row-differs",
                (
                    f"Order {key[0]}, seat type {key[1]}: {kept.get(key)} in the read"
                    f" model, the events say {told.get(key)}."
                ),
            )
