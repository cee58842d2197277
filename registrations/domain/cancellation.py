"""Giving seats back: what they are worth, what of it is kept, and what goes back.

Everything is a function of the order's lines, the conference's policy and the clock, so
that a preview and the cancellation itself come to the same amount to the cent.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import accumulate, pairwise
from uuid import UUID

from registrations.domain.errors import (
    NoSeatsChosen,
    RefundNotPossible,
    SeatsNotHeld,
)
from registrations.domain.pricing import OrderLine, TaxTerms, line_of
from registrations.domain.values import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationTier:
    """While at least so many whole days are left, a percentage or a fee is kept."""

    days_before: int
    percent_kept: Decimal | None = None
    fee_per_seat: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Which terms hold until when; `tier` None: `everything` is kept, or nothing."""

    until: datetime
    tier: CancellationTier | None
    keeps_everything: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationPolicy:
    """On which terms registrants give seats back, until `ends_at`.

    Without tiers everything is given back; where none applies (any more), nothing.
    """

    starts_at: datetime
    ends_at: datetime
    tiers: Sequence[CancellationTier] = ()

    def tier_at(self, now: datetime) -> CancellationTier | None:
        """The one with the most days of those that are still left."""
        days_left = (self.starts_at - now).days
        fitting = [tier for tier in self.tiers if tier.days_before <= days_left]
        return max(fitting, key=lambda tier: tier.days_before, default=None)

    def keeps_everything_at(self, now: datetime) -> bool:
        return bool(self.tiers) and self.tier_at(now) is None

    def periods(self) -> Iterator[Period]:
        """What holds one after the other until it is too late."""
        if not self.tiers:
            yield Period(until=self.ends_at, tier=None)
            return
        until = None
        for tier in sorted(self.tiers, key=lambda tier: -tier.days_before):
            until = self.starts_at - timedelta(days=tier.days_before)
            yield Period(until=min(until, self.ends_at), tier=tier)
            if until >= self.ends_at:
                return
        yield Period(until=self.ends_at, tier=None, keeps_everything=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedOrder:
    """What an order holds and costs now, and what of its money is still there.

    `refundable` is what was captured, less what went back (or is on its way) and what
    is disputed.
    """

    lines: Sequence[OrderLine]
    currency: str
    tax_rate: Decimal | None
    refundable: Decimal

    def fewer(self, line: OrderLine, seats: int) -> OrderLine:
        """The line with so many seats less, at the price it was sold for.

        A line does not say whether its price included the tax, but its amounts do.
        """
        price = Money.of(line.unit_price * line.quantity, self.currency).amount
        return line_of(
            line.seat_type,
            line.name,
            line.unit_price,
            line.quantity - seats,
            tax=TaxTerms(is_included=line.line_total == price, rate=self.tax_rate),
            currency=self.currency,
        )

    def seat_prices(self, line: OrderLine, seats: int) -> list[Decimal]:
        """By how much the line shrinks with each of these seats, one after another."""
        totals = [self.fewer(line, gone).line_total for gone in range(seats + 1)]
        return [more - less for more, less in pairwise(totals)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelledLine:
    """Seats of one type that are given back; value = kept + due."""

    seat_type: UUID
    name: str
    quantity: int
    value: Decimal
    kept: Decimal

    @property
    def due(self) -> Decimal:
        return self.value - self.kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What it comes to if these seats are given back now.

    `value` is the difference of the order's price before and after, `due` what the
    terms leave of it, and `refund` what of that is still there to be given back.
    """

    cancelled: Sequence[CancelledLine]
    remaining: Sequence[OrderLine]
    currency: str
    tier: CancellationTier | None
    keeps_everything: bool
    refundable: Decimal
    # What the organizer gives back instead of what the terms say
    chosen: Decimal | None = None

    def giving(self, amount: Decimal) -> "Quote":
        """The same, but so much is given back. Raises RefundNotPossible."""
        exact = Money.of(amount, self.currency).amount
        if amount != exact or not 0 <= amount <= max(self.refundable, Decimal(0)):
            raise RefundNotPossible
        return replace(self, chosen=exact)

    @property
    def value(self) -> Decimal:
        return self._sum(line.value for line in self.cancelled)

    @property
    def kept(self) -> Decimal:
        if self.chosen is not None:
            return max(self.value - self.chosen, self._sum([]))
        return self._sum(line.kept for line in self.cancelled)

    @property
    def due(self) -> Decimal:
        return self.value - self.kept

    @property
    def refund(self) -> Decimal:
        if self.chosen is not None:
            return self.chosen
        return max(min(self.due, self.refundable), self._sum([]))

    @property
    def seats(self) -> dict[UUID, int]:
        return {line.seat_type: line.quantity for line in self.cancelled}

    @property
    def is_whole(self) -> bool:
        """Whether no seat is left afterwards."""
        return not any(line.quantity for line in self.remaining)

    @property
    def total(self) -> Decimal:
        return self._sum(line.line_total for line in self.remaining)

    @property
    def net_total(self) -> Decimal:
        return self._sum(line.net for line in self.remaining)

    @property
    def tax_total(self) -> Decimal:
        return self._sum(line.tax for line in self.remaining)

    def _sum(self, amounts: Iterable[Decimal]) -> Decimal:
        return sum(amounts, Money.of(Decimal(0), self.currency).amount)


def quote(
    order: PricedOrder,
    seats: Mapping[UUID, int],
    policy: CancellationPolicy,
    *,
    now: datetime,
) -> Quote:
    """What giving these seats back comes to at this moment.

    Cancelling one by one takes away exactly what cancelling all at once does. Raises
    NoSeatsChosen and SeatsNotHeld.
    """
    held = {line.seat_type: line.quantity for line in order.lines}
    if not any(seats.values()):
        raise NoSeatsChosen
    if any(
        number > held.get(type_, 0) or number < 0 for type_, number in seats.items()
    ):
        raise SeatsNotHeld
    tier, keeps_everything = policy.tier_at(now), policy.keeps_everything_at(now)
    prices = [
        order.seat_prices(line, seats.get(line.seat_type, 0)) for line in order.lines
    ]
    kept = _kept(prices, tier, keeps_everything, order.currency)
    return Quote(
        cancelled=[
            CancelledLine(
                seat_type=line.seat_type,
                name=line.name,
                quantity=len(of_line),
                value=sum(of_line, Decimal(0)),
                kept=kept_of_line,
            )
            for line, of_line, kept_of_line in zip(
                order.lines, prices, kept, strict=True
            )
            if of_line
        ],
        remaining=[
            order.fewer(line, seats.get(line.seat_type, 0)) for line in order.lines
        ],
        currency=order.currency,
        tier=tier,
        keeps_everything=keeps_everything,
        refundable=order.refundable,
    )


def _kept(
    prices: Sequence[Sequence[Decimal]],
    tier: CancellationTier | None,
    keeps_everything: bool,
    currency: str,
) -> list[Decimal]:
    """What is kept of the seats of each line.

    A percentage is rounded once, over all of them; the lines share it so that their
    parts add up to it.
    """
    values = [sum(of_line, Decimal(0)) for of_line in prices]
    if keeps_everything:
        return values
    if tier and tier.fee_per_seat is not None:
        fee = Money.of(tier.fee_per_seat, currency).amount
        return [
            sum((min(fee, price) for price in of_line), Decimal(0))
            for of_line in prices
        ]
    share = (tier.percent_kept or Decimal(0)) / 100 if tier else Decimal(0)
    so_far = [Money.of(value * share, currency).amount for value in accumulate(values)]
    return [after - before for before, after in pairwise([Decimal(0), *so_far])]
