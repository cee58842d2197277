"""Stripe: cards and more on Stripe's own page (Checkout), told of by signed webhooks.

What its events mean is in `stripe_facts`, how amounts are counted in `stripe_amounts`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from payments.gateways import stripe_sessions
from payments.gateways.base import (
    HOLD_EXTENSION,
    CallbackFact,
    CallbackMalformed,
    CallbackRefused,
    Capabilities,
    ProviderUnavailable,
    RefundAnswer,
    RefundRefused,
    SignatureInvalid,
    Started,
    StartRefused,
)
from payments.gateways.stripe_amounts import AmountNotPayable
from payments.gateways.stripe_changes import changes_since
from payments.gateways.stripe_client import REFUSALS, connected, in_words
from payments.gateways.stripe_facts import Statement, stated_by
from payments.gateways.stripe_objects import Event
from payments.gateways.stripe_owners import owner_of
from payments.gateways.stripe_refunds import refund_once
from payments.gateways.stripe_signatures import signed_at
from payments.models import Payment, Refund

HEADER = "Stripe-Signature"


class ModeMismatch(CallbackRefused):
    """Real money is told of and we test, or the other way round."""

    code = "mode-mismatch"


class StripeGateway:
    code = "stripe"
    label = _("Card")
    description = _("Pay by card or another way on the page of Stripe, our processor.")
    capabilities = Capabilities(lists_changes=True, closes_pages=True)

    def hold_until(
        self,
        *,
        now: datetime,
        hold_expires_at: datetime,
        conference_starts_at: datetime,
    ) -> datetime:
        return hold_expires_at + HOLD_EXTENSION

    def checkout_url(self, payment: Payment) -> str:
        """A page of ours: its button asks Stripe for a page, and leads there."""
        return reverse("payments:start", kwargs={"payment_id": payment.pk})

    def start(self, payment: Payment) -> Started:
        try:
            with connected() as client:
                session = stripe_sessions.create(client, payment)
        except AmountNotPayable as odd:
            raise StartRefused(str(odd)) from odd
        except REFUSALS as refused:
            raise StartRefused(in_words(refused)) from refused
        except msgspec.MsgspecError as unreadable:
            raise ProviderUnavailable(str(unreadable)) from unreadable
        if not session.url:
            raise StartRefused("Stripe's page for this payment is no longer open.")
        return Started(redirect_url=session.url, provider_reference=session.id)

    def close(self, payment: Payment) -> None:
        try:
            with connected() as client:
                stripe_sessions.close(client, payment)
        except (*REFUSALS, msgspec.MsgspecError) as odd:
            raise ProviderUnavailable(str(odd)) from odd

    def read_callback(
        self, body: bytes, headers: Mapping[str, str]
    ) -> CallbackFact | None:
        """Asks Stripe whose payment it is where neither the event nor we know: disputes
        and refunds that were made at Stripe do not name ours. Raises
        ProviderUnavailable then, and is told again later."""
        signed = signed_at(body, headers.get(HEADER, ""))
        if signed is None:
            raise SignatureInvalid("The callback is not signed with our secret.")
        try:
            event = msgspec.json.decode(body, type=Event)
            _check_mode(event)
            stated = stated_by(event)
            return _fact(stated, signed) if stated else None
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as unreadable:
            raise CallbackMalformed("The event is not readable.") from unreadable
        except AmountNotPayable as odd:
            raise CallbackMalformed(str(odd)) from odd

    def look_up(self, payment: Payment) -> Sequence[CallbackFact]:
        try:
            with connected() as client:
                stated = stripe_sessions.all_about(client, payment)
        except (*REFUSALS, msgspec.MsgspecError, AmountNotPayable) as odd:
            raise ProviderUnavailable(str(odd)) from odd
        mine = stripe_sessions.owner(payment)
        return [one.fact(mine) for one in stated]

    def changes(self, since: datetime) -> Iterable[CallbackFact]:
        try:
            with connected() as client:
                yield from changes_since(client, since)
        except (*REFUSALS, msgspec.MsgspecError) as odd:
            raise ProviderUnavailable(str(odd)) from odd

    def refund(self, refund: Refund) -> RefundAnswer:
        try:
            with connected() as client:
                return refund_once(client, refund)
        except AmountNotPayable as odd:
            raise RefundRefused(str(odd)) from odd
        except REFUSALS as refused:
            raise RefundRefused(in_words(refused)) from refused
        except msgspec.MsgspecError as unreadable:
            raise ProviderUnavailable(str(unreadable)) from unreadable


def _check_mode(event: Event) -> None:
    """A test's event must never look like money, and money never like a test."""
    is_real = settings.STRIPE_API_KEY.startswith(("sk_live_", "rk_live_"))
    if event.livemode != is_real:
        raise ModeMismatch("The event and our key are of different modes.")


def _fact(stated: Statement, signed: datetime) -> CallbackFact | None:
    owner = stated.owner or owner_of(stated.intent)
    return stated.fact(owner, signed_at=signed) if owner else None
