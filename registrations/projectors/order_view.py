"""Fills orders with their lines and totals."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid5

from eventstore.events import RecordedEvent
from eventstore.projections import on
from eventstore.rows import Rows, SetProjector
from registrations.domain import order_events as facts
from registrations.domain.billing_address import LONGEST
from registrations.domain.values import SeatQuantity, mapping
from registrations.models.order_view import OrderLineView, OrderView

Status = OrderView.Status


class OrderViewProjector(SetProjector):
    models = [OrderView, OrderLineView]
    orders: Rows
    lines: Rows

    def begin(self, events: Sequence[RecordedEvent]) -> None:
        self.orders = Rows(OrderView)
        self.lines = Rows(OrderLineView, group="order_id")

    def finish(self) -> None:
        self.orders.write()
        self.lines.write()

    @on(facts.OrderPlaced)
    def when_placed(self, event: facts.OrderPlaced, recorded: RecordedEvent) -> None:
        self.orders.insert(
            event.order_id,
            conference_id=event.conference_id,
            organization_id=event.organization_id,
            code=event.code,
            # Until the reservation's outcome, later in the same transaction.
            status=Status.PARTIALLY_RESERVED,
            version=recorded.version,
            placed_at=event.placed_at,
            hold_expires_at=event.hold_expires_at,
        )
        self._ask_for(event.order_id, event.seats)

    @on(facts.OrderUpdated)
    def when_updated(self, event: facts.OrderUpdated, recorded: RecordedEvent) -> None:
        self.lines.clear(event.order_id)
        self._ask_for(event.order_id, event.seats)
        self._update(event, recorded)

    @on(facts.OrderReservationCompleted)
    def when_reserved(
        self, event: facts.OrderReservationCompleted, recorded: RecordedEvent
    ) -> None:
        self._update(event, recorded, status=Status.RESERVED)

    @on(facts.OrderPartiallyReserved)
    def when_partially_reserved(
        self, event: facts.OrderPartiallyReserved, recorded: RecordedEvent
    ) -> None:
        self._update(event, recorded, status=Status.PARTIALLY_RESERVED)

    @on(facts.OrderTotalsCalculated)
    def when_totals_calculated(
        self, event: facts.OrderTotalsCalculated, recorded: RecordedEvent
    ) -> None:
        self._price(event)
        self._update(
            event,
            recorded,
            currency=event.currency,
            total_amount=event.total,
            net_amount=event.net_total,
            tax_amount=event.tax_total,
            tax_name=event.tax_name,
            tax_rate=event.tax_rate,
            is_free=event.is_free_of_charge,
        )

    @on(facts.OrderRegistrantAssigned)
    def when_registrant_assigned(
        self, event: facts.OrderRegistrantAssigned, recorded: RecordedEvent
    ) -> None:
        person = event.registrant
        self._update(
            event,
            recorded,
            first_name=person.first_name,
            last_name=person.last_name,
            email=person.email,
        )

    @on(facts.OrderBillingAddressGiven)
    def when_billing_address_given(
        self, event: facts.OrderBillingAddressGiven, recorded: RecordedEvent
    ) -> None:
        address = event.billing_address
        self._update(
            event,
            recorded,
            **{
                f"billing_{name}": getattr(address, name) if address else ""
                for name in LONGEST
            },
        )

    @on(facts.OrderPaymentStarted, facts.OrderPaymentRejected)
    def when_hold_changed(
        self,
        event: facts.OrderPaymentStarted | facts.OrderPaymentRejected,
        recorded: RecordedEvent,
    ) -> None:
        self._update(event, recorded, hold_expires_at=event.hold_expires_at)

    @on(facts.OrderConfirmed)
    def when_confirmed(
        self, event: facts.OrderConfirmed, recorded: RecordedEvent
    ) -> None:
        self._update(
            event,
            recorded,
            status=Status.CONFIRMED,
            hold_expires_at=None,
            confirmed_at=event.confirmed_at,
        )

    @on(facts.OrderExpired)
    def when_expired(self, event: facts.OrderExpired, recorded: RecordedEvent) -> None:
        self._update(
            event,
            recorded,
            status=Status.EXPIRED,
            hold_expires_at=None,
            expired_at=event.expired_at,
        )

    @on(facts.OrderRevived)
    def when_revived(self, event: facts.OrderRevived, recorded: RecordedEvent) -> None:
        self._update(event, recorded, status=Status.RESERVED, expired_at=None)

    @on(facts.OrderCancelled)
    def when_cancelled(
        self, event: facts.OrderCancelled, recorded: RecordedEvent
    ) -> None:
        self._update(
            event,
            recorded,
            status=Status.CANCELLED,
            cancelled_at=event.cancelled_at,
            kept_amount=event.kept_total,
        )

    @on(facts.OrderSeatsCancelled)
    def when_seats_cancelled(
        self, event: facts.OrderSeatsCancelled, recorded: RecordedEvent
    ) -> None:
        self._price(event)
        for line in event.lines:
            self.lines.update(
                _line_id(event.order_id, line.seat_type), requested=line.quantity
            )
        self._update(
            event,
            recorded,
            total_amount=event.total,
            net_amount=event.net_total,
            tax_amount=event.tax_total,
            kept_amount=event.kept_total,
        )

    @on(facts.OrderPaymentReturned)
    def when_payment_returned(
        self, event: facts.OrderPaymentReturned, recorded: RecordedEvent
    ) -> None:
        self._update(event, recorded, payment_returned=event.reason)

    @on(facts.OrderPaid, facts.OrderPaymentRefunded)
    def when_money_moved(
        self,
        event: facts.OrderPaid | facts.OrderPaymentRefunded,
        recorded: RecordedEvent,
    ) -> None:
        self._update(event, recorded)

    @on(facts.OrderNeedsAttention)
    def when_attention_is_needed(
        self, event: facts.OrderNeedsAttention, recorded: RecordedEvent
    ) -> None:
        self._update(
            event,
            recorded,
            attention=event.reason,
            attention_note=event.note,
            attention_payment_id=event.payment_id,
        )

    @on(facts.OrderAttentionSettled)
    def when_settled(
        self, event: facts.OrderAttentionSettled, recorded: RecordedEvent
    ) -> None:
        self._update(
            event, recorded, attention="", attention_note="", attention_payment_id=None
        )

    def _update(self, event: Any, recorded: RecordedEvent, **values: Any) -> None:
        self.orders.update(event.order_id, version=recorded.version, **values)

    def _price(
        self, event: facts.OrderTotalsCalculated | facts.OrderSeatsCancelled
    ) -> None:
        for line in event.lines:
            self.lines.update(
                _line_id(event.order_id, line.seat_type),
                name=line.name,
                reserved=line.quantity,
                currency=event.currency,
                unit_price_amount=line.unit_price,
                net_amount=line.net,
                tax_amount=line.tax,
                line_total_amount=line.line_total,
            )

    def _ask_for(self, order_id: UUID, seats: list[SeatQuantity]) -> None:
        for position, (seat_type, quantity) in enumerate(mapping(seats).items()):
            self.lines.insert(
                _line_id(order_id, seat_type),
                order_id=order_id,
                seat_type_id=seat_type,
                position=position,
                requested=quantity,
            )


def _line_id(order_id: UUID, seat_type: UUID) -> UUID:
    return uuid5(order_id, str(seat_type))
