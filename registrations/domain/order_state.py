"""What an order's history has made of it."""

from datetime import datetime
from decimal import Decimal
from enum import Enum
from uuid import UUID

from eventstore.aggregates import Aggregate
from registrations.domain import order_events as facts
from registrations.domain.billing_address import BillingAddress
from registrations.domain.pricing import OrderLine
from registrations.domain.values import PersonalInfo, mapping


class Status(Enum):
    PLACED = "placed"  # only inside the transaction that also reserves
    PARTIALLY_RESERVED = "partially_reserved"
    RESERVED = "reserved"
    CONFIRMED = "confirmed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class OrderState(Aggregate):
    """State without decisions; `Order` adds those."""

    category = "order"

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.status: Status | None = None
        self.conference_id: UUID | None = None
        self.code = ""
        self.requested: dict[UUID, int] = {}
        self.reserved: dict[UUID, int] = {}
        self.registrant: PersonalInfo | None = None
        self.billing_address: BillingAddress | None = None
        self.total = Decimal(0)
        self.currency = ""
        self.is_free_of_charge = False
        # What is left of the order, and what is kept of the seats given back.
        self.lines: list[OrderLine] = []
        self.kept_amount = Decimal(0)
        self.totals: facts.OrderTotalsCalculated | None = None
        self.placed_at: datetime | None = None
        self.hold_ends_at: datetime | None = None
        self.hold_expires_at: datetime | None = None
        self.open_payments: dict[UUID, datetime] = {}
        self.paid_by: UUID | None = None
        # What a human has to decide, per payment; the last one is shown.
        self.open_cases: dict[UUID | None, facts.OrderNeedsAttention] = {}

    def apply(self, event: object) -> None:  # noqa: C901, PLR0912, PLR0915 one branch per event
        match event:
            case facts.OrderPlaced():
                self.status = Status.PLACED
                self.conference_id = event.conference_id
                self.code = event.code
                self.placed_at = event.placed_at
                self.requested = mapping(event.seats)
                self.hold_ends_at = self.hold_expires_at = event.hold_expires_at
            case facts.OrderUpdated(seats=seats):
                # Until the reservation's outcome, later in the same transaction.
                self.requested, self.status = mapping(seats), Status.PLACED
            case facts.OrderReservationCompleted(seats=seats):
                self.reserved, self.status = mapping(seats), Status.RESERVED
            case facts.OrderPartiallyReserved(seats=seats):
                self.reserved, self.status = mapping(seats), Status.PARTIALLY_RESERVED
            case facts.OrderTotalsCalculated():
                self.total, self.currency = event.total, event.currency
                self.lines = event.lines
                self.totals = event
                self.is_free_of_charge = event.is_free_of_charge
            case facts.OrderRegistrantAssigned(registrant=registrant):
                self.registrant = registrant
            case facts.OrderBillingAddressGiven(billing_address=address):
                self.billing_address = address
            case facts.OrderConfirmed():
                self.status = Status.CONFIRMED
            case facts.OrderExpired():
                self.status = Status.EXPIRED
            case facts.OrderRevived():
                self.status = Status.RESERVED
            case facts.OrderSeatsCancelled(lines=lines, total=total, kept_total=kept):
                self.lines, self.total = lines, total
                self.reserved = {line.seat_type: line.quantity for line in lines}
                self.requested = dict(self.reserved)
                self.kept_amount = kept
            case facts.OrderCancelled(kept_total=kept):
                self.status = Status.CANCELLED
                self.kept_amount = kept
            case facts.OrderNeedsAttention(payment_id=payment_id):
                self.open_cases[payment_id] = event
            case facts.OrderAttentionSettled(payment_id=payment_id):
                self.open_cases.pop(payment_id, None)
            case _:
                self._apply_payment(event)

    def _apply_payment(self, event: object) -> None:
        match event:
            case facts.OrderPaymentStarted(payment_id=id, hold_expires_at=end):
                self.open_payments[id] = self.hold_expires_at = end
            case facts.OrderPaymentRejected(payment_id=id, hold_expires_at=end):
                del self.open_payments[id]
                self.hold_expires_at = end
            case facts.OrderPaid(payment_id=id):
                self.open_payments.pop(id, None)
                self.paid_by = id
