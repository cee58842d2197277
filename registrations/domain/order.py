"""Order: one registrant's request for seats, from placing to confirmed or expired."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from uuid import UUID

from eventstore.aggregates import Aggregate
from registrations.domain import errors
from registrations.domain.order_events import (
    OrderAttentionSettled,
    OrderCancelled,
    OrderConfirmed,
    OrderExpired,
    OrderNeedsAttention,
    OrderPaid,
    OrderPartiallyReserved,
    OrderPaymentRefunded,
    OrderPaymentRejected,
    OrderPaymentReturned,
    OrderPaymentStarted,
    OrderPlaced,
    OrderRegistrantAssigned,
    OrderReservationCompleted,
    OrderRevived,
    OrderTotalsCalculated,
    OrderUpdated,
)
from registrations.domain.pricing import ConferenceTerms, price
from registrations.domain.values import PersonalInfo, mapping, quantities


class Status(Enum):
    PLACED = "placed"  # only inside the transaction that also reserves
    PARTIALLY_RESERVED = "partially_reserved"
    RESERVED = "reserved"
    CONFIRMED = "confirmed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Order(Aggregate):
    """Guards what may happen to an order; every refusal is a typed error.

    Decisions asked twice record nothing the second time. The clock comes in as `now`.
    """

    category = "order"

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.status: Status | None = None
        self.conference_id: UUID | None = None
        self.code = ""
        self.requested: dict[UUID, int] = {}
        self.reserved: dict[UUID, int] = {}
        self.registrant: PersonalInfo | None = None
        self.total = Decimal(0)
        self.currency = ""
        self.is_free_of_charge = False
        self.hold_ends_at: datetime | None = None
        self.hold_expires_at: datetime | None = None
        self.open_payments: dict[UUID, datetime] = {}
        self.paid_by: UUID | None = None
        self.needs_attention = ""

    # Placing and changing

    def place(
        self,
        *,
        conference_id: UUID,
        organization_id: UUID,
        code: str,
        wanted: Mapping[UUID, int],
        now: datetime,
        hold_for: timedelta,
    ) -> None:
        if self.status is not None:
            raise errors.OrderAlreadyPlaced
        self.record(
            OrderPlaced(
                order_id=self.id,
                conference_id=conference_id,
                organization_id=organization_id,
                code=code,
                seats=quantities(wanted),
                placed_at=now,
                hold_expires_at=now + hold_for,
            )
        )

    def change_seats(self, wanted: Mapping[UUID, int], *, now: datetime) -> None:
        """Ask for other seats under the same hold. The same again changes nothing."""
        self._must_be_open(now)
        asked = {id: quantity for id, quantity in wanted.items() if quantity}
        if asked == self.requested and self.status is Status.RESERVED:
            return
        self.record(
            OrderUpdated(order_id=self.id, seats=quantities(asked), updated_at=now)
        )

    def mark_seats_as_reserved(
        self, reserved: Mapping[UUID, int], terms: ConferenceTerms
    ) -> None:
        """Take in what could be reserved, and price it: the total is for what is held."""
        if self.status in {Status.CONFIRMED, Status.CANCELLED}:
            raise self._refusal()
        got = {id: reserved.get(id, 0) for id in self.requested}
        complete = got == self.requested
        kind = OrderReservationCompleted if complete else OrderPartiallyReserved
        self.record(kind(order_id=self.id, seats=quantities(reserved)))
        totals = price(got, terms)
        self.record(
            OrderTotalsCalculated(
                order_id=self.id,
                lines=totals.lines,
                total=totals.total,
                net_total=totals.net_total,
                tax_total=totals.tax_total,
                currency=totals.currency,
                tax_name=totals.tax_name,
                tax_rate=totals.tax_rate,
                is_free_of_charge=totals.is_free_of_charge,
            )
        )

    def assign_registrant(self, registrant: PersonalInfo, *, now: datetime) -> None:
        self._must_be_open(now)
        if registrant != self.registrant:
            self.record(
                OrderRegistrantAssigned(order_id=self.id, registrant=registrant)
            )

    # Confirming

    def confirm_free_of_charge(self, *, now: datetime) -> None:
        if self.status is Status.CONFIRMED and self.paid_by is None:
            return
        self._must_be_open(now)
        self._must_be_ready()
        if not self.is_free_of_charge:
            raise errors.PaymentNeeded
        self._confirm(now)

    def start_payment(
        self, payment_id: UUID, *, provider: str, hold_until: datetime, now: datetime
    ) -> None:
        """Let a payment begin; the hold lasts at least until `hold_until` meanwhile."""
        self._must_be_open(now)
        self._must_be_ready()
        if self.is_free_of_charge:
            raise errors.PaymentNotNeeded
        if payment_id in self.open_payments:
            return
        assert self.hold_expires_at is not None  # noqa: S101 an open order has a hold
        self.record(
            OrderPaymentStarted(
                order_id=self.id,
                payment_id=payment_id,
                provider=provider,
                amount=self.total,
                currency=self.currency,
                hold_expires_at=max(hold_until, self.hold_expires_at),
            )
        )

    def reject_payment(self, payment_id: UUID) -> None:
        """Without another payment under way the hold ends as it did before."""
        if payment_id not in self.open_payments:
            return
        others = [end for id, end in self.open_payments.items() if id != payment_id]
        assert self.hold_ends_at is not None  # noqa: S101 a placed order has a hold
        self.record(
            OrderPaymentRejected(
                order_id=self.id,
                payment_id=payment_id,
                hold_expires_at=max(others, default=self.hold_ends_at),
            )
        )

    def accepts(self, amount: Decimal, currency: str) -> bool:
        """Whether this money confirms the order: exactly its total, for seats held."""
        return self.status is Status.RESERVED and self.fits(amount, currency)

    def fits(self, amount: Decimal, currency: str) -> bool:
        return (
            self.reserved == self.requested
            and amount == self.total
            and currency == self.currency
        )

    def pay(
        self, payment_id: UUID, amount: Decimal, currency: str, *, now: datetime
    ) -> None:
        """The money is there. Raises where `accepts` is false; the second time nothing."""
        if self.paid_by == payment_id:
            return
        if not self.accepts(amount, currency):
            raise self._refusal()
        self.record(
            OrderPaid(
                order_id=self.id,
                payment_id=payment_id,
                amount=amount,
                currency=currency,
            )
        )
        self._confirm(now)

    def _confirm(self, now: datetime) -> None:
        assert self.conference_id is not None  # noqa: S101 a placed order has one
        self.record(
            OrderConfirmed(
                order_id=self.id,
                conference_id=self.conference_id,
                seats=quantities(self.reserved),
                confirmed_at=now,
            )
        )

    # Ending

    def expire(self, *, now: datetime) -> None:
        """The hold has ended. A confirmed or cancelled order never expires."""
        if self.status in {Status.CONFIRMED, Status.CANCELLED, Status.EXPIRED, None}:
            return
        if self.hold_expires_at and now < self.hold_expires_at:
            return
        self.record(OrderExpired(order_id=self.id, expired_at=now))

    def revive(self, payment_id: UUID | None) -> None:
        """The same seats are held again for a payment that came late."""
        if self.status is not Status.EXPIRED:
            raise self._refusal()
        self.record(OrderRevived(order_id=self.id, payment_id=payment_id))

    def cancel(
        self, *, by: str, now: datetime, allowed_until: datetime | None = None
    ) -> None:
        """Give the seats back. `allowed_until` binds registrants, not organizers.

        Raises OrderNotConfirmed and CancellationClosed.
        """
        if self.status is Status.CANCELLED:
            return
        if self.status is Status.EXPIRED:
            raise errors.OrderAlreadyExpired
        if self.status is not Status.CONFIRMED or self.conference_id is None:
            raise errors.OrderNotConfirmed
        if allowed_until and now >= allowed_until:
            raise errors.CancellationClosed
        self.record(
            OrderCancelled(
                order_id=self.id,
                conference_id=self.conference_id,
                seats=quantities(self.reserved),
                cancelled_by=by,
                cancelled_at=now,
            )
        )

    # Money that does not fit

    def return_payment(
        self, payment_id: UUID, amount: Decimal, currency: str, *, reason: str
    ) -> None:
        self.record(
            OrderPaymentReturned(
                order_id=self.id,
                payment_id=payment_id,
                amount=amount,
                currency=currency,
                reason=reason,
            )
        )

    def note_refund(self, payment_id: UUID, amount: Decimal, currency: str) -> None:
        self.record(
            OrderPaymentRefunded(
                order_id=self.id,
                payment_id=payment_id,
                amount=amount,
                currency=currency,
            )
        )

    def ask_for_attention(
        self, reason: str, note: str, payment_id: UUID | None = None
    ) -> None:
        self.record(
            OrderNeedsAttention(
                order_id=self.id, reason=reason, note=note, payment_id=payment_id
            )
        )

    def settle(self, *, by: str, note: str) -> None:
        """A human has dealt with it. Raises NothingToSettle."""
        if not self.needs_attention:
            raise errors.NothingToSettle
        self.record(OrderAttentionSettled(order_id=self.id, settled_by=by, note=note))

    # Guards

    def _must_be_open(self, now: datetime) -> None:
        if self.status in {None, Status.CONFIRMED, Status.EXPIRED, Status.CANCELLED}:
            raise self._refusal()
        if self.hold_expires_at is None or now >= self.hold_expires_at:
            raise errors.OrderAlreadyExpired

    def _must_be_ready(self) -> None:
        if self.status is not Status.RESERVED or not any(self.reserved.values()):
            raise errors.SeatsNotReserved
        if self.registrant is None:
            raise errors.RegistrantMissing

    def _refusal(self) -> errors.DomainError:
        return {
            None: errors.OrderNotFound,
            Status.CONFIRMED: errors.OrderAlreadyConfirmed,
            Status.EXPIRED: errors.OrderAlreadyExpired,
            Status.CANCELLED: errors.OrderAlreadyCancelled,
        }.get(self.status, errors.SeatsNotReserved)()

    # What was decided

    def apply(self, event: object) -> None:
        match event:
            case OrderPlaced():
                self.status = Status.PLACED
                self.conference_id = event.conference_id
                self.code = event.code
                self.requested = mapping(event.seats)
                self.hold_ends_at = self.hold_expires_at = event.hold_expires_at
            case OrderUpdated(seats=seats):
                self.requested = mapping(seats)
            case OrderReservationCompleted(seats=seats):
                self.reserved, self.status = mapping(seats), Status.RESERVED
            case OrderPartiallyReserved(seats=seats):
                self.reserved, self.status = mapping(seats), Status.PARTIALLY_RESERVED
            case OrderTotalsCalculated():
                self.total, self.currency = event.total, event.currency
                self.is_free_of_charge = event.is_free_of_charge
            case OrderRegistrantAssigned(registrant=registrant):
                self.registrant = registrant
            case OrderConfirmed():
                self.status = Status.CONFIRMED
            case OrderExpired():
                self.status = Status.EXPIRED
            case OrderRevived():
                self.status = Status.RESERVED
            case OrderCancelled():
                self.status = Status.CANCELLED
            case OrderNeedsAttention(reason=reason):
                self.needs_attention = reason
            case OrderAttentionSettled():
                self.needs_attention = ""
            case _:
                self._apply_payment(event)

    def _apply_payment(self, event: object) -> None:
        match event:
            case OrderPaymentStarted(payment_id=id, hold_expires_at=end):
                self.open_payments[id] = self.hold_expires_at = end
            case OrderPaymentRejected(payment_id=id, hold_expires_at=end):
                del self.open_payments[id]
                self.hold_expires_at = end
            case OrderPaid(payment_id=id):
                self.open_payments.pop(id, None)
                self.paid_by = id
