"""Use cases around the money of one order."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from uuid_utils.compat import uuid7

from eventstore import store
from payments import services as payments
from registrations.commands.locked_order import order_with_its_seats
from registrations.commands.seats_availability import (
    holds_in_the_way,
    lock_seats,
    reserve_again,
)
from registrations.domain import errors
from registrations.domain.order import Order
from registrations.queries import order_view


@transaction.atomic
def start_payment(
    *,
    order_id: UUID,
    provider: str,
    now: datetime,
    expected_version: int | None = None,
) -> payments.Payment:
    """Let a payment begin; the second time the one under way is returned.

    Raises OrderNotFound, ConferenceClosed, UnknownProvider, StateForbids, StaleVersion.
    """
    with order_with_its_seats(order_id, expected_version) as (order, conference):
        if not conference.is_published:
            raise errors.ConferenceClosed
        hold_until = _hold_until(order, provider, conference.starts_at, now)
        under_way = payments.open_payment(order_id, provider, order.total)
        payment_id = under_way.pk if under_way else uuid7()
        order.start_payment(
            payment_id, provider=provider, hold_until=hold_until, now=now
        )
        return under_way or _open_payment(
            payments.PaymentRequest(
                payment_id=payment_id,
                order_id=order_id,
                conference_id=conference.pk,
                organization_id=conference.organization_id,
                provider=provider,
                amount=order.total,
                currency=order.currency,
                description=_("Registration for %(name)s") % {"name": conference.name},
                reference=order.code,
                due_at=hold_until,
            ),
            now,
        )


def _open_payment(request: payments.PaymentRequest, now: datetime) -> payments.Payment:
    try:
        return payments.start_payment(request, now=now)
    except payments.InvalidAmount as error:
        raise errors.AmountNotPayable from error


def _hold_until(
    order: Order, provider: str, conference_starts_at: datetime, now: datetime
) -> datetime:
    try:
        return payments.hold_until(
            provider,
            # Counted from the order, not from this payment: the hold is extended once,
            # and choosing the invoice anew does not start its time anew.
            now=order.placed_at or now,
            hold_expires_at=order.hold_ends_at or now,
            conference_starts_at=conference_starts_at,
        )
    except payments.UnknownProvider as error:
        raise errors.UnknownProvider from error


def release_payment(*, order_id: UUID, payment_id: UUID) -> None:
    """A payment came to nothing: the hold ends as if it had not been started."""
    with store.change(Order, order_id) as order:
        order.reject_payment(payment_id)


def confirm_paid_order(
    *, order_id: UUID, payment_id: UUID, amount: Decimal, currency: str, now: datetime
) -> None:
    """Confirm the order if the money is what it costs; otherwise the money goes
    back."""
    with store.change(Order, order_id) as order:
        if order.accepts(amount, currency):
            order.pay(payment_id, amount, currency, now=now)
            return
    return_payment(
        order_id=order_id, payment_id=payment_id, reason="amount-differs", now=now
    )


def holds_in_the_way_of(order_id: UUID, *, now: datetime) -> list[UUID]:
    """Whose ended holds must be released before an expired order gets its seats
    again."""
    order = store.load(Order, order_id)
    if order.conference_id is None:
        raise errors.OrderNotFound
    return holds_in_the_way(
        order.conference_id, reservation_id=order_id, seats=order.reserved, now=now
    )


def revive_expired_order(
    *, order_id: UUID, payment_id: UUID, amount: Decimal, currency: str, now: datetime
) -> None:
    """A payment came after the hold ended: the same seats again, or the money back."""
    order = store.load(Order, order_id)
    if not order.fits(amount, currency):
        return_payment(
            order_id=order_id, payment_id=payment_id, reason="amount-differs", now=now
        )
    elif not _seats_again(order, now):
        return_payment(
            order_id=order_id, payment_id=payment_id, reason="seats-gone", now=now
        )
    else:
        _revive(order_id, payment_id, amount, currency, now=now)


def _seats_again(order: Order, now: datetime, *, over_quota: bool = False) -> bool:
    assert order.conference_id is not None  # noqa: S101 a placed order has one
    return reserve_again(
        conference_id=order.conference_id,
        reservation_id=order.id,
        seats=order.reserved,
        expires_at=now,
        over_quota=over_quota,
    )


def _revive(
    order_id: UUID, payment_id: UUID, amount: Decimal, currency: str, *, now: datetime
) -> None:
    with store.change(Order, order_id) as order:
        order.revive(payment_id)
        order.pay(payment_id, amount, currency, now=now)


def return_payment(
    *, order_id: UUID, payment_id: UUID, reason: str, now: datetime
) -> None:
    """Give money back in full that the order has no use for, exactly once."""
    payment = payments.payment(payment_id)
    if payment is None:
        return
    refund = payments.request_refund(
        payment_id=payment_id, amount=None, reason=reason, now=now
    )
    with store.change(Order, order_id) as order:
        order.return_payment(
            payment_id, payment.amount, payment.currency, reason=reason
        )
    _show_if_by_hand(order_id, refund)


def refund_order(
    *, order_id: UUID, amount: Decimal | None, reason: str, now: datetime
) -> None:
    """Give back so much of what was paid for an order, or all: newest payment first."""
    left = amount
    for payment in reversed(payments.lock_payments_of(order_id)):
        part = payment.refundable_amount
        part = part if left is None else min(left, part)
        if payment.status not in payment.REFUNDABLE or not part:
            continue
        refund = payments.request_refund(
            payment_id=payment.pk, amount=part, reason=reason, now=now
        )
        left = None if left is None else left - part
        _show_if_by_hand(order_id, refund)


def _show_if_by_hand(order_id: UUID, refund: payments.Refund) -> None:
    """Nothing happens to such a refund unless the organizer does it: show the case."""
    if refund.status == refund.Status.BY_HAND:
        with store.change(Order, order_id) as order:
            order.ask_for_attention(
                "refund-by-hand",
                _("Give the money back yourself, then settle the refund."),
                refund.payment_id,
            )


@transaction.atomic
def note_refund(
    *, order_id: UUID, payment_id: UUID, amount: Decimal, currency: str
) -> None:
    with store.change(Order, order_id) as order:
        if order.exists:
            order.note_refund(payment_id, amount, currency)
            if payment_id in order.open_cases and not payments.is_unsettled(payment_id):
                order.settle(payment_id, by="refund", note=_("The money went back."))


@transaction.atomic
def note_failed_refund(*, order_id: UUID, payment_id: UUID, error: str) -> None:
    """Show the case to the organizer: the money should go back and does not."""
    with store.change(Order, order_id) as order:
        if order.exists:
            order.ask_for_attention("refund-failed", error, payment_id)


@transaction.atomic
def confirm_over_quota(*, order_id: UUID, by: str, now: datetime) -> None:
    """Confirm an expired order whose late payment could not be given back.

    The organizer's own act: he makes room. Raises OrderNotFound and NothingToSettle.
    """
    order, payment = _case(order_id)
    _settle(order_id, payment.pk, by=by, note=_("Confirmed over the quota."))
    payments.keep_money_of_failed_refund(payment.pk, by=by, now=now)
    _seats_again(order, now, over_quota=True)
    _revive(order_id, payment.pk, payment.amount, payment.currency, now=now)


@transaction.atomic
def retry_refund(
    *, order_id: UUID, by: str, now: datetime, payment_id: UUID | None = None
) -> None:
    """Try what failed to be given back again. Of several cases the one of `payment_id`
    is meant, if it is the one that is shown. Raises OrderNotFound and NothingToSettle.
    """
    _order, payment = _case(order_id, payment_id)
    waiting = settleable_by_hand(payment.pk)
    failed = [one for one in waiting if one.status == one.Status.FAILED]
    if not failed:
        raise errors.NothingToSettle
    for refund in failed:
        payments.retry_refund(refund.pk, by=by, now=now)
    _settle(order_id, payment.pk, by=by, note=_("The refund is tried again."))


@transaction.atomic
def settle_by_hand(
    *,
    order_id: UUID,
    by: str,
    note: str,
    now: datetime,
    payment_id: UUID | None = None,
    refund_ids: Collection[UUID] | None = None,
) -> None:
    """The organizer gave the money back himself: all of it, or these refunds. What he
    does not speak of still needs attention. Raises as `retry_refund`."""
    _order, payment = _case(order_id, payment_id)
    waiting = settleable_by_hand(payment.pk)
    sent = [one for one in waiting if refund_ids is None or one.pk in refund_ids]
    if not sent and (waiting or refund_ids):
        raise errors.SettledAlready
    if len(sent) == len(waiting):
        # Before the refund is: the timeline says who did it and how.
        _settle(order_id, payment.pk, by=by, note=note)
    for refund in sent:
        payments.settle_refund_by_hand(refund.pk, by=by, now=now, note=note)


def settleable_by_hand(payment_id: UUID) -> list[payments.Refund]:
    """What of a payment the organizer may have given back himself, oldest first."""
    found = payments.refunds_of(payment_id)
    return [
        one for one in found if one.status in {one.Status.FAILED, one.Status.BY_HAND}
    ]


def _settle(order_id: UUID, payment_id: UUID, *, by: str, note: str) -> None:
    """What is left to settle: a refund that is done has settled the case already."""
    with store.change(Order, order_id) as order:
        if payment_id in order.open_cases:
            order.settle(payment_id, by=by, note=note)


def _case(order_id: UUID, about: UUID | None = None) -> tuple[Order, payments.Payment]:
    """The order that needs attention, with seats locked, and the payment it is about:
    if that is not this one (any more), whoever decided did so on another case."""
    view = order_view.order(order_id)
    if view is None:
        raise errors.OrderNotFound
    lock_seats(view.conference_id)
    view = order_view.order(order_id)
    payment_id = view.attention_payment_id if view else None
    payment = payments.payment(payment_id) if payment_id else None
    if payment is None:
        raise errors.NothingToSettle
    if about not in {None, payment.pk}:
        raise errors.SettledAlready
    return store.load(Order, order_id), payment
