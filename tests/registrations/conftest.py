"""The reference system's conference with its price list, and orders made by
commands."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from conferences import services
from conferences.models import Conference, Organization
from payments import refund_results, transitions
from payments import services as payments
from registrations.commands import order as orders
from registrations.commands import payment as money
from registrations.domain.values import PersonalInfo
from registrations.models import OrderView

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
REGISTRANT = PersonalInfo("Registrant", "One", "registrant@example.org")
ATTENDEE = PersonalInfo("Attendee", "One", "attendee@example.org")


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


@dataclass(frozen=True)
class Summit:
    """A published conference: general $199, workshop $500, party $50."""

    id: UUID
    organization_id: UUID
    slug: str
    general: UUID
    workshop: UUID
    party: UUID

    def place(self, *items: tuple[UUID, int], now: datetime = NOW) -> OrderView:
        order_id = uuid7()
        orders.place_order(
            order_id=order_id, conference_id=self.id, items=items, now=now
        )
        return OrderView.objects.get(pk=order_id)

    def ready(self, *items: tuple[UUID, int], now: datetime = NOW) -> OrderView:
        """Reserved, with a registrant: only the payment is missing."""
        order = self.place(*items, now=now)
        orders.assign_registrant(order_id=order.pk, registrant=REGISTRANT, now=now)
        return OrderView.objects.get(pk=order.pk)

    def confirmed(self, *items: tuple[UUID, int], now: datetime = NOW) -> OrderView:
        order = self.ready(*items, now=now)
        pay(order.pk, now=now)
        return OrderView.objects.get(pk=order.pk)

    def paid_too_late(self, *items: tuple[UUID, int]) -> payments.Payment:
        """For an order that has expired; a general seat went to another meanwhile."""
        order = self.ready(*items)
        late = start_payment(order.pk)
        orders.expire_order(order_id=order.pk, now=NOW + minutes(30))
        self.confirmed((self.general, 1), now=NOW + minutes(31))
        transitions.complete(late.pk, now=NOW + minutes(40))
        return late


def refund_fails(
    payment: payments.Payment, *, error: str = "closed", now: datetime = NOW
) -> None:
    """Its only refund comes to nothing: somebody has to see to it."""
    (refund,) = payments.refunds_of(payment.pk)
    refund_results.record_failed(refund.pk, error=error, now=now)


def start_payment(
    order_id: UUID, *, provider: str = "sandbox", now: datetime = NOW
) -> payments.Payment:
    return money.start_payment(order_id=order_id, provider=provider, now=now)


def pay(order_id: UUID, *, now: datetime = NOW) -> payments.Payment:
    started = start_payment(order_id, now=now)
    transitions.complete(started.pk, now=now)
    started.refresh_from_db()
    return started


def reload(order: OrderView) -> OrderView:
    return OrderView.objects.prefetch_related("line_rows").get(pk=order.pk)


def new_summit(
    slug: str = "cqrs-summit",
    *,
    quotas: tuple[int, int, int] = (100, 100, 100),
    prices: tuple[str, str, str] = ("199.00", "500.00", "50.00"),
    publish: bool = True,
    **changes: Any,
) -> Summit:
    organization, _ = Organization.objects.get_or_create(
        slug="contoso", defaults={"name": "Contoso"}
    )
    conference = _conference(organization, slug, changes)
    names = ("General admission", "CQRS Workshop", "Additional cocktail party")
    seats = [
        services.add_seat_type(
            conference_id=conference.pk,
            fields={"name": name, "price": Decimal(price), "quota": quota},
        ).pk
        for name, price, quota in zip(names, prices, quotas, strict=True)
    ]
    if publish:
        services.publish(conference_id=conference.pk, now=NOW)
    return Summit(conference.pk, organization.pk, slug, *seats)


@pytest.fixture
def make_summit() -> Callable[..., Summit]:
    return new_summit


def _conference(
    organization: Organization, slug: str, changes: dict[str, Any]
) -> Conference:
    fields: dict[str, Any] = {
        "name": "CQRS summit",
        "slug": slug,
        "location": "Redmond",
        "time_zone": "America/Los_Angeles",
        "currency": "USD",
        "starts_on": NOW.date() + timedelta(days=90),
        "ends_on": NOW.date() + timedelta(days=92),
        **changes,
    }
    return services.create_conference(organization_id=organization.pk, fields=fields)


@pytest.fixture
def summit(db: None, make_summit: Callable[..., Summit]) -> Summit:
    return make_summit()
