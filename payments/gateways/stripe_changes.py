"""What happened at Stripe since a time: its events, those of strangers left out."""

import logging
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
    name_of_fee,
    owner_in,
    stated_by,
)
from payments.gateways.stripe_fees import fees_told_by
from payments.gateways.stripe_objects import Charge, Event, Intent, read
from payments.gateways.stripe_owners import owner_of
from payments.gateways.stripe_sessions import WHOLE_CHARGE
from payments.models import ProviderCallback

logger = logging.getLogger(__name__)


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
    named = [(_names_of_facts(event), event) for event in reversed(events)]
    known = _known({name for names, _ in named for name in names})
    for names, event in named:
        if names - known:
            yield from _facts(client, event)


def _read(listed: stripe.Event) -> Event:
    return msgspec.json.decode(msgspec.json.encode(listed.to_dict()), type=Event)


def _names_of_facts(event: Event) -> set[str]:
    """What the facts are called that it tells of."""
    try:
        if event.type == FEE_EVENT:
            return {name_of_fee(_charge(event))}
        return {stated.event_id for stated in _in_itself(event)}
    except msgspec.MsgspecError as unreadable:
        # Others may use the account as well. One event must not hide those after it.
        logger.warning("Event %s cannot be read: %s", event.id, unreadable)
        return set()


def _in_itself(event: Event) -> Iterator[Statement]:
    """What it says without asking Stripe more."""
    if stated := stated_by(event):
        yield stated
    yield from fees_told_by(event)


def _facts(client: stripe.StripeClient, event: Event) -> Iterator[CallbackFact]:
    for stated in _stated(client, event):
        owner = stated.owner or owner_of(stated.intent)
        try:
            if owner:
                yield stated.fact(owner)
        except AmountNotPayable as odd:
            logger.warning("Event %s: %s", event.id, odd)


def _known(names: set[str]) -> set[str]:
    told = ProviderCallback.objects.filter(provider="stripe", event_id__in=names)
    settled = told.exclude(verdict=ProviderCallback.Verdict.REFUSED)
    return set(settled.values_list("event_id", flat=True))


def _charge(event: Event) -> Charge:
    return msgspec.json.decode(event.data.object, type=Charge)


def _stated(client: stripe.StripeClient, event: Event) -> Iterator[Statement]:
    if event.type == FEE_EVENT:
        yield from _fee(client, _charge(event))
    else:
        yield from _in_itself(event)


def _fee(client: stripe.StripeClient, charge: Charge) -> Iterator[Statement]:
    is_ours = owner_in(charge.metadata) is not None
    if not (is_ours and charge.payment_intent and charge.balance_transaction):
        return
    asked: Any = {"expand": [WHOLE_CHARGE]}
    found = client.v1.payment_intents.retrieve(charge.payment_intent, asked)
    intent = read(Intent, found)
    if intent.status == "succeeded" and isinstance(intent.latest_charge, Charge):
        yield from fee_of(intent, intent.latest_charge)
