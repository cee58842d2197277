"""How money divides among the taxes it was charged with, and comes back again.

What has been given back so far decides alone what each tax's share of it is: so no
cent is lost on the way, in whatever pieces the money goes back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction

from registrations.domain.order_events import OrderTotalsCalculated
from registrations.domain.values import Money, minor_unit

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxPart:
    """The part of an amount to which one tax applies; without a rate, none does."""

    tax_name: str
    rate: Decimal | None
    net: Decimal
    tax: Decimal

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax

    @property
    def key(self) -> tuple[str, Decimal | None]:
        return self.tax_name, self.rate


def untaxed(amount: Decimal) -> TaxPart:
    """Money that pays for nothing, or for what is not taxed."""
    return TaxPart(tax_name="", rate=None, net=amount, tax=NOTHING)


def gross(parts: Iterable[TaxPart]) -> Decimal:
    return sum((part.gross for part in parts), NOTHING)


def parts_of(totals: OrderTotalsCalculated) -> list[TaxPart]:
    """What an order costs, one part for each rate: its lines have one in common."""
    if totals.tax_rate is None:
        return [untaxed(totals.total)]
    return [
        TaxPart(
            tax_name=totals.tax_name,
            rate=totals.tax_rate,
            net=totals.net_total,
            tax=totals.tax_total,
        )
    ]


def share(
    parts: Sequence[TaxPart],
    total_given_back_before: Decimal,
    amount: Decimal,
    currency: str,
) -> list[TaxPart]:
    """Of which parts this amount is, of what is left of those that were charged.

    All shares of all that is given back add up to the parts; none is ever negative.
    What goes beyond the parts (a bank may take back more), or is no whole number of
    the currency's minor units, is not taxed.
    """
    before = given_back(parts, total_given_back_before, currency)
    after = given_back(parts, total_given_back_before + amount, currency)
    return less(after, before)


def given_back(
    parts: Sequence[TaxPart], total: Decimal, currency: str
) -> list[TaxPart]:
    """Of which parts the whole is that was given back so far."""
    if len(parts) == 1 and not parts[0].tax and total <= gross(parts):
        # What has no tax needs no rounding, whatever its places.
        return added([_with(parts[0], total, NOTHING)])
    unit = minor_unit(currency)
    units = [int(part.gross / unit) for part in parts]
    whole = min(int((total / unit).to_integral_value(ROUND_FLOOR)), sum(units))
    found = [
        _portion(part, count * unit, currency)
        for part, count in zip(parts, _apportioned(units, whole), strict=True)
    ]
    return added([*found, untaxed(total - whole * unit)])


def _portion(part: TaxPart, taken: Decimal, currency: str) -> TaxPart:
    if not part.tax:
        return _with(part, taken, NOTHING)
    tax = Money.of(part.tax * taken / part.gross, currency).amount
    return _with(part, taken - tax, tax)


def _with(part: TaxPart, net: Decimal, tax: Decimal) -> TaxPart:
    return TaxPart(tax_name=part.tax_name, rate=part.rate, net=net, tax=tax)


def _apportioned(sizes: Sequence[int], whole: int) -> list[int]:
    """So many units in proportion to the sizes, never more of one than its size.

    By Webster's method, in which nobody's share shrinks when there is one unit more
    (that of largest remainders has this fault): unit j of a part of size n is due at
    (j - 1/2) / n; of two that are due at once, the first part's comes first.
    """
    everything = sum(sizes)
    if not whole:
        return [0] * len(sizes)
    # All that is due before whole / everything, and then one by one to the number.
    shares = [-((everything - 2 * whole * size) // (2 * everything)) for size in sizes]
    places = [place for place, size in enumerate(sizes) if size]
    while (missing := whole - sum(shares)) > 0:
        shares[min(places, key=lambda n: (_due(shares[n] + 1, sizes[n]), n))] += 1
    for _ in range(-missing):
        shares[max(places, key=lambda n: (_due(shares[n], sizes[n]), n))] -= 1
    return shares


def _due(unit: int, size: int) -> Fraction:
    return Fraction(2 * unit - 1, size)


def added(parts: Iterable[TaxPart]) -> list[TaxPart]:
    """The same money with one part for each tax, and none that is nothing."""
    sums: dict[tuple[str, Decimal | None], TaxPart] = {}
    for part in parts:
        known = sums.get(part.key)
        sums[part.key] = (
            _with(part, known.net + part.net, known.tax + part.tax) if known else part
        )
    return [part for part in sums.values() if part.net or part.tax]


def less(parts: Iterable[TaxPart], others: Iterable[TaxPart]) -> list[TaxPart]:
    return added([*parts, *(negated(other) for other in others)])


def negated(part: TaxPart) -> TaxPart:
    return _with(part, -part.net, -part.tax)
