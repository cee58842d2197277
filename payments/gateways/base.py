"""The port to payment providers: what each adapter offers and what it answers.

A new provider is one file here, one entry in `registry`, and a harness in the
conformance suite of the tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from payments.errors import PaymentError

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

    from payments.models import Payment, Refund

# A hold is extended once while a payment is under way (domain rules, section 6).
HOLD_EXTENSION = timedelta(minutes=14)


class Outcome(StrEnum):
    COMPLETED = "completed"
    REJECTED = "rejected"


@dataclass(frozen=True, kw_only=True)
class CallbackFact:
    """What a provider says about one payment, authenticated but not yet checked.

    `event_id` names the provider's event: the callback and a look-up that tell of
    the same event carry the same one. `signed_at` is None for a look-up.
    """

    event_id: str
    payment_id: UUID
    order_id: UUID
    outcome: Outcome
    amount: Decimal
    currency: str
    provider_reference: str = ""
    signed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """How a provider differs for us: who tells that money came, who gives it back."""

    paid_by_hand: bool = False
    refunds_by_hand: bool = False


class CallbackRefused(PaymentError):
    """A callback that must not have an effect; the provider is answered 400."""

    code = "callback-refused"


class CallbacksNotSupported(CallbackRefused):
    """This provider sends no callbacks."""

    code = "callbacks-not-supported"


class SignatureInvalid(CallbackRefused):
    """The callback was not signed with our key."""

    code = "signature-invalid"


class CallbackMalformed(CallbackRefused):
    """The signature is right, but the body is not what was agreed."""

    code = "callback-malformed"


class ProviderUnavailable(Exception):
    """No answer, or one that says to ask again: whether it happened is not known."""


class RefundRefused(Exception):
    """The provider will not carry out this refund, however often it is asked."""


class Gateway(Protocol):
    """One payment provider.

    `checkout_url` runs inside the transaction that starts the payment and must not
    call out; a provider that has to be asked for its page names a page of ours that
    asks and redirects. `look_up` and `refund` may call out. A refund's id is its
    idempotency key: asked twice, the provider pays once.
    """

    code: str
    label: StrPromise
    description: StrPromise
    capabilities: Capabilities

    def hold_until(
        self,
        *,
        now: datetime,
        hold_expires_at: datetime,
        conference_starts_at: datetime,
    ) -> datetime:
        """Until when seats stay held for a payment that is started now."""

    def checkout_url(self, payment: Payment) -> str:
        """Where the registrant pays."""

    def read_callback(self, body: bytes, headers: Mapping[str, str]) -> CallbackFact:
        """Authenticate and parse; raises CallbackRefused."""

    def look_up(self, payment: Payment) -> CallbackFact | None:
        """What became of a payment; None while the provider has not decided."""

    def refund(self, refund: Refund) -> str:
        """Give money back and return the provider's reference.

        Raises RefundRefused (final) and ProviderUnavailable (ask again).
        """
