"""Books every movement of money that payments tell of, in the same transaction.

The order may be confirmed or not: money that moved has moved. Connected after
`listeners`, so that an order has decided by then whether it takes a payment.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from eventstore import store
from eventstore.context import caused_by
from eventstore.events import RecordedEvent
from eventstore.signals import appended
from payments import services
from payments import signals as payments
from registrations.domain.order import Order
from registrations.domain.order_events import OrderPaid
from registrations.domain.payment_account import PaymentAccount, PaymentOrigin
from registrations.domain.tax_parts import TaxPart, parts_of, untaxed


def _origin(payment_id: UUID) -> PaymentOrigin:
    payment = services.payment(payment_id)
    assert payment is not None  # noqa: S101 payments have just told us of it
    return PaymentOrigin(
        order_id=payment.order_id,
        order_code=payment.reference,
        conference_id=payment.conference_id,
        organization_id=payment.organization_id,
        method=payment.provider,
        currency=payment.currency,
    )


@contextmanager
def _account(payment_id: UUID, message: UUID) -> Iterator[PaymentAccount]:
    with caused_by(message), store.change(PaymentAccount, payment_id) as account:
        yield account


def book_charge(
    sender: object,
    *,
    payment_id: UUID,
    order_id: UUID,
    amount: Decimal,
    completed_at: datetime,
    **_: object,
) -> None:
    pays_for = _pays_for(payment_id, order_id) or [untaxed(amount)]
    with _account(payment_id, payment_id) as account:
        account.charge(_origin(payment_id), amount, pays_for=pays_for, now=completed_at)


def _pays_for(payment_id: UUID, order_id: UUID) -> list[TaxPart]:
    """What the order costs, if this is the payment that it took; otherwise nothing."""
    order = store.load(Order, order_id)
    if order.totals is None or order.paid_by != payment_id:
        return []
    return parts_of(order.totals)


def book_what_it_pays_for(
    sender: object, *, events: list[RecordedEvent], **_: object
) -> None:
    """An order may take money later than it came: confirmed after all, by people."""
    for recorded in events:
        if isinstance(recorded.event, OrderPaid):
            _allot(recorded, recorded.event)


def _allot(recorded: RecordedEvent, event: OrderPaid) -> None:
    with _account(event.payment_id, recorded.id) as account:
        if account.exists:
            account.allot(
                _origin(event.payment_id),
                pays_for=_pays_for(event.payment_id, event.order_id),
                now=recorded.recorded_at,
            )


def book_refund(
    sender: object,
    *,
    payment_id: UUID,
    refund_id: UUID,
    reason: str,
    amount: Decimal,
    refunded_at: datetime,
    **_: object,
) -> None:
    with _account(payment_id, refund_id) as account:
        account.give_back(
            _origin(payment_id), refund_id, amount, reason=reason, now=refunded_at
        )


def book_fee(
    sender: object,
    *,
    payment_id: UUID,
    fee_id: UUID,
    amount: Decimal,
    charged_at: datetime,
    **_: object,
) -> None:
    with _account(payment_id, fee_id) as account:
        account.charge_fee(_origin(payment_id), fee_id, amount, now=charged_at)


def book_dispute(
    sender: object,
    *,
    payment_id: UUID,
    dispute_id: UUID,
    amount: Decimal,
    opened_at: datetime,
    **_: object,
) -> None:
    with _account(payment_id, dispute_id) as account:
        account.dispute(_origin(payment_id), dispute_id, amount, now=opened_at)


def book_end_of_dispute(
    sender: object,
    *,
    payment_id: UUID,
    dispute_id: UUID,
    is_won: bool,
    closed_at: datetime,
    **_: object,
) -> None:
    with _account(payment_id, dispute_id) as account:
        decide = account.win_dispute if is_won else account.lose_dispute
        decide(_origin(payment_id), dispute_id, now=closed_at)


def connect() -> None:
    for signal, listener in (
        (payments.payment_completed, book_charge),
        (payments.payment_refunded, book_refund),
        (payments.fee_charged, book_fee),
        (payments.dispute_opened, book_dispute),
        (payments.dispute_closed, book_end_of_dispute),
        (appended, book_what_it_pays_for),
    ):
        signal.connect(listener, dispatch_uid=f"registrations.{listener.__name__}")
