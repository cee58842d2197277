"""What the ledger says of a period: opening + movements = closing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, Case, Count, QuerySet, Sum, Value, When
from django.utils.translation import gettext as _

from registrations.domain.values import Money
from registrations.models.ledger_entry import LedgerEntry

Kind = LedgerEntry.Kind
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Period:
    """From an instant on until before another: nothing is between two in a row."""

    since: datetime
    until: datetime

    @classmethod
    def of_days(cls, first: date, last: date, zone: ZoneInfo) -> "Period":
        """Whole days where the conference is, the last one included."""
        return cls(
            datetime.combine(first, time.min, zone),
            datetime.combine(last + timedelta(days=1), time.min, zone),
        )


@dataclass(frozen=True, slots=True)
class Amounts:
    """Net and tax of money in one currency, out where they are negative.

    `count` is of how many entries; a balance is of none.
    """

    currency: str
    gross_amount: Decimal = ZERO
    net_amount: Decimal = ZERO
    tax_amount: Decimal = ZERO
    count: int = 0

    def __add__(self, other: "Amounts") -> "Amounts":
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up.")
        return Amounts(
            self.currency,
            self.gross_amount + other.gross_amount,
            self.net_amount + other.net_amount,
            self.tax_amount + other.tax_amount,
            self.count + other.count,
        )

    @property
    def gross(self) -> Money:
        return Money.of(self.gross_amount, self.currency)

    @property
    def net(self) -> Money:
        return Money.of(self.net_amount, self.currency)

    @property
    def tax(self) -> Money:
        return Money.of(self.tax_amount, self.currency)


class Account(NamedTuple):
    """What is added up apart: nothing of one is ever set off against another."""

    currency: str
    method: str
    tax_name: str
    tax_rate: Decimal | None

    @property
    def in_order(self) -> tuple[Any, ...]:
        return self.currency, self.method, self.tax_name, self.tax_rate or -1


@dataclass(slots=True)
class AccountStatement:
    """One method of payment and tax rate in the period."""

    account: Account
    opening: Amounts
    movements: dict[str, Amounts] = field(default_factory=dict)

    @property
    def moved(self) -> Amounts:
        return sum(self.movements.values(), Amounts(self.account.currency))

    @property
    def closing(self) -> Amounts:
        return replace(self.opening + self.moved, count=0)

    @property
    def says_something(self) -> bool:
        """Not so where all that ever moved had come to nothing before the period."""
        return bool(
            self.movements or self.opening.net_amount or self.opening.tax_amount
        )

    @property
    def lines(self) -> list[tuple[str, Amounts]]:
        """Named for people, from what was there to what is there then."""
        moved = [
            (str(kind.label), self.movements[kind])
            for kind in Kind
            if kind in self.movements
        ]
        return [(_("Opening"), self.opening), *moved, (_("Closing"), self.closing)]


@dataclass(frozen=True, slots=True)
class Balance:
    """All accounts of one currency together."""

    currency: str
    opening: Amounts
    moved: Amounts
    closing: Amounts


@dataclass(frozen=True, slots=True)
class Statement:
    period: Period
    accounts: list[AccountStatement]

    @property
    def balances(self) -> list[Balance]:
        return [
            self._balance(currency)
            for currency in sorted({one.account.currency for one in self.accounts})
        ]

    def _balance(self, currency: str) -> Balance:
        own = [one for one in self.accounts if one.account.currency == currency]
        nothing = Amounts(currency)
        return Balance(
            currency,
            sum((one.opening for one in own), nothing),
            sum((one.moved for one in own), nothing),
            sum((one.closing for one in own), nothing),
        )


def statement(conference_id: UUID, since: datetime, until: datetime) -> Statement:
    """What was there, what moved and what is there then, by method and tax rate."""
    inside = Case(
        When(occurred_at__gte=since, then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    sums = (
        LedgerEntry.objects.filter(conference_id=conference_id, occurred_at__lt=until)
        .annotate(is_inside=inside)
        .values("currency", "method", "tax_name", "tax_rate", "kind", "is_inside")
        .annotate(
            gross_sum=Sum("gross"),
            net_sum=Sum("net"),
            tax_sum=Sum("tax"),
            count=Count("pk"),
        )
        .order_by()
    )
    accounts: dict[Account, AccountStatement] = {}
    for row in sums:
        _add(accounts, row)
    told = [one for one in accounts.values() if one.says_something]
    told.sort(key=lambda one: one.account.in_order)
    return Statement(Period(since, until), told)


def _add(accounts: dict[Account, AccountStatement], row: Mapping[str, Any]) -> None:
    currency = row["currency"]
    key = Account(currency, row["method"], row["tax_name"], row["tax_rate"])
    known = accounts.setdefault(key, AccountStatement(key, Amounts(currency)))
    amounts = Amounts(
        currency, row["gross_sum"], row["net_sum"], row["tax_sum"], row["count"]
    )
    if row["is_inside"]:
        known.movements[row["kind"]] = amounts
    else:
        known.opening = replace(known.opening + amounts, count=0)


def entries(conference_id: UUID, period: Period) -> QuerySet[LedgerEntry]:
    """In the order in which they happened."""
    return LedgerEntry.objects.filter(
        conference_id=conference_id,
        occurred_at__gte=period.since,
        occurred_at__lt=period.until,
    ).order_by("occurred_at", "position", "id")


def each_entry(conference_id: UUID, period: Period) -> Iterator[LedgerEntry]:
    """One after the other, however many: they are never all in memory."""
    return entries(conference_id, period).iterator(chunk_size=2000)
