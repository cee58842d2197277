"""The port to payment providers: what each adapter offers and what it answers.

A new provider is one file here, one entry in `registry`, and a harness in the
conformance suite of the tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
    """What can be told of a payment, or of a refund, dispute or fee of it."""

    CREATED = "created"
    AUTHORISED = "authorised"
    COMPLETED = "completed"
    REJECTED = "rejected"
    REFUNDED = "refunded"
    REFUND_FAILED = "refund_failed"
    DISPUTED = "disputed"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"
    FEE = "fee"
    FEE_RETURNED = "fee_returned"


@dataclass(frozen=True, kw_only=True)
class CallbackFact:
    """What a provider says about one payment, authenticated but not yet checked.

    Facts join: whatever their order or repetition, the end is the same.

    - `event_id` names the occurrence at the provider: the callback, the look-up and the
      list of changes that tell of the same one carry the same one.
    - `amount` is the whole payment's, or that of the refund, dispute or fee told of.
    - `provider_reference` is the provider's name for the payment, `part_reference` the
      one for the refund, dispute or fee.
    - `refund_id` is our refund, where the provider gave back what we asked for.
    - `occurred_at` is the provider's time; `signed_at` is None for what was looked up.
    - `fee` is what the provider keeps of a completed payment, where it says so.
    """

    event_id: str
    payment_id: UUID
    order_id: UUID
    outcome: Outcome
    amount: Decimal
    currency: str
    provider_reference: str = ""
    part_reference: str = ""
    refund_id: UUID | None = None
    reason: str = ""
    occurred_at: datetime | None = None
    signed_at: datetime | None = None
    fee: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """How a provider differs for us.

    - `paid_by_hand`: the organizer tells that money came, not the provider
    - `refunds_by_hand`: the organizer gives money back himself
    - `answers_at_once`: looking up costs nothing: no network is between us
    - `lists_changes`: tells what happened since a time, also of payments we do not know
    - `closes_pages`: its page can be closed before its time is over
    """

    paid_by_hand: bool = False
    refunds_by_hand: bool = False
    answers_at_once: bool = False
    lists_changes: bool = False
    closes_pages: bool = False


@dataclass(frozen=True, kw_only=True)
class Started:
    """The provider's page for a payment, and its name for it."""

    redirect_url: str
    provider_reference: str = ""


@dataclass(frozen=True, kw_only=True)
class RefundAnswer:
    """The provider has given the money back, or (`is_done` False) is about to."""

    reference: str
    is_done: bool = True


class CallbackRefused(PaymentError):
    """A callback that must not have an effect; the provider is answered 400."""

    code = "callback-refused"


class CallbackDisagrees(CallbackRefused):
    """Authentic, but not what we know: kept and shown, and answered with 2xx."""

    code = "callback-disagrees"


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


class StartRefused(PaymentError):
    """The provider will not take this payment, however often it is asked."""

    code = "payment-refused"


class RefundRefused(Exception):
    """The provider will not carry out this refund, however often it is asked."""


class Gateway(Protocol):
    """One payment provider.

    `checkout_url` runs inside the transaction that starts the payment and must not
    call out. The others may, and run outside of transactions; `read_callback` only
    where the callback itself does not say whose payment it is about. What changes
    something at the provider carries an idempotency key, the id of our payment or
    refund: asked twice, the provider does it once.
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
        """Where the registrant goes to pay: a page of ours until `start` knows more."""

    def start(self, payment: Payment) -> Started:
        """Ask for the page to pay on; raises StartRefused and ProviderUnavailable."""

    def close(self, payment: Payment) -> None:
        """See to it that the page cannot be paid any more.

        Only asked where the capabilities say so. A page that was paid or closed before
        is no error; what became of it is told as always. Raises ProviderUnavailable.
        """

    def read_callback(
        self, body: bytes, headers: Mapping[str, str]
    ) -> CallbackFact | None:
        """Authenticate and parse; None for what is none of our business.

        Raises CallbackRefused, and ProviderUnavailable where it had to ask in vain.
        """

    def look_up(self, payment: Payment) -> Sequence[CallbackFact]:
        """All the provider knows of a payment; nothing while it has not decided.

        Raises ProviderUnavailable.
        """

    def changes(self, since: datetime) -> Iterable[CallbackFact]:
        """What happened at the provider from then on, ours or not, oldest first.

        Only asked where the capabilities say so. Raises ProviderUnavailable.
        """

    def refund(self, refund: Refund) -> RefundAnswer:
        """Give money back.

        Raises RefundRefused (final) and ProviderUnavailable (ask again).
        """
