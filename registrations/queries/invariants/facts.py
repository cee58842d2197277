"""What raw events say, added up in the plainest way. Ids are strings, as stored."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

Data = dict[str, Any]
Row = tuple[str, str, int, Data]
Seats = Counter[str]

STATUS_AFTER = {
    "order-placed": "placed",
    "order-partially-reserved": "partially_reserved",
    "order-reservation-completed": "reserved",
    "order-confirmed": "confirmed",
    "order-expired": "expired",
    "order-revived": "reserved",
    "order-cancelled": "cancelled",
}
OPEN = {"placed", "partially_reserved", "reserved"}


def counted(seats: Iterable[Data]) -> Seats:
    count: Seats = Counter()
    for item in seats:
        count[item["seat_type"]] += item["quantity"]
    return +count


def moment(stored: str) -> datetime:
    return datetime.fromisoformat(stored)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """Seats given back at one time; `refund` None: all that was paid."""

    by: str
    value: Decimal
    kept: Decimal
    kept_total: Decimal
    refund: Decimal | None
    difference: Decimal


@dataclass(slots=True)
class OrderFacts:
    """One order as its stream tells it, and its seats as theirs does."""

    id: str
    version: int = 0
    conference_id: str = ""
    code: str = ""
    status: str = ""
    requested: Seats = field(default_factory=Counter)
    reserved: Seats = field(default_factory=Counter)
    sold: Seats = field(default_factory=Counter)
    total: Decimal = Decimal(0)
    # What it cost when it was confirmed: `total` is what is left of it
    charged: Decimal = Decimal(0)
    cancelled: list["Cancelled"] = field(default_factory=list)
    currency: str = ""
    is_free: bool = False
    line_totals: dict[str, Decimal] = field(default_factory=dict)
    hold_expires_at: datetime | None = None
    paid: dict[str, tuple[Decimal, str]] = field(default_factory=dict)
    returned: dict[str, Decimal] = field(default_factory=dict)
    refunded: Counter[str] = field(default_factory=Counter)
    times_numbered: int = 0
    seats: dict[int, tuple[str, str]] = field(default_factory=dict)
    withdrawn: set[int] = field(default_factory=set)

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    def add(self, type: str, version: int, data: Data) -> None:
        self.version = version
        self.status = STATUS_AFTER.get(type, self.status)
        if "hold_expires_at" in data:
            self.hold_expires_at = moment(data["hold_expires_at"])
        self._add_seats(type, data)
        self._add_money(type, data)

    def _add_seats(self, type: str, data: Data) -> None:
        match type:
            case "order-placed":
                self.conference_id, self.code = data["conference_id"], data["code"]
                self.requested = counted(data["seats"])
            case "order-updated":
                self.requested = counted(data["seats"])
            case "order-reservation-completed" | "order-partially-reserved":
                self.reserved = counted(data["seats"])
            case "order-confirmed":
                self.sold = counted(data["seats"])
            case "order-seats-cancelled":
                back = counted(data["seats"])
                self.requested = self.requested - back
                self.reserved = self.reserved - back
                self.sold = self.sold - back

    def _add_money(self, type: str, data: Data) -> None:
        match type:
            case "order-totals-calculated":
                self.total, self.currency = Decimal(data["total"]), data["currency"]
                self.charged = self.total
                self.is_free = data["is_free_of_charge"]
                self.line_totals = _line_totals(data)
            case "order-seats-cancelled":
                before, self.total = self.total, Decimal(data["total"])
                self.line_totals = _line_totals(data)
                self._add_cancellation(data, before - self.total)
            case "order-cancelled":
                self._add_cancellation({"value": self.total} | data, self.total)
            case "order-paid":
                paid = (Decimal(data["amount"]), data["currency"])
                self.paid[data["payment_id"]] = paid
            case "order-payment-returned":
                self.returned[data["payment_id"]] = Decimal(data["amount"])
            case "order-payment-refunded":
                self.refunded[data["payment_id"]] += Decimal(data["amount"])  # type: ignore[assignment] # a counter of money

    def _add_cancellation(self, data: Data, difference: Decimal) -> None:
        refund = data.get("refund_amount")
        self.cancelled.append(
            Cancelled(
                by=data["cancelled_by"],
                value=Decimal(data["value"]),
                kept=Decimal(data.get("kept_amount", 0)),
                kept_total=Decimal(data.get("kept_total", 0)),
                refund=None if refund is None else Decimal(refund),
                difference=difference,
            )
        )

    def add_assignment(self, type: str, data: Data) -> None:
        """Who sits where: position -> (seat type, address of the attendee)."""
        match type:
            case "seat-assignments-created":
                self.times_numbered += 1
                self.seats |= {
                    seat["position"]: (seat["seat_type"], "") for seat in data["seats"]
                }
            case "seat-assigned" | "seat-assignment-updated":
                self._sit(data["position"], data["attendee"]["email"])
            case "seat-unassigned":
                self._sit(data["position"], "")
            case "seats-withdrawn":
                self.withdrawn |= set(data["positions"])
                for position in data["positions"]:
                    self.seats.pop(position, None)
            case "seat-assignments-closed":
                self.seats = {}

    def _sit(self, position: int, email: str) -> None:
        # A damaged history may tell of a seat that it never numbered.
        seat_type, _ = self.seats.get(position, ("", ""))
        self.seats[position] = (seat_type, email)


def _line_totals(data: Data) -> dict[str, Decimal]:
    return {line["seat_type"]: Decimal(line["line_total"]) for line in data["lines"]}


@dataclass(slots=True)
class SeatsFacts:
    """The seats of one conference as their stream tells it.

    `remaining` goes by what each event gives and takes and never by the quota, so that
    quota = remaining + pending + committed says something.
    """

    quota: dict[str, int] = field(default_factory=dict)
    remaining: Seats = field(default_factory=Counter)
    pending: dict[str, Seats] = field(default_factory=dict)
    ends: dict[str, datetime] = field(default_factory=dict)
    committed: Seats = field(default_factory=Counter)

    def add(self, type: str, data: Data) -> None:
        match type:
            case "available-seats-changed":
                self.quota[data["seat_type"]] = data["quota"]
                self.remaining[data["seat_type"]] += data["change"]
            case "seats-returned":
                self.committed.subtract(counted(data["seats"]))
                self.remaining.update(counted(data["seats"]))
            case "seats-reservation-extended":
                self.ends[data["reservation_id"]] = moment(data["expires_at"])
            case _:
                self._add_reservation(type, data["reservation_id"], data)

    def _add_reservation(self, type: str, id: str, data: Data) -> None:
        before = self.pending.pop(id, Counter())
        match type:
            case "seats-reserved":
                self.remaining.update(before)
                self.remaining.subtract(counted(data["seats"]))
                self.ends[id] = moment(data["expires_at"])
                if data["seats"]:
                    self.pending[id] = counted(data["seats"])
            case "seats-reservation-committed":
                self.committed.update(counted(data["seats"]))
            case "seats-reservation-cancelled":
                self.remaining.update(before)

    def held(self, seat_type: str) -> int:
        return sum(seats[seat_type] for seats in self.pending.values())
