"""The official SDK, set up for one errand: no global state, and its errors as ours."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar
from uuid import UUID

import stripe
from django.conf import settings

from payments.gateways.base import ProviderUnavailable
from payments.transactions import assert_outside_transaction

# Otherwise the SDK writes an id of this machine into the home folder (and fails where
# there is none) and sends it along. It has no other switch for that.
stripe.enable_telemetry = False

Answer = TypeVar("Answer")
# How often a key whose answer is spoilt is replaced by the next one.
KEYS = 10

# What Stripe refuses, and has therefore not done
REFUSALS = (stripe.InvalidRequestError, stripe.CardError, stripe.IdempotencyError)


@contextmanager
def connected() -> Iterator[stripe.StripeClient]:
    """A client that waits STRIPE_TIMEOUT seconds for each answer and does not repeat
    itself: whoever calls does that, later, with the same key.

    Raises ProviderCallInsideTransaction, and ProviderUnavailable for whatever leaves
    open whether it happened. What Stripe refuses stays the SDK's error.
    """
    assert_outside_transaction()
    http = stripe.RequestsClient(timeout=settings.STRIPE_TIMEOUT)
    base = settings.STRIPE_API_BASE
    try:
        yield stripe.StripeClient(
            settings.STRIPE_API_KEY,
            base_addresses={"api": base} if base else {},
            max_network_retries=0,
            http_client=http,
        )
    except REFUSALS:
        raise
    except stripe.StripeError as error:
        raise ProviderUnavailable(in_words(error)) from error
    finally:
        http.close()  # type: ignore[no-untyped-call]  # the SDK's


def once(
    our_id: UUID | str,
    call: Callable[[str], Answer],
    *,
    past: tuple[type[stripe.StripeError], ...],
) -> Answer:
    """Call with our id as the idempotency key, so that it happens once.

    Stripe repeats the first answer to a key for a day, a refusal or its own failure as
    well. Such an answer from the past tells nothing about now: where it is one of
    `past`, of which we know that nothing came of it, the next key is used.
    """
    for number in range(1, KEYS):
        try:
            return call(f"{our_id}" if number == 1 else f"{our_id}/{number}")
        except past as error:
            if not is_replayed(error):
                raise
    return call(f"{our_id}/{KEYS}")


def is_replayed(error: stripe.StripeError) -> bool:
    """Whether this is the answer that an earlier request with the same key got."""
    return (error.headers or {}).get("idempotent-replayed") == "true"


def in_words(error: stripe.StripeError) -> str:
    """What Stripe says, for the trace of the call; its SDK keeps keys out of it."""
    said = " ".join((error.user_message or type(error).__name__).split())
    request = f" ({error.request_id})" if error.request_id else ""
    return f"{said}{request}"
