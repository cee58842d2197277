"""What Stripe's events and objects mean for a payment.

Several events tell of the same occurrence, and so do the objects when we look them up:
`event_id` is made of the occurrence, so that all of them are one fact.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from payments.gateways.base import CallbackFact, Outcome
from payments.gateways.stripe_amounts import from_minor
from payments.gateways.stripe_objects import (
    BalanceTransaction,
    Charge,
    Dispute,
    Event,
    Intent,
    Refund,
    Session,
    moment,
    name_of,
    uuid_in,
)

# Money that has left, or is bound to.
REFUND_FAILURES = ("failed", "canceled")


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Which payment of ours it is about; Stripe keeps it for us as metadata."""

    payment_id: UUID
    order_id: UUID


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What is told, in Stripe's terms; whose payment it is may have to be found out."""

    event_id: str
    outcome: Outcome
    minor: int
    currency: str
    intent: str
    occurred_at: datetime
    owner: Owner | None = None
    part: str = ""
    refund_id: UUID | None = None
    reason: str = ""
    fee: Decimal | None = None

    def fact(self, owner: Owner, *, signed_at: datetime | None = None) -> CallbackFact:
        """Raises AmountNotPayable."""
        currency = self.currency.upper()
        return CallbackFact(
            event_id=self.event_id,
            payment_id=owner.payment_id,
            order_id=owner.order_id,
            outcome=self.outcome,
            amount=from_minor(self.minor, currency),
            currency=currency,
            provider_reference=self.intent,
            part_reference=self.part,
            refund_id=self.refund_id,
            reason=self.reason,
            occurred_at=self.occurred_at,
            signed_at=signed_at,
            fee=self.fee,
        )


def owner_in(metadata: dict[str, str] | None) -> Owner | None:
    payment_id, order_id = uuid_in(metadata, "payment"), uuid_in(metadata, "order")
    if payment_id is None or order_id is None:
        return None
    return Owner(payment_id=payment_id, order_id=order_id)


def stated_by(event: Event) -> Statement | None:
    """None for what says nothing of a payment; raises msgspec.MsgspecError."""
    read = _READERS.get(event.type)
    return read(event) if read else None


# Sessions


def _session(event: Event) -> Session:
    return msgspec.json.decode(event.data.object, type=Session)


def _session_completed(event: Event) -> Statement | None:
    """The payer is done. With a debit the money comes later, or does not."""
    session = _session(event)
    if session.payment_status == "paid":
        return _of_session(session, Outcome.COMPLETED, "completed", event.created)
    if session.payment_status == "unpaid":
        return _of_session(session, Outcome.AUTHORISED, "authorised", event.created)
    return None


def _debit_failed(event: Event) -> Statement | None:
    return _of_session(_session(event), Outcome.REJECTED, "debit-failed", event.created)


def _session_expired(event: Event) -> Statement | None:
    return expired(_session(event), event.created)


def expired(session: Session, created: int | None = None) -> Statement | None:
    """Nobody can pay any more on this page."""
    at = session.expires_at if created is None else created
    return _of_session(session, Outcome.REJECTED, "expired", at, named=session.id)


def _of_session(
    session: Session, outcome: Outcome, word: str, created: int, named: str = ""
) -> Statement | None:
    intent = name_of(session.payment_intent)
    if session.amount_total is None or session.currency is None:
        return None
    if not (named or intent):
        return None
    return Statement(
        event_id=f"{word}-{named or intent}",
        outcome=outcome,
        minor=session.amount_total,
        currency=session.currency,
        intent=intent,
        owner=owner_in(session.metadata),
        occurred_at=moment(created),
    )


# Payment intents


def _of_intent_event(
    outcome: Outcome, word: str
) -> Callable[[Event], Statement | None]:
    def read(event: Event) -> Statement:
        intent = msgspec.json.decode(event.data.object, type=Intent)
        return of_intent(intent, outcome, word, created=event.created)

    return read


def of_intent(
    intent: Intent, outcome: Outcome, word: str, *, created: int
) -> Statement:
    failure = intent.last_payment_error if outcome is Outcome.REJECTED else None
    # Each attempt that fails is an occurrence of its own.
    attempt = (failure and failure.charge) or intent.id
    is_paid = outcome is Outcome.COMPLETED
    return Statement(
        event_id=f"{word}-{attempt}",
        outcome=outcome,
        minor=intent.amount_received if is_paid else intent.amount,
        currency=intent.currency,
        intent=intent.id,
        owner=owner_in(intent.metadata),
        reason=(failure and failure.code) or "",
        occurred_at=moment(created),
    )


def all_of_intent(intent: Intent) -> Iterator[Statement]:
    """What has become of a payment so far, when it is looked up."""
    yield of_intent(intent, Outcome.CREATED, "created", created=intent.created)
    charge = intent.latest_charge if isinstance(intent.latest_charge, Charge) else None
    at = charge.created if charge else intent.created
    match intent.status:
        case "requires_capture":
            yield of_intent(intent, Outcome.AUTHORISED, "authorised", created=at)
        case "succeeded":
            yield of_intent(intent, Outcome.COMPLETED, "completed", created=at)
            yield from fee_of(intent, charge)
        case "canceled":
            yield of_intent(intent, Outcome.REJECTED, "canceled", created=at)
        case "requires_payment_method" if intent.last_payment_error:
            yield of_intent(intent, Outcome.REJECTED, "failed", created=at)


def fee_of(intent: Intent, charge: Charge | None) -> Iterator[Statement]:
    """Stripe knows its fee some seconds after the payment, so it is a fact of its own.

    It is told in the currency of the merchant's account; where that is another one than
    the payment's, there is no exact amount to write down.
    """
    if charge is None or not isinstance(charge.balance_transaction, BalanceTransaction):
        return
    booked = charge.balance_transaction
    if booked.currency != intent.currency or not booked.fee:
        return
    yield Statement(
        event_id=name_of_fee(charge),
        outcome=Outcome.COMPLETED,
        minor=intent.amount_received,
        currency=intent.currency,
        intent=intent.id,
        owner=owner_in(intent.metadata),
        fee=from_minor(booked.fee, booked.currency.upper()),
        occurred_at=moment(charge.created),
    )


def name_of_fee(charge: Charge) -> str:
    return f"fee-{charge.id}"


# Refunds and disputes


def _refund(event: Event) -> Statement | None:
    refund = msgspec.json.decode(event.data.object, type=Refund)
    return of_refund(refund, event.created)


def of_refund(refund: Refund, created: int | None = None) -> Statement | None:
    """None while it is under way."""
    if refund.status == "succeeded":
        outcome, word = Outcome.REFUNDED, "refunded"
    elif refund.status in REFUND_FAILURES:
        outcome, word = Outcome.REFUND_FAILED, "refund-failed"
    else:
        return None
    return Statement(
        event_id=f"{word}-{refund.id}",
        outcome=outcome,
        minor=refund.amount,
        currency=refund.currency,
        intent=refund.payment_intent or "",
        owner=owner_in(refund.metadata),
        part=refund.id,
        refund_id=uuid_in(refund.metadata, "refund"),
        reason=refund.failure_reason or "",
        occurred_at=moment(refund.created if created is None else created),
    )


def _dispute(event: Event) -> Statement | None:
    dispute = msgspec.json.decode(event.data.object, type=Dispute)
    return of_dispute(dispute, event.created)


def of_dispute(dispute: Dispute, created: int | None = None) -> Statement | None:
    """None for an inquiry: the bank asks, and no money has moved."""
    if dispute.status.startswith("warning") or dispute.status == "prevented":
        return None
    outcome, word = _ENDS.get(dispute.status, (Outcome.DISPUTED, "disputed"))
    return Statement(
        event_id=f"{word}-{dispute.id}",
        outcome=outcome,
        minor=dispute.amount,
        currency=dispute.currency,
        intent=dispute.payment_intent or "",
        part=dispute.id,
        reason=dispute.reason,
        occurred_at=moment(dispute.created if created is None else created),
    )


_ENDS = {
    "won": (Outcome.DISPUTE_WON, "dispute-won"),
    "lost": (Outcome.DISPUTE_LOST, "dispute-lost"),
}

_READERS: dict[str, Callable[[Event], Statement | None]] = {
    "checkout.session.completed": _session_completed,
    "checkout.session.async_payment_succeeded": _session_completed,
    "checkout.session.async_payment_failed": _debit_failed,
    "checkout.session.expired": _session_expired,
    "payment_intent.created": _of_intent_event(Outcome.CREATED, "created"),
    "payment_intent.amount_capturable_updated": _of_intent_event(
        Outcome.AUTHORISED, "authorised"
    ),
    "payment_intent.payment_failed": _of_intent_event(Outcome.REJECTED, "failed"),
    "payment_intent.canceled": _of_intent_event(Outcome.REJECTED, "canceled"),
    "payment_intent.succeeded": _of_intent_event(Outcome.COMPLETED, "completed"),
    "refund.created": _refund,
    "refund.updated": _refund,
    "refund.failed": _refund,
    "charge.dispute.created": _dispute,
    "charge.dispute.updated": _dispute,
    "charge.dispute.funds_withdrawn": _dispute,
    "charge.dispute.funds_reinstated": _dispute,
    "charge.dispute.closed": _dispute,
}
FEE_EVENT = "charge.updated"  # the charge has been booked: its fee is known
HEARD = (*_READERS, FEE_EVENT)
