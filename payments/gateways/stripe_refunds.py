"""Giving money back through Stripe, once per refund of ours, however often asked."""

from typing import Any

import stripe

from payments.gateways.base import RefundAnswer, RefundRefused
from payments.gateways.stripe_amounts import to_minor
from payments.gateways.stripe_client import once
from payments.gateways.stripe_facts import REFUND_FAILURES
from payments.gateways.stripe_objects import Refund as RefundAtStripe
from payments.gateways.stripe_objects import read, uuid_in
from payments.gateways.stripe_sessions import intent_of, refunds_of
from payments.models import Refund

_DONE = "succeeded"
# Only what was refused, and so did not happen. A failure of Stripe itself leaves open
# whether it did, or will: whoever asks again gets the same answer, or finds the refund.
_DID_NOT_HAPPEN = (stripe.InvalidRequestError, stripe.CardError)


def refund_once(client: stripe.StripeClient, refund: Refund) -> RefundAnswer:
    """Stripe forgets keys after a day, and we may be asked again after that; so it is
    asked first what it has given back already. Raises RefundRefused."""
    payment = refund.payment
    intent = intent_of(client, payment)
    if not intent:
        raise RefundRefused("Stripe has no money of this payment.")
    ours = [
        one
        for one in refunds_of(client, intent)
        if uuid_in(one.metadata, "refund") == refund.pk
    ]
    for earlier in ours:
        if earlier.status not in REFUND_FAILURES:
            return _answer(earlier)
    # Under the first key Stripe would go on to tell of the one that came to nothing.
    key = f"{refund.pk}/after/{ours[-1].id}" if ours else f"{refund.pk}"
    params: Any = {
        "payment_intent": intent,
        "amount": to_minor(refund.amount, payment.currency),
        "metadata": {
            "refund": str(refund.pk),
            "payment": str(payment.pk),
            "order": str(payment.order_id),
        },
    }

    def call(key: str) -> Any:
        return client.v1.refunds.create(params, {"idempotency_key": key})

    made = read(RefundAtStripe, once(key, call, past=_DID_NOT_HAPPEN))
    if made.status in REFUND_FAILURES:
        raise RefundRefused(f"The refund came to nothing: {made.failure_reason}.")
    return _answer(made)


def _answer(made: RefundAtStripe) -> RefundAnswer:
    return RefundAnswer(reference=made.id, is_done=made.status == _DONE)
