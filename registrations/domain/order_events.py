"""The facts of an order."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from eventstore.events import event
from registrations.domain.billing_address import BillingAddress
from registrations.domain.pricing import OrderLine
from registrations.domain.values import PersonalInfo, SeatQuantity


@event
class OrderPlaced:
    order_id: UUID
    conference_id: UUID
    organization_id: UUID
    code: str
    seats: list[SeatQuantity]
    placed_at: datetime
    hold_expires_at: datetime


@event
class OrderUpdated:
    """The registrant asks for other seats; the clock keeps running."""

    order_id: UUID
    seats: list[SeatQuantity]
    updated_at: datetime
    hold_expires_at: datetime


@event
class OrderReservationCompleted:
    order_id: UUID
    seats: list[SeatQuantity]


@event
class OrderPartiallyReserved:
    order_id: UUID
    seats: list[SeatQuantity]


@event
class OrderTotalsCalculated:
    order_id: UUID
    lines: list[OrderLine]
    total: Decimal
    net_total: Decimal
    tax_total: Decimal
    currency: str
    tax_name: str
    tax_rate: Decimal | None
    is_free_of_charge: bool


@event
class OrderRegistrantAssigned:
    order_id: UUID
    registrant: PersonalInfo


@event
class OrderBillingAddressGiven:
    """Whom documents are made out to from now on; None: the registrant."""

    order_id: UUID
    billing_address: BillingAddress | None


@event
class OrderPaymentStarted:
    """A payment is under way; the hold now ends at `hold_expires_at`."""

    order_id: UUID
    payment_id: UUID
    provider: str
    amount: Decimal
    currency: str
    hold_expires_at: datetime


@event
class OrderPaymentRejected:
    """The payment came to nothing; the hold ends as if it had not been started."""

    order_id: UUID
    payment_id: UUID
    hold_expires_at: datetime


@event
class OrderPaid:
    order_id: UUID
    payment_id: UUID
    amount: Decimal
    currency: str


@event
class OrderConfirmed:
    order_id: UUID
    conference_id: UUID
    seats: list[SeatQuantity]
    confirmed_at: datetime


@event
class OrderExpired:
    order_id: UUID
    expired_at: datetime


@event
class OrderRevived:
    """The same seats were still to be had when the payment arrived late."""

    order_id: UUID
    payment_id: UUID | None


@event
class OrderCancelled:
    order_id: UUID
    conference_id: UUID
    seats: list[SeatQuantity]
    cancelled_by: str
    cancelled_at: datetime
    # None: all that was paid, as it was before there were terms
    refund_amount: Decimal | None = None
    kept_amount: Decimal = Decimal(0)
    kept_total: Decimal = Decimal(0)
    currency: str = ""
    note: str | None = None


@event
class OrderSeatsCancelled:
    """Some seats were given back; `lines` and totals are what is left of the order.

    Of their `value` `kept_amount` is kept, of all so far `kept_total`.
    """

    order_id: UUID
    conference_id: UUID
    seats: list[SeatQuantity]
    positions: list[int]
    value: Decimal
    kept_amount: Decimal
    kept_total: Decimal
    refund_amount: Decimal
    currency: str
    cancelled_by: str
    cancelled_at: datetime
    lines: list[OrderLine]
    total: Decimal
    net_total: Decimal
    tax_total: Decimal
    note: str | None = None


@event
class OrderPaymentReturned:
    """Money came in that the order has no use for: it goes back in full."""

    order_id: UUID
    payment_id: UUID
    amount: Decimal
    currency: str
    reason: str


@event
class OrderPaymentRefunded:
    order_id: UUID
    payment_id: UUID
    amount: Decimal
    currency: str


@event
class OrderNeedsAttention:
    """A human has to decide; `reason` is a code, `note` a sentence."""

    order_id: UUID
    reason: str
    note: str
    payment_id: UUID | None = None


@event
class OrderAttentionSettled:
    order_id: UUID
    payment_id: UUID | None
    settled_by: str
    note: str
