"""Whose payment it is that Stripe tells of."""

import stripe

from payments.gateways.stripe_client import connected
from payments.gateways.stripe_facts import Owner, owner_in
from payments.gateways.stripe_objects import Intent, read
from payments.models import Payment


def owner_of(intent: str) -> Owner | None:
    """Known to us since the money came, otherwise known to Stripe; None where the
    intent is somebody else's. Raises ProviderUnavailable."""
    if not intent:
        return None
    return _known(intent) or _asked(intent)


def _known(intent: str) -> Owner | None:
    paid = Payment.objects.filter(provider="stripe", provider_reference=intent)
    payment = paid.only("order_id").first()
    return Owner(payment_id=payment.pk, order_id=payment.order_id) if payment else None


def _asked(intent: str) -> Owner | None:
    try:
        with connected() as client:
            found = read(Intent, client.v1.payment_intents.retrieve(intent))
    except stripe.InvalidRequestError:
        return None  # of another account, or deleted with its test data
    return owner_in(found.metadata)
