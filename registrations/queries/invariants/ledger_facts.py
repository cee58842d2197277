"""What raw events say of one payment's money, added up in the plainest way."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from registrations.queries.invariants.facts import Data, moment

Key = tuple[str, Decimal | None]
Left = dict[Key, tuple[Decimal, Decimal]]
ZERO = Decimal(0)
# Of which movement a type of event tells, and what it does to what we have
MOVES = {
    "payment-charged": ("charge", 1),
    "payment-allotted": ("charge", 1),
    "payment-given-back": ("refund", -1),
    "payment-fee-charged": ("fee", -1),
    "payment-disputed": ("dispute", -1),
    "payment-dispute-won": ("dispute_won", 1),
}
TIMES = (
    *("charged_at", "allotted_at", "given_back_at"),
    *("opened_at", "won_at", "lost_at"),
)
REFERENCES = ("refund_id", "fee_id", "dispute_id", "payment_id")


class Part(NamedTuple):
    tax_name: str
    rate: Decimal | None
    net: Decimal
    tax: Decimal


class LedgerRow(NamedTuple):
    """A row as it should be; in the order of `COLUMNS`."""

    id: UUID
    position: int
    organization_id: UUID
    conference_id: UUID
    order_id: UUID
    order_code: str
    payment_id: UUID
    kind: str
    method: str
    currency: str
    tax_name: str
    tax_rate: Decimal | None
    gross: Decimal
    net: Decimal
    tax: Decimal
    reference_id: UUID
    occurred_at: datetime


COLUMNS = LedgerRow._fields


def parts(stored: Iterable[Data]) -> list[Part]:
    return [
        Part(
            part["tax_name"],
            None if part["rate"] is None else Decimal(part["rate"]),
            Decimal(part["net"]),
            Decimal(part["tax"]),
        )
        for part in stored
    ]


def total(of: Iterable[Part]) -> Decimal:
    return sum((part.net + part.tax for part in of), ZERO)


def _negative(of: Iterable[Part]) -> list[Part]:
    return [one._replace(net=-one.net, tax=-one.tax) for one in of]


@dataclass(slots=True)
class AccountFacts:
    """One payment's money as its stream tells it."""

    payment_id: str
    # (order, conference, organization, method, currency): one, whatever is told
    origins: set[tuple[str, ...]] = field(default_factory=set)
    charged: Decimal = ZERO
    pays_for: list[Part] = field(default_factory=list)
    refunds: dict[str, Decimal] = field(default_factory=dict)
    fees: dict[str, Decimal] = field(default_factory=dict)
    disputes: dict[str, tuple[Decimal, str]] = field(default_factory=dict)
    left: defaultdict[Key, tuple[Decimal, Decimal]] = field(
        default_factory=lambda: defaultdict(lambda: (ZERO, ZERO))
    )
    rows: list[LedgerRow] = field(default_factory=list)
    # Types of events whose parts are not their amount, or left less than nothing
    uneven: list[str] = field(default_factory=list)
    overdrawn: list[str] = field(default_factory=list)

    def add(self, id: UUID, position: int, type: str, data: Data) -> None:
        self.origins.add(
            (
                *(data["order_id"], data["order_code"], data["conference_id"]),
                *(data["organization_id"], data["method"], data["currency"]),
            )
        )
        self._note(type, data)
        if type in MOVES:
            moved = list(self._moved(type, data))
            self._write(id, position, type, data, moved)
            self._take(type, moved)

    def _note(self, type: str, data: Data) -> None:
        amount = Decimal(data.get("amount", "0"))
        match type:
            case "payment-charged":
                self.charged += amount
                self.pays_for = parts(data["parts"])
            case "payment-allotted":
                self.pays_for = parts(data["pays_for"])
            case "payment-given-back":
                self.refunds[data["refund_id"]] = amount
            case "payment-fee-charged":
                self.fees[data["fee_id"]] = amount
            case "payment-disputed":
                self.disputes[data["dispute_id"]] = (amount, "open")
            # One that nobody opened is none.
            case "payment-dispute-won" if data["dispute_id"] in self.disputes:
                self.disputes[data["dispute_id"]] = (amount, "won")
            case "payment-dispute-lost" if data["dispute_id"] in self.disputes:
                self.disputes[data["dispute_id"]] = (amount, "lost")

    def _moved(self, type: str, data: Data) -> Iterator[Part]:
        """What the event adds to what we have, part by part."""
        amount = Decimal(data.get("amount", "0"))
        told = parts(data.get("parts", []))
        if type == "payment-fee-charged":
            told = [Part("", None, amount, ZERO)]
        if type == "payment-allotted":
            amount = total(parts(data["taken_from"]))
            yield from _negative(parts(data["taken_from"]))
        if total(told) != amount:
            self.uneven.append(type)
        _kind, sign = MOVES[type]
        yield from told if sign > 0 else _negative(told)

    def _take(self, type: str, moved: list[Part]) -> None:
        """Fees are owed whatever is left of the payment."""
        if type == "payment-fee-charged":
            return
        for one in moved:
            net, tax = self.left[one.tax_name, one.rate]
            self.left[one.tax_name, one.rate] = (net + one.net, tax + one.tax)
        if any(
            net < 0 or tax < 0
            for (_name, rate), (net, tax) in self.left.items()
            # A bank may take back more than was paid: that has no tax.
            if rate is not None
        ):
            self.overdrawn.append(type)

    def _write(
        self, id: UUID, position: int, type: str, data: Data, moved: list[Part]
    ) -> None:
        at = next(moment(data[name]) for name in TIMES if name in data)
        reference = next(data[name] for name in REFERENCES if name in data)
        for index, part in enumerate(moved):
            self.rows.append(
                LedgerRow(
                    id=uuid5(id, str(index)),
                    position=position,
                    organization_id=UUID(data["organization_id"]),
                    conference_id=UUID(data["conference_id"]),
                    order_id=UUID(data["order_id"]),
                    order_code=data["order_code"],
                    payment_id=UUID(data["payment_id"]),
                    kind=MOVES[type][0],
                    method=data["method"],
                    currency=data["currency"],
                    tax_name=part.tax_name,
                    tax_rate=part.rate,
                    gross=part.net + part.tax,
                    net=part.net,
                    tax=part.tax,
                    reference_id=UUID(reference),
                    occurred_at=at,
                )
            )


def differences(told: Iterable[LedgerRow], kept: Iterable[Any]) -> list[str]:
    """Which rows are not as they should be, each in a few words."""
    expected = {row.id: row for row in told}
    found = {row.id: row for row in kept}
    return [
        _difference(expected.get(id), found.get(id))
        for id in sorted({*expected, *found})
        if expected.get(id) != found.get(id)
    ]


def _difference(told: LedgerRow | None, kept: LedgerRow | None) -> str:
    if told is None or kept is None:
        row, word = (told, "missing") if kept is None else (kept, "of no event")
        assert row is not None  # noqa: S101 one of the two is there
        return f"{row.kind} of {row.gross} {row.currency} is {word}"
    wrong = [
        f"{name} is {have}, the events say {say}"
        for name, have, say in zip(COLUMNS, kept, told, strict=True)
        if have != say
    ]
    return f"{told.kind} of {told.gross} {told.currency}: {', '.join(wrong)}"
