"""Checkout sessions: one for each payment, and what became of it."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import stripe
from django.conf import settings

from payments.gateways import stripe_facts
from payments.gateways.stripe_amounts import to_minor
from payments.gateways.stripe_client import once
from payments.gateways.stripe_facts import Owner, Statement
from payments.gateways.stripe_fees import fees_of_dispute
from payments.gateways.stripe_objects import (
    Dispute,
    Intent,
    Refund,
    Session,
    name_of,
    read,
    uuid_in,
)
from payments.models import Payment, ProviderCall

# Stripe keeps a page open for half an hour at least, counted from when it is asked for;
# the last moment to ask is when the payment is due. The rest is for clocks that differ.
SHORTEST = timedelta(minutes=35)
LONGEST_NAME = 200
# A page is asked for soon after the payment was opened.
ASKED_WITHIN = timedelta(days=1)
OPEN = "open"
WHOLE_INTENT = "payment_intent.latest_charge.balance_transaction"
WHOLE_CHARGE = "latest_charge.balance_transaction"


def create(client: stripe.StripeClient, payment: Payment) -> Session:
    """The page to pay on. Nobody knows of a page whose making failed, so its key is
    simply given up. Raises AmountNotPayable."""
    params = _params(payment)

    def call(key: str) -> Any:
        return client.v1.checkout.sessions.create(params, {"idempotency_key": key})

    session: Session = read(Session, once(payment.pk, call, past=(stripe.StripeError,)))
    return session


def _params(payment: Payment) -> Any:
    """The same each time: Stripe refuses another question under the same key."""
    metadata = {"payment": str(payment.pk), "order": str(payment.order_id)}
    back = f"{settings.BASE_URL}{payment.return_url}"
    name = payment.description[:LONGEST_NAME] or payment.reference
    return {
        "mode": "payment",
        "line_items": [
            {
                "price_data": {
                    "currency": payment.currency.lower(),
                    "unit_amount": to_minor(payment.amount, payment.currency),
                    "product_data": {"name": name},
                },
                "quantity": 1,
            }
        ],
        "client_reference_id": str(payment.order_id),
        "metadata": metadata,
        "payment_intent_data": {
            "metadata": metadata,
            "description": f"{payment.reference} {name}",
        },
        # The payer pays what was asked for, in the currency it was asked for in.
        "adaptive_pricing": {"enabled": False},
        "success_url": back,
        "cancel_url": f"{back}?left",
        "expires_at": int(_open_until(payment).timestamp()),
    }


def _open_until(payment: Payment) -> datetime:
    return (payment.due_at or payment.started_at + SHORTEST) + SHORTEST


def close(client: stripe.StripeClient, payment: Payment) -> None:
    """Nobody can pay there any more; where somebody has, or its time was over before,
    there is nothing to close. Without a key: a session expires once, and the answer to
    an earlier attempt would tell nothing about now."""
    for name in _names_of_sessions(client, payment):
        try:
            client.v1.checkout.sessions.expire(name)
        except stripe.InvalidRequestError:
            if read(Session, client.v1.checkout.sessions.retrieve(name)).status == OPEN:
                raise


def _names_of_sessions(client: stripe.StripeClient, payment: Payment) -> list[str]:
    """An attempt that failed has left us the name of the money only."""
    known = payment.provider_reference
    if not known.startswith("pi_"):
        return [known]
    asked: Any = {"payment_intent": known, "limit": 100}
    listed = client.v1.checkout.sessions.list(asked)
    sessions = (read(Session, one) for one in listed.auto_paging_iter())
    return [one.id for one in sessions if one.status == OPEN]


def owner(payment: Payment) -> Owner:
    return Owner(payment_id=payment.pk, order_id=payment.order_id)


def all_about(client: stripe.StripeClient, payment: Payment) -> list[Statement]:
    """Everything that Stripe can tell of a payment, oldest first."""
    session, intent = _found(client, payment)
    stated: list[Statement | None] = []
    if intent is not None:
        stated += stripe_facts.all_of_intent(intent)
        stated += _money_back(client, intent.id)
    if session is not None and session.status == "expired":
        # Also with an intent: somebody began to pay and went away.
        stated.append(stripe_facts.expired(session))
    return [one for one in stated if one]


def intent_of(client: stripe.StripeClient, payment: Payment) -> str:
    """Stripe's name for the money; empty where there is none."""
    if payment.provider_reference.startswith("pi_"):
        return payment.provider_reference
    _session, intent = _found(client, payment)
    return name_of(intent)


def _found(
    client: stripe.StripeClient, payment: Payment
) -> tuple[Session | None, Intent | None]:
    name = payment.provider_reference
    if name.startswith("pi_"):
        return None, _intent(client, name)
    if not name:
        name = _name_of_session(client, payment)
    if not name:
        return None, None
    asked: Any = {"expand": [WHOLE_INTENT]}
    session = read(Session, client.v1.checkout.sessions.retrieve(name, asked))
    intent = session.payment_intent
    return session, _intent(client, intent) if isinstance(intent, str) else intent


def _intent(client: stripe.StripeClient, name: str) -> Intent:
    asked: Any = {"expand": [WHOLE_CHARGE]}
    intent: Intent = read(Intent, client.v1.payment_intents.retrieve(name, asked))
    return intent


def _name_of_session(client: stripe.StripeClient, payment: Payment) -> str:
    """Stripe's answer was lost, or we were killed before it was written down."""
    calls = ProviderCall.objects.filter(
        payment=payment, operation=ProviderCall.Operation.START
    )
    if not calls.exists():
        return ""
    started = payment.started_at
    made = {
        "gte": int((started - SHORTEST).timestamp()),
        "lte": int((started + ASKED_WITHIN).timestamp()),
    }
    asked: Any = {"created": made, "limit": 100}
    for one in client.v1.checkout.sessions.list(asked).auto_paging_iter():
        session = read(Session, one)
        if uuid_in(session.metadata, "payment") == payment.pk:
            return str(session.id)
    return ""


def _money_back(client: stripe.StripeClient, intent: str) -> Iterator[Statement | None]:
    for refund in refunds_of(client, intent):
        yield stripe_facts.of_refund(refund)
    disputes = client.v1.disputes.list({"payment_intent": intent, "limit": 100})
    for listed in _oldest_first(disputes.auto_paging_iter()):
        dispute = read(Dispute, listed)
        yield stripe_facts.of_dispute(dispute)
        yield from fees_of_dispute(dispute)


def refunds_of(client: stripe.StripeClient, intent: str) -> list[Refund]:
    """Oldest first."""
    listed = client.v1.refunds.list({"payment_intent": intent, "limit": 100})
    return [read(Refund, one) for one in _oldest_first(listed.auto_paging_iter())]


def _oldest_first(listed: Iterable[Any]) -> list[Any]:
    return list(listed)[::-1]
