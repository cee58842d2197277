"""Order: one registrant's request for seats, from placing to confirmed or expired."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from registrations.domain import errors
from registrations.domain import order_events as facts
from registrations.domain.billing_address import BillingAddress
from registrations.domain.order_cancellation import OrderCancellation
from registrations.domain.order_state import Status
from registrations.domain.pricing import ConferenceTerms, price
from registrations.domain.values import PersonalInfo, quantities


class Order(OrderCancellation):
    """Guards what may happen to an order; every refusal is a typed error.

    Decisions asked twice record nothing the second time. The clock comes in as `now`.
    """

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
            facts.OrderPlaced(
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
        hold_expires_at = self._must_be_open(now)
        asked = {id: quantity for id, quantity in wanted.items() if quantity}
        if asked == self.requested and self.status is Status.RESERVED:
            return
        self.record(
            facts.OrderUpdated(
                order_id=self.id,
                seats=quantities(asked),
                updated_at=now,
                hold_expires_at=hold_expires_at,
            )
        )

    def mark_seats_as_reserved(
        self, reserved: Mapping[UUID, int], terms: ConferenceTerms
    ) -> None:
        """Take in what could be reserved, and price it: the total is for what is
        held."""
        if self.status in {Status.CONFIRMED, Status.CANCELLED}:
            raise self._refusal()
        got = {id: reserved.get(id, 0) for id in self.requested}
        complete = got == self.requested
        kind = (
            facts.OrderReservationCompleted
            if complete
            else facts.OrderPartiallyReserved
        )
        self.record(kind(order_id=self.id, seats=quantities(reserved)))
        totals = price(got, terms)
        self.record(
            facts.OrderTotalsCalculated(
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
                facts.OrderRegistrantAssigned(order_id=self.id, registrant=registrant)
            )

    def give_billing_address(
        self, address: BillingAddress | None, *, now: datetime
    ) -> None:
        """Whom documents are made out to; None: the registrant. Needs one, whose
        erasure takes the address along."""
        self._must_be_open(now)
        if self.registrant is None:
            raise errors.RegistrantMissing
        if address != self.billing_address:
            self.record(
                facts.OrderBillingAddressGiven(
                    order_id=self.id, billing_address=address
                )
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
        hold_expires_at = self._must_be_open(now)
        self._must_be_ready()
        if self.is_free_of_charge:
            raise errors.PaymentNotNeeded
        if payment_id in self.open_payments:
            return
        self.record(
            facts.OrderPaymentStarted(
                order_id=self.id,
                payment_id=payment_id,
                provider=provider,
                amount=self.total,
                currency=self.currency,
                hold_expires_at=max(hold_until, hold_expires_at),
            )
        )

    def reject_payment(self, payment_id: UUID) -> None:
        """Without another payment under way the hold ends as it did before."""
        if payment_id not in self.open_payments:
            return
        others = [end for id, end in self.open_payments.items() if id != payment_id]
        assert self.hold_ends_at is not None  # noqa: S101 a placed order has a hold
        self.record(
            facts.OrderPaymentRejected(
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
        """The money is there. Raises where `accepts` is false; the second time
        nothing."""
        if self.paid_by == payment_id:
            return
        if not self.accepts(amount, currency):
            raise self._refusal()
        self.record(
            facts.OrderPaid(
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
            facts.OrderConfirmed(
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
        self.record(facts.OrderExpired(order_id=self.id, expired_at=now))

    def revive(self, payment_id: UUID | None) -> None:
        """The same seats are held again for a payment that came late."""
        if self.status is not Status.EXPIRED:
            raise self._refusal()
        self.record(facts.OrderRevived(order_id=self.id, payment_id=payment_id))

    # Money that does not fit

    def return_payment(
        self, payment_id: UUID, amount: Decimal, currency: str, *, reason: str
    ) -> None:
        self.record(
            facts.OrderPaymentReturned(
                order_id=self.id,
                payment_id=payment_id,
                amount=amount,
                currency=currency,
                reason=reason,
            )
        )

    def note_refund(self, payment_id: UUID, amount: Decimal, currency: str) -> None:
        self.record(
            facts.OrderPaymentRefunded(
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
            facts.OrderNeedsAttention(
                order_id=self.id, reason=reason, note=note, payment_id=payment_id
            )
        )

    def settle(self, payment_id: UUID | None, *, by: str, note: str) -> None:
        """A human has dealt with the case of this payment. Raises NothingToSettle.

        Where there is another open case, it is the next one shown.
        """
        if payment_id not in self.open_cases:
            raise errors.NothingToSettle
        self.record(
            facts.OrderAttentionSettled(
                order_id=self.id, payment_id=payment_id, settled_by=by, note=note
            )
        )
        for case in list(self.open_cases.values())[-1:]:
            self.record(case)
