"""What pages and commands ask about conferences and their seats."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from registrations.domain.pricing import ConferenceTerms, SeatTypeTerms
from registrations.domain.values import Money
from registrations.models.conference_view import (
    ConferenceView,
    SeatReservation,
    SeatTypeView,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatTypeOffer:
    """One seat type as it is offered to one order at one moment.

    `available` is never below 0 and counts ended holds as free; `selectable` is how
    many this order may ask for: what is available or held by itself, up to the maximum.
    """

    id: UUID
    name: str
    description: str
    price: Money
    price_includes_tax: bool
    quota: int
    available: int
    held_by_order: int
    max_per_order: int
    selectable: int
    on_sale: bool
    sale_state: str
    on_sale_from: datetime | None
    on_sale_until: datetime | None

    @property
    def is_sold_out(self) -> bool:
        return self.available == 0


def published() -> QuerySet[ConferenceView]:
    return ConferenceView.objects.filter(is_published=True).order_by(
        "starts_on", "name"
    )


def published_conferences() -> list[ConferenceView]:
    return list(published())


def announced_conferences() -> list[ConferenceView]:
    """Those that were published once: their orders stay reachable."""
    announced = ConferenceView.objects.filter(was_published=True)
    return list(announced.order_by("starts_on", "name"))


def conference(slug: str) -> ConferenceView | None:
    """The conference with this slug, also an unpublished one."""
    return ConferenceView.objects.filter(slug=slug).first()


def conference_by_id(id: UUID) -> ConferenceView | None:
    return ConferenceView.objects.filter(pk=id).first()


def seat_types(
    conference_id: UUID, *, now: datetime, order_id: UUID | None = None
) -> list[SeatTypeOffer]:
    """The seat types in the organizer's order, as offered to this order now."""
    conference = ConferenceView.objects.get(pk=conference_id)
    held = _held(conference_id, now=now, order_id=order_id)
    own = _own(order_id)
    rows = SeatTypeView.objects.filter(conference_id=conference_id)
    return [
        _offer(row, conference, held.get(row.pk, 0), own.get(row.pk, 0), now)
        for row in rows.order_by("position", "name", "pk")
    ]


def _held(
    conference_id: UUID, *, now: datetime, order_id: UUID | None
) -> Mapping[UUID, int]:
    """What others hold. An ended hold counts as free, whether or not it was
    released."""
    others = Q(conference_id=conference_id, expires_at__gt=now) & ~Q(order_id=order_id)
    if order_id is None:
        others = Q(conference_id=conference_id, expires_at__gt=now)
    return dict(
        SeatReservation.objects.filter(others)
        .values_list("seat_type_id")
        .annotate(Sum("quantity"))
    )


def _own(order_id: UUID | None) -> Mapping[UUID, int]:
    if order_id is None:
        return {}
    own = SeatReservation.objects.filter(order_id=order_id)
    return dict(own.values_list("seat_type_id", "quantity"))


def _offer(
    row: SeatTypeView, conference: ConferenceView, held: int, own: int, now: datetime
) -> SeatTypeOffer:
    state = "ended" if now >= conference.ends_at else _sale_state(row, now)
    available = max(row.quota - row.sold - held - own, 0)
    selectable = min(available + own if state == "on_sale" else own, row.max_per_order)
    return SeatTypeOffer(
        id=row.pk,
        name=row.name,
        description=row.description,
        price=Money.of(row.price, conference.currency),
        price_includes_tax=row.price_includes_tax,
        quota=row.quota,
        available=available,
        held_by_order=own,
        max_per_order=row.max_per_order,
        selectable=selectable,
        on_sale=state == "on_sale",
        sale_state=state,
        on_sale_from=row.on_sale_from,
        on_sale_until=row.on_sale_until,
    )


def _sale_state(row: SeatTypeView, now: datetime) -> str:
    if row.is_closed:
        return "closed"
    if row.on_sale_from and now < row.on_sale_from:
        return "not_yet"
    if row.on_sale_until and now >= row.on_sale_until:
        return "ended"
    return "on_sale"


def terms(conference_id: UUID) -> ConferenceTerms | None:
    """On which terms the conference sells now; None if nobody announced it."""
    view = conference_by_id(conference_id)
    return terms_of(view) if view else None


def terms_of(view: ConferenceView) -> ConferenceTerms:
    rows = SeatTypeView.objects.filter(conference_id=view.pk)
    return ConferenceTerms(
        id=view.pk,
        is_published=view.is_published,
        currency=view.currency,
        tax_name=view.tax_name,
        tax_rate=view.tax_rate,
        ends_at=view.ends_at,
        seat_types={
            row.pk: SeatTypeTerms(
                id=row.pk,
                name=row.name,
                price=row.price,
                price_includes_tax=row.price_includes_tax,
                max_per_order=row.max_per_order,
                on_sale_from=row.on_sale_from,
                on_sale_until=row.on_sale_until,
                is_closed=row.is_closed,
            )
            for row in rows
        },
    )
