"""Translates what the neighbours say into our own words, in one place."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from conferences import signals as conferences
from eventstore import store
from eventstore.context import caused_by
from eventstore.events import RecordedEvent
from eventstore.signals import appended
from payments import signals as payments
from payments.services import NotWanted, close_unwanted_pages
from registrations import notifications, registration_process
from registrations.commands import payment as money
from registrations.commands.seats_availability import lock_seats, offer_seats
from registrations.domain.cancellation import CancellationTier
from registrations.domain.conference import (
    ConferenceDeleted,
    ConferenceDescribed,
    ConferencePublished,
    ConferenceUnpublished,
    SeatTypeDescribed,
)
from registrations.domain.order_events import (
    OrderConfirmed,
    OrderExpired,
    OrderUpdated,
)
from registrations.domain.organization import OrganizationDescribed
from registrations.domain.registration_process import PaymentCompleted, PaymentRejected
from registrations.queries import order_view, organization_view

# From here on the order wants no money, or another amount. Only what was confirmed can
# be cancelled, and has closed its pages then.
ENDS_OTHER_PAYMENTS = (OrderUpdated, OrderConfirmed, OrderExpired)

# From conference management


def _append(conference_id: UUID, event: Any) -> None:
    store.append(f"conference-{conference_id}", [event])


def _without_signal(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "signal"}


@transaction.atomic
def describe_organization(
    sender: object, *, organization_id: UUID, **values: Any
) -> None:
    """Each new conference says it again: only what differs is a fact."""
    described = _without_signal(values)
    stream = f"organization-{organization_id}"
    store.lock(stream)
    if not organization_view.is_described_as(organization_id, described):
        event = OrganizationDescribed(organization_id=organization_id, **described)
        store.append(stream, [event])


@transaction.atomic
def describe_conference(sender: object, **values: Any) -> None:
    lock_seats(values["conference_id"])
    described = _without_signal(values)
    tiers = [CancellationTier(**terms) for terms in described["cancellation_tiers"]]
    event = ConferenceDescribed(**described | {"cancellation_tiers": tiers})
    _append(event.conference_id, event)


def publish_conference(sender: object, *, conference_id: UUID, **_: object) -> None:
    _append(conference_id, ConferencePublished(conference_id=conference_id))


def unpublish_conference(sender: object, *, conference_id: UUID, **_: object) -> None:
    _append(conference_id, ConferenceUnpublished(conference_id=conference_id))


def delete_conference(sender: object, *, conference_id: UUID, **_: object) -> None:
    _append(conference_id, ConferenceDeleted(conference_id=conference_id))


@transaction.atomic
def describe_seat_type(sender: object, **values: Any) -> None:
    lock_seats(values["conference_id"])
    event = SeatTypeDescribed(**_without_signal(values))
    _append(event.conference_id, event)
    offer_seats(
        conference_id=event.conference_id,
        seat_type=event.seat_type_id,
        quota=event.quota,
    )


def refuse_other_currency(sender: object, *, conference_id: UUID, **_: object) -> None:
    lock_seats(conference_id)
    if order_view.conference_has_orders(conference_id):
        raise conferences.ChangeRefused(
            "currency", "The currency is fixed: there are orders in it already."
        )


# From payments


def lock_before_payment(sender: object, *, order_id: UUID, **_: object) -> None:
    registration_process.lock_case(order_id, now=timezone.now())


def refuse_what_is_not_wanted(
    sender: object, *, order_id: UUID, amount: Decimal, currency: str, **_: object
) -> None:
    """A page from before the order was paid, ended or changed still has its button."""
    order = order_view.order(order_id)
    if order is None:
        return
    total = (order.total.amount, order.total.currency)
    if not order.is_open or total != (amount, currency):
        raise NotWanted(gettext("The order has changed since this payment was begun."))


def take_completed_payment(
    sender: object,
    *,
    payment_id: UUID,
    order_id: UUID,
    amount: Decimal,
    currency: str,
    completed_at: datetime,
    **_: object,
) -> None:
    message = PaymentCompleted(payment_id=payment_id, amount=amount, currency=currency)
    with caused_by(payment_id):
        registration_process.take(
            order_id,
            message,
            message_id=f"payment-completed/{payment_id}",
            now=completed_at,
        )


def take_rejected_payment(
    sender: object,
    *,
    payment_id: UUID,
    order_id: UUID,
    rejected_at: datetime,
    **_: object,
) -> None:
    with caused_by(payment_id):
        registration_process.take(
            order_id,
            PaymentRejected(payment_id=payment_id),
            message_id=f"payment-rejected/{payment_id}",
            now=rejected_at,
        )


def note_refund(
    sender: object,
    *,
    payment_id: UUID,
    order_id: UUID,
    refund_id: UUID,
    amount: Decimal,
    currency: str,
    **_: object,
) -> None:
    with caused_by(refund_id):
        money.note_refund(
            order_id=order_id, payment_id=payment_id, amount=amount, currency=currency
        )
    notifications.queue_refund_notice(order_id, refund_id)


def note_failed_refund(
    sender: object,
    *,
    payment_id: UUID,
    order_id: UUID,
    refund_id: UUID,
    error: str,
    **_: object,
) -> None:
    with caused_by(refund_id):
        money.note_failed_refund(order_id=order_id, payment_id=payment_id, error=error)


# From our own history


def react(sender: object, *, events: list[RecordedEvent], **_: object) -> None:
    """Let the process take each event, then queue the mails it calls for."""
    for recorded in events:
        correlation = UUID(recorded.metadata["correlation"])
        with caused_by(recorded.id, correlation=correlation):
            registration_process.take_event(recorded)
            notifications.queue_for(recorded)
        if isinstance(recorded.event, ENDS_OTHER_PAYMENTS):
            close_unwanted_pages(recorded.event.order_id)


def connect() -> None:
    for signal, listener in (
        (conferences.organization_updated, describe_organization),
        (conferences.conference_created, describe_conference),
        (conferences.conference_updated, describe_conference),
        (conferences.conference_published, publish_conference),
        (conferences.conference_unpublished, unpublish_conference),
        (conferences.conference_deleted, delete_conference),
        (conferences.seat_type_created, describe_seat_type),
        (conferences.seat_type_updated, describe_seat_type),
        (conferences.currency_change_proposed, refuse_other_currency),
        (payments.payment_begins, refuse_what_is_not_wanted),
        (payments.payment_changes, lock_before_payment),
        (payments.payment_completed, take_completed_payment),
        (payments.payment_rejected, take_rejected_payment),
        (payments.payment_refunded, note_refund),
        (payments.refund_failed, note_failed_refund),
        (appended, react),
    ):
        signal.connect(listener, dispatch_uid=f"registrations.{listener.__name__}")
