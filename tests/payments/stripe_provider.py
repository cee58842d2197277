"""Stripe for the conformance suite: our adapter, and the stand-in behind it."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any, Self
from uuid import uuid4

import httpx

from payments import services
from payments.gateways.base import Outcome
from payments.gateways.stripe_amounts import from_minor, to_minor
from payments.models import Payment
from tests.factories.payments import NOW, started
from tests.stand_ins.stripe import StripeStandIn, signature
from tests.stand_ins.stripe.server import API_KEY, SECRET
from tests.waiting import PATIENCE

Callback = tuple[bytes, dict[str, str]]
OTHER_SECRET = "whsec_other"


def offer_stripe(settings: Any, stand_in: StripeStandIn) -> None:
    """The site takes payments through the stand-in."""
    settings.STRIPE_API_KEY = API_KEY
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    settings.STRIPE_API_BASE = stand_in.url
    settings.STRIPE_TIMEOUT = PATIENCE
    if "stripe" not in settings.PAYMENT_PROVIDERS:
        settings.PAYMENT_PROVIDERS = [*settings.PAYMENT_PROVIDERS, "stripe"]


def signed(body: bytes, *, now: datetime = NOW, secret: str = SECRET) -> Callback:
    value = signature(body, secret=secret, timestamp=now.timestamp())
    return body, {"Stripe-Signature": value}


def event(kind: str, about: dict[str, Any], *, created: int) -> dict[str, Any]:
    return {
        "id": f"evt_{uuid4().hex}",
        "object": "event",
        "created": created,
        "data": {"object": about},
        "livemode": False,
        "type": kind,
    }


class StripeProvider:
    """`stand_in` may run already; otherwise one runs as long as this is used."""

    code = "stripe"
    smallest = Decimal("0.01")
    tells_times = True
    # What is not text cannot have been signed by Stripe.
    nonsense: tuple[bytes, ...] = (
        b"",
        b"{}",
        b'{"event": 1}',
        b'{"id": "evt_1", "type": []}',
    )

    def __init__(self, settings: Any) -> None:
        self.settings = settings
        self.stand_in = StripeStandIn(clock=NOW.timestamp)
        self.secret = SECRET

    def __enter__(self) -> Self:
        self.stand_in.__enter__()
        offer_stripe(self.settings, self.stand_in)
        return self

    def __exit__(self, *_: object) -> None:
        self.stand_in.__exit__()

    # What the payer and Stripe do

    def begin(self, **changes: Any) -> Payment:
        payment = started(provider=self.code, **changes)
        return services.begin_payment(payment.pk)

    def decide(self, payment: Payment, outcome: Outcome) -> None:
        books = self.stand_in.books
        act = books.pay if outcome is Outcome.COMPLETED else books.decline
        act(self.session(payment))

    def session(self, payment: Payment) -> str:
        """Stripe's name for the page of a payment."""
        for session in self.stand_in.books.all("checkout.session"):
            if session["metadata"]["payment"] == str(payment.pk):
                return str(session["id"])
        raise AssertionError("No page was asked for.")

    def intent(self, payment: Payment) -> str:
        """Stripe's name for the money of a payment, made up while there is none."""
        for intent in self.stand_in.books.all("payment_intent"):
            if intent["metadata"].get("payment") == str(payment.pk):
                return str(intent["id"])
        return f"pi_{payment.pk.hex}"

    def given_back(self, payment: Payment) -> Decimal:
        minor = self.stand_in.books.given_back(self.intent(payment))
        return from_minor(minor, payment.currency)

    def refuse_refunds(self, refuse: bool = True) -> None:
        self.stand_in.faults.set("refuse" if refuse else "", only="POST /v1/refunds")

    def is_payable(self, payment: Payment) -> bool:
        """Asked at the page itself, as the payer's browser does."""
        session = self.stand_in.books.session(self.session(payment))
        address = session["url"] or f"{self.stand_in.url}/pay/{session['id']}"
        return httpx.get(address).status_code == 200

    def go_down(self, is_down: bool = True) -> None:
        self.stand_in.faults.set("down" if is_down else "")

    # What Stripe tells

    def sign(self, body: bytes, *, now: datetime = NOW) -> Callback:
        return signed(body, now=now, secret=self.secret)

    def forge(self, payment: Payment, outcome: Outcome) -> Callback:
        """Signed by somebody who does not have our secret."""
        body, _headers = self.callback(payment, outcome)
        return signed(body, secret=OTHER_SECRET)

    def callback(
        self, payment: Payment, outcome: Outcome, /, *, now: datetime = NOW, **said: str
    ) -> Callback:
        kind, about = self._about(payment, outcome, said)
        created = datetime.fromisoformat(said["at"]) if "at" in said else now
        told = event(kind, about, created=int(created.timestamp()))
        return self.sign(json.dumps(told).encode(), now=now)

    def _about(
        self, payment: Payment, outcome: Outcome, said: dict[str, str]
    ) -> tuple[str, dict[str, Any]]:
        is_paid = outcome is Outcome.COMPLETED
        intent = self.intent(payment)
        if "event" in said:  # an occurrence of its own
            intent = f"pi_{said['event'].replace('-', '_')}"
        currency = said.get("currency", payment.currency)
        minor = minor_units(Decimal(said.get("amount", payment.amount)), currency)
        return f"payment_intent.{'succeeded' if is_paid else 'payment_failed'}", {
            "id": intent,
            "object": "payment_intent",
            "amount": minor,
            "amount_received": minor if is_paid else 0,
            "created": int(NOW.timestamp()),
            "currency": currency.lower(),
            "status": "succeeded" if is_paid else "requires_payment_method",
            "metadata": {
                "payment": said.get("payment", str(payment.pk)),
                "order": said.get("order", str(payment.order_id)),
            },
        }


def minor_units(amount: Decimal, currency: str) -> int:
    """Also of nothing, which the adapter would not send."""
    return to_minor(amount, currency) if amount else 0
