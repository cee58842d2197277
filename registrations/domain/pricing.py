"""What seats cost: lines, tax and total, from the terms of the conference."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from registrations.domain.errors import (
    AmountNotPayable,
    ConferenceClosed,
    NegativeQuantity,
    NoItems,
    NotOnSale,
    SeatTypeClosed,
    TooManySeats,
    UnknownSeatType,
)
from registrations.domain.values import Money

# What the tables of read models can hold.
MOST = Decimal(10) ** 10


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatTypeTerms:
    """On which terms one seat type is sold."""

    id: UUID
    name: str
    price: Decimal
    price_includes_tax: bool = True
    max_per_order: int = 20
    on_sale_from: datetime | None = None
    on_sale_until: datetime | None = None
    is_closed: bool = False

    def check(self, quantity: int, *, already_held: int, now: datetime) -> None:
        """Raise why these cannot be asked for now.

        Who holds a seat may keep it: closing and the sales window are checked when
        seats are taken, not afterwards.
        """
        if quantity < 0:
            raise NegativeQuantity(seat_type=self.id)
        if quantity > self.max_per_order:
            raise TooManySeats(self.max_per_order, seat_type=self.id)
        if quantity <= already_held:
            return
        if self.is_closed:
            raise SeatTypeClosed(seat_type=self.id)
        if self.on_sale_from and now < self.on_sale_from:
            raise NotOnSale("This seat type is not on sale yet.", seat_type=self.id)
        if self.on_sale_until and now >= self.on_sale_until:
            raise NotOnSale("The sale of this seat type has ended.", seat_type=self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConferenceTerms:
    """On which terms a conference sells its seats, at the moment of asking."""

    id: UUID
    is_published: bool
    currency: str
    tax_name: str = ""
    tax_rate: Decimal | None = None
    ends_at: datetime | None = None
    seat_types: Mapping[UUID, SeatTypeTerms] = field(default_factory=dict)

    def check(
        self, wanted: Mapping[UUID, int], *, held: Mapping[UUID, int], now: datetime
    ) -> None:
        """Raise why this cannot be ordered; nothing has been written then."""
        if not self.is_published:
            raise ConferenceClosed
        for seat_type, quantity in wanted.items():
            if seat_type not in self.seat_types:
                raise UnknownSeatType(seat_type=seat_type)
            already_held = held.get(seat_type, 0)
            self.seat_types[seat_type].check(
                quantity, already_held=already_held, now=now
            )
            if quantity > already_held and self.ends_at and now >= self.ends_at:
                raise NotOnSale("This conference is over.", seat_type=seat_type)
        if not any(wanted.values()):
            raise NoItems


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """Seats of one type with what they cost; keeps the name and price of its day."""

    seat_type: UUID
    name: str
    unit_price: Decimal
    quantity: int
    net: Decimal
    tax: Decimal
    line_total: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    lines: list[OrderLine]
    total: Decimal
    net_total: Decimal
    tax_total: Decimal
    currency: str
    tax_name: str
    tax_rate: Decimal | None
    is_free_of_charge: bool


def price(seats: Mapping[UUID, int], terms: ConferenceTerms) -> Totals:
    """Price the seats line by line; the total is gross, tax is rounded per line.

    Half-even, to the currency's minor unit (domain rules, section 5). Seat types of
    which there are none keep a line, so that it can say "Sold out". Free of charge
    means a total of exactly 0 with at least one seat. Raises UnknownSeatType and
    AmountNotPayable.
    """
    lines = [
        _line(terms.seat_types[seat_type], quantity, terms)
        for seat_type, quantity in seats.items()
        if _known(seat_type, terms)
    ]
    zero = Money.of(Decimal(0), terms.currency).amount
    total = sum((line.line_total for line in lines), zero)
    if total >= MOST:
        raise AmountNotPayable
    return Totals(
        lines=lines,
        total=total,
        net_total=sum((line.net for line in lines), zero),
        tax_total=sum((line.tax for line in lines), zero),
        currency=terms.currency,
        tax_name=terms.tax_name,
        tax_rate=terms.tax_rate,
        is_free_of_charge=any(seats.values()) and total == 0,
    )


def _known(seat_type: UUID, terms: ConferenceTerms) -> bool:
    if seat_type not in terms.seat_types:
        raise UnknownSeatType(seat_type=seat_type)
    return True


def _line(seat: SeatTypeTerms, quantity: int, terms: ConferenceTerms) -> OrderLine:
    return line_of(
        seat.id,
        seat.name,
        seat.price,
        quantity,
        tax=TaxTerms(seat.price_includes_tax, terms.tax_rate),
        currency=terms.currency,
    )


@dataclass(frozen=True, slots=True)
class TaxTerms:
    """Whether a price includes the tax, and how much that is."""

    is_included: bool
    rate: Decimal | None


def line_of(
    seat_type: UUID,
    name: str,
    unit_price: Decimal,
    quantity: int,
    *,
    tax: TaxTerms,
    currency: str,
) -> OrderLine:
    """So many seats at this price: net, tax and gross in the currency's minor unit."""

    def rounded(amount: Decimal) -> Decimal:
        return Money.of(amount, currency).amount

    rate = (tax.rate or Decimal(0)) / 100
    price = rounded(unit_price * quantity)
    if tax.is_included:
        gross, amount = price, rounded(price - price / (1 + rate))
    else:
        amount = rounded(price * rate)
        gross = price + amount
    return OrderLine(
        seat_type=seat_type,
        name=name,
        unit_price=unit_price,
        quantity=quantity,
        net=gross - amount,
        tax=amount,
        line_total=gross,
    )
