"""What happened at Stripe since a time: its events, those of strangers left out."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
import stripe

from payments.gateways.base import CallbackFact
from payments.gateways.stripe_amounts import AmountNotPayable
from payments.gateways.stripe_facts import (
    FEE_EVENT,
    HEARD,
    Statement,
    fee_of,
    owner_in,
    stated_by,
)
from payments.gateways.stripe_objects import Charge, Event, Intent, read
from payments.gateways.stripe_owners import owner_of
from payments.gateways.stripe_sessions import WHOLE_CHARGE
from payments.models import ProviderCallback


def changes_since(
    client: stripe.StripeClient, since: datetime
) -> Iterator[CallbackFact]:
    """Oldest first. The list is read again and again, with overlaps: what is known
    already is left out before Stripe is asked more about it."""
    listed = client.v1.events.list(
        {
            "created": {"gte": int(since.timestamp())},
            "types": list(HEARD),
            "limit": 100,
        }
    )
    events = [_read(one) for one in listed.auto_paging_iter()]
    for event in reversed(events):
        for stated in _stated(client, event):
            owner = stated.owner or owner_of(stated.intent)
            if owner:
                yield stated.fact(owner)


def _read(listed: stripe.Event) -> Event:
    return msgspec.json.decode(msgspec.json.encode(listed.to_dict()), type=Event)


def _stated(client: stripe.StripeClient, event: Event) -> Iterator[Statement]:
    if event.type == FEE_EVENT:
        yield from _fee(client, event)
        return
    try:
        stated = stated_by(event)
    except AmountNotPayable:
        return  # a currency that we ask nobody to pay in
    if stated and not _is_known(stated.event_id):
        yield stated


def _fee(client: stripe.StripeClient, event: Event) -> Iterator[Statement]:
    charge = msgspec.json.decode(event.data.object, type=Charge)
    is_ours = owner_in(charge.metadata) is not None
    if not (is_ours and charge.payment_intent and charge.balance_transaction):
        return
    if _is_known(f"fee-{charge.id}"):
        return
    asked: Any = {"expand": [WHOLE_CHARGE]}
    found = client.v1.payment_intents.retrieve(charge.payment_intent, asked)
    intent = read(Intent, found)
    if intent.status == "succeeded" and isinstance(intent.latest_charge, Charge):
        yield from fee_of(intent, intent.latest_charge)


def _is_known(event_id: str) -> bool:
    told = ProviderCallback.objects.filter(provider="stripe", event_id=event_id)
    return told.exclude(verdict=ProviderCallback.Verdict.REFUSED).exists()
