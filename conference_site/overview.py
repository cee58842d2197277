"""The figures on the first page of the admin: what is sold, held and left."""

from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db.models import Count, Exists, Model, OuterRef, QuerySet

from payments.models import Case
from registrations.queries import conference_view, order_view

CONFERENCES = 10
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class SeatTypeFigures:
    """Seats of one type; `quota` is never below what is taken where it is drawn."""

    name: str
    quota: int
    sold: int
    held: int
    oversold: int

    @property
    def remaining(self) -> int:
        return self.quota - self.sold - self.held

    @property
    def sold_percent(self) -> int:
        return self._percent(self.sold)

    @property
    def held_percent(self) -> int:
        return self._percent(self.held)

    def _percent(self, seats: int) -> int:
        whole = max(self.quota, self.sold + self.held)
        return 100 * seats // whole if whole else 0


@dataclass(frozen=True, slots=True)
class ConferenceFigures:
    id: UUID
    name: str
    starts_on: date
    seat_types: list[SeatTypeFigures]


@dataclass(frozen=True, slots=True)
class KindOfCase:
    """How many cases of one kind are open."""

    code: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Overview:
    conferences: list[ConferenceFigures]
    # Those that no case speaks of: old ones, if any.
    orders_needing_attention: int
    cases: list[KindOfCase]

    @property
    def open_cases(self) -> int:
        return sum(kind.count for kind in self.cases)


def overview(organization_ids: set[UUID] | None, *, today: date) -> Overview:
    """The next published conferences of these tenants; None means of all."""
    ahead = conference_view.published().filter(ends_on__gte=today)
    rows = _of(organization_ids, ahead).prefetch_related("seat_types")[:CONFERENCES]
    is_open = Case.objects.filter(closed_at__isnull=True)
    attention = _of(organization_ids, order_view.orders()).exclude(attention="")
    without_case = attention.exclude(Exists(is_open.filter(order_id=OuterRef("pk"))))
    return Overview(
        conferences=[
            ConferenceFigures(
                id=row.pk,
                name=row.name,
                starts_on=row.starts_on,
                seat_types=[
                    SeatTypeFigures(
                        name=seats.name,
                        quota=seats.quota,
                        sold=seats.sold,
                        held=seats.held,
                        oversold=seats.oversold,
                    )
                    for seats in sorted(
                        row.seat_types.all(), key=lambda one: (one.position, one.name)
                    )
                ],
            )
            for row in rows
        ],
        orders_needing_attention=without_case.count(),
        cases=_by_kind(_of(organization_ids, is_open)),
    )


def _by_kind(cases: QuerySet[Case]) -> list[KindOfCase]:
    counts = dict(
        cases.order_by()
        .values_list("kind")
        .annotate(Count("pk"))
        .values_list("kind", "pk__count")
    )
    return [
        KindOfCase(kind.value, str(kind.label), counts[kind.value])
        for kind in Case.Kind
        if kind.value in counts
    ]


def _of(ids: set[UUID] | None, rows: QuerySet[Row]) -> QuerySet[Row]:
    return rows if ids is None else rows.filter(organization_id__in=ids)
