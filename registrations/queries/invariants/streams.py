"""Streams without gaps, and rows that stand for nothing in the history."""

from collections.abc import Iterator
from typing import Any

from django.db.models import (
    CharField,
    Count,
    Exists,
    F,
    Max,
    Min,
    Model,
    OuterRef,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast, Concat

from eventstore.models import Deadline, Event
from registrations.models.conference_view import (
    ConferenceView,
    SeatReservation,
    SeatTypeView,
)
from registrations.models.ledger_entry import LedgerEntry
from registrations.models.order_seats import OrderSeat
from registrations.models.order_view import OrderLineView, OrderView
from registrations.models.organization_view import OrganizationView
from registrations.queries.invariants.problem import Problem

# The registration process by its stored name: one deadline for each open order
PROCESS = "registration"

# Which stream a row belongs to: its prefix and the column with the id behind it
BELONGS_TO = (
    (OrderView.objects.all(), "order-", "id"),
    (OrderLineView.objects.all(), "order-", "order_id"),
    (OrderSeat.objects.all(), "seat-assignments-", "order_id"),
    (SeatReservation.objects.all(), "order-", "order_id"),
    (LedgerEntry.objects.all(), "payment-account-", "payment_id"),
    (SeatTypeView.objects.all(), "conference-", "conference_id"),
    (ConferenceView.objects.all(), "conference-", "id"),
    (OrganizationView.objects.all(), "organization-", "id"),
    (Deadline.objects.filter(process=PROCESS), "order-", "key"),
)


def problems() -> Iterator[Problem]:
    yield from _gaps()
    for rows, prefix, column in BELONGS_TO:
        yield from _strays(rows, prefix, column)


def _gaps() -> Iterator[Problem]:
    counted = Event.objects.values("stream").annotate(
        count=Count("pk"), first=Min("version"), last=Max("version")
    )
    for row in counted.exclude(first=1, last=F("count")).order_by("stream"):
        yield Problem(
            "stream-has-gaps",
            f"stream {row['stream']}",
            f"{row['count']} events from version {row['first']} to {row['last']}.",
        )


def _strays(rows: QuerySet[Any], prefix: str, column: str) -> Iterator[Problem]:
    """Rows of which the history knows nothing."""
    stream = Concat(Value(prefix), Cast(column, CharField()))
    history = Event.objects.filter(stream=OuterRef("of_stream"))
    model: type[Model] = rows.model
    strays = rows.annotate(of_stream=stream).exclude(Exists(history)).order_by("pk")
    for row in strays:
        yield Problem(
            "row-without-history",
            f"{model._meta.model_name} {row.pk}",
            f"There is no stream {row.of_stream}.",
        )
