"""Terms of cancelling, and orders to cancel, in figures that are easily counted."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from registrations.domain.cancellation import (
    CancellationPolicy,
    CancellationTier,
    PricedOrder,
)
from registrations.domain.pricing import ConferenceTerms, SeatTypeTerms, price

GENERAL, WORKSHOP = UUID(int=1), UUID(int=2)
START = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)

PERCENT = CancellationTier(days_before=30, percent_kept=Decimal(10))
FEE = CancellationTier(days_before=7, fee_per_seat=Decimal("25.00"))


def policy(*tiers: CancellationTier, ends_at: datetime = START) -> CancellationPolicy:
    return CancellationPolicy(starts_at=START, ends_at=ends_at, tiers=tiers)


def order(
    *seats: tuple[UUID, int, str],
    currency: str = "EUR",
    rate: str | None = None,
    included: bool = True,
    refundable: str | None = None,
) -> PricedOrder:
    """Seats at their price, paid in full unless it is said what can go back."""
    terms = ConferenceTerms(
        id=UUID(int=9),
        is_published=True,
        currency=currency,
        tax_rate=Decimal(rate) if rate else None,
        seat_types={
            id: SeatTypeTerms(
                id=id, name=str(id), price=Decimal(each), price_includes_tax=included
            )
            for id, _quantity, each in seats
        },
    )
    totals = price({id: quantity for id, quantity, _each in seats}, terms)
    return PricedOrder(
        lines=totals.lines,
        currency=currency,
        tax_rate=totals.tax_rate,
        refundable=totals.total if refundable is None else Decimal(refundable),
    )
