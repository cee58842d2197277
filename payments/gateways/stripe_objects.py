"""The parts of Stripe's objects that we read, checked as they are read.

Callbacks and answers of the API have the same objects, so both are read here.
"""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec

Name = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9_]{1,80}\Z")]
Words = Annotated[str, msgspec.Meta(max_length=100)]
Minor = Annotated[int, msgspec.Meta(ge=0, le=10**12)]
# To the year 3000; datetime ends at 9999
Moment = Annotated[int, msgspec.Meta(ge=0, le=32_503_680_000)]
Code = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z]{3}\Z")]
Metadata = dict[str, str]


class Identified(msgspec.Struct):
    """Where another object may stand for its id."""

    id: Name


class BalanceTransaction(Identified):
    fee: Minor
    currency: Code


class Charge(Identified):
    created: Moment
    balance_transaction: BalanceTransaction | Name | None = None
    status: Words = ""
    payment_intent: Name | None = None
    metadata: Metadata = {}


class Failure(msgspec.Struct):
    charge: Name | None = None
    code: Words | None = None


class Intent(Identified):
    amount: Minor
    currency: Code
    created: Moment
    status: Words
    metadata: Metadata = {}
    amount_received: Minor = 0
    last_payment_error: Failure | None = None
    latest_charge: Charge | Name | None = None


class Session(Identified):
    amount_total: Minor | None
    currency: Code | None
    status: Words | None
    payment_status: Words
    created: Moment
    expires_at: Moment
    metadata: Metadata | None = None
    payment_intent: Intent | Name | None = None
    url: str | None = None


class Refund(Identified):
    amount: Minor
    currency: Code
    created: Moment
    status: Words | None
    payment_intent: Name | None = None
    metadata: Metadata | None = None
    failure_reason: Words | None = None


class DisputeBooking(Identified):
    """The bank took money, or returned it; with what Stripe charges for that, which is
    below zero where it is given back."""

    fee: Annotated[int, msgspec.Meta(ge=-(10**12), le=10**12)]
    currency: Code
    created: Moment


class Dispute(Identified):
    amount: Minor
    currency: Code
    created: Moment
    status: Words
    reason: Words
    payment_intent: Name | None = None
    balance_transactions: list[DisputeBooking] = []


class Told(msgspec.Struct):
    object: msgspec.Raw


class Event(Identified):
    type: Words
    created: Moment
    livemode: bool
    data: Told


def moment(created: int) -> datetime:
    return datetime.fromtimestamp(created, UTC)


def name_of(one: Identified | str | None) -> str:
    """The id of an object, whole or only named; empty for none."""
    if one is None:
        return ""
    return one if isinstance(one, str) else one.id


def uuid_in(metadata: Metadata | None, name: str) -> UUID | None:
    """What we wrote there; None for what others wrote, or nobody."""
    try:
        return UUID((metadata or {}).get(name, ""))
    except ValueError:
        return None


def read(kind: type[Any], answer: Any) -> Any:
    """An object of the SDK as one of ours; raises msgspec.MsgspecError."""
    return msgspec.convert(answer.to_dict(), type=kind)
