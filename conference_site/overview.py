"""The figures on the first page of the admin: what is sold, held and left."""

from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

from payments.models import Case, Refund
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
class Overview:
    conferences: list[ConferenceFigures]
    orders_needing_attention: int
    payments_needing_attention: int
    refunds_by_hand: int
    refunds_failed: int


def overview(organization_ids: set[UUID] | None, *, today: date) -> Overview:
    """The next published conferences of these tenants; None means of all."""
    ahead = conference_view.published().filter(ends_on__gte=today)
    rows = _of(organization_ids, ahead).prefetch_related("seat_types")[:CONFERENCES]
    attention = _of(organization_ids, order_view.orders()).exclude(attention="")
    odd_payments = _of(organization_ids, Case.objects.filter(closed_at__isnull=True))
    refunds = _of(organization_ids, Refund.objects.all(), "payment__organization_id")
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
        orders_needing_attention=attention.count(),
        payments_needing_attention=odd_payments.count(),
        refunds_by_hand=refunds.filter(status=Refund.Status.BY_HAND).count(),
        refunds_failed=refunds.filter(status=Refund.Status.FAILED).count(),
    )


def _of(
    ids: set[UUID] | None, rows: QuerySet[Row], column: str = "organization_id"
) -> QuerySet[Row]:
    return rows if ids is None else rows.filter(**{f"{column}__in": ids})
