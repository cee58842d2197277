"""Giving back the seats of a confirmed order, all of them or some."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from registrations.domain import errors
from registrations.domain import order_events as facts
from registrations.domain.cancellation import PricedOrder, Quote
from registrations.domain.order_guards import OrderGuards
from registrations.domain.order_state import Status
from registrations.domain.values import quantities


@dataclass(frozen=True, slots=True, kw_only=True)
class Canceller:
    """Who gives seats back and when; `allowed_until` binds registrants, not
    organizers."""

    by: str
    now: datetime
    allowed_until: datetime | None = None
    note: str = ""


class OrderCancellation(OrderGuards):
    """What is given back for seats is decided by a `Quote` for them."""

    def priced(self, refundable: Decimal) -> PricedOrder:
        """What the order holds and costs now, for a quote."""
        return PricedOrder(
            lines=self.lines,
            currency=self.currency,
            tax_rate=self.totals.tax_rate if self.totals else None,
            refundable=refundable,
        )

    def check_cancellable(self, canceller: Canceller) -> None:
        """Raises OrderNotConfirmed, OrderAlreadyExpired, OrderAlreadyCancelled and
        CancellationClosed."""
        if self.status in {Status.CANCELLED, Status.EXPIRED}:
            raise self._refusal()
        if self.status is not Status.CONFIRMED:
            raise errors.OrderNotConfirmed
        until = canceller.allowed_until
        if until and canceller.now >= until:
            raise errors.CancellationClosed

    def cancel(self, canceller: Canceller, quote: Quote | None = None) -> None:
        """Give all seats back; the second time nothing. Without a quote all of the
        money is. Raises as `check_cancellable`."""
        if self.status is Status.CANCELLED:
            return
        self.check_cancellable(canceller)
        assert self.conference_id is not None  # noqa: S101 a confirmed order has one
        kept = quote.kept if quote else Decimal(0)
        self.record(
            facts.OrderCancelled(
                order_id=self.id,
                conference_id=self.conference_id,
                seats=quantities(self.reserved),
                cancelled_by=canceller.by,
                cancelled_at=canceller.now,
                refund_amount=quote.refund if quote else None,
                kept_amount=kept,
                kept_total=self.kept_amount + kept,
                currency=self.currency,
                note=canceller.note or None,
            )
        )

    def cancel_seats(
        self, canceller: Canceller, quote: Quote, positions: Collection[int]
    ) -> None:
        """Give some seats back, and keep the others at the price they had.

        Where none is left the order is cancelled. Raises as `check_cancellable`.
        """
        if quote.is_whole:
            self.cancel(canceller, quote)
            return
        self.check_cancellable(canceller)
        assert self.conference_id is not None  # noqa: S101 a confirmed order has one
        self.record(
            facts.OrderSeatsCancelled(
                order_id=self.id,
                conference_id=self.conference_id,
                seats=quantities(quote.seats),
                positions=sorted(positions),
                value=quote.value,
                kept_amount=quote.kept,
                kept_total=self.kept_amount + quote.kept,
                refund_amount=quote.refund,
                currency=self.currency,
                cancelled_by=canceller.by,
                cancelled_at=canceller.now,
                lines=list(quote.remaining),
                total=quote.total,
                net_total=quote.net_total,
                tax_total=quote.tax_total,
                note=canceller.note or None,
            )
        )
