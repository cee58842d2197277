"""Providers for the conformance suite: what the outside world does, one class each."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol, Self
from uuid import UUID

from django.urls import reverse

from payments import sandbox_processor, services, signatures
from payments.gateways import registry
from payments.gateways.base import (
    HOLD_EXTENSION,
    CallbackFact,
    CallbackMalformed,
    Capabilities,
    Outcome,
    ProviderUnavailable,
    RefundAnswer,
    RefundRefused,
    SignatureInvalid,
    Started,
    StartRefused,
)
from payments.models import Payment, Refund, SandboxRefund, SandboxTransaction
from tests.factories.payments import NOW, started

Callback = tuple[bytes, dict[str, str]]


def signed(body: bytes, *, now: datetime = NOW) -> Callback:
    return body, {signatures.HEADER: signatures.signed(body, now=now)}


class Provider(Protocol):
    """A gateway together with the provider behind it."""

    code: str
    smallest: Decimal  # what it can tell amounts of dollars by
    nonsense: tuple[bytes, ...]  # what it may sign, and what means nothing
    tells_times: bool  # when a thing happened, so that old news can be told from new

    def begin(self, **changes: Any) -> Payment: ...
    def decide(self, payment: Payment, outcome: Outcome) -> None:
        """The provider decides and says nothing."""

    def callback(
        self, payment: Payment, outcome: Outcome, /, *, now: datetime = NOW, **said: str
    ) -> Callback: ...
    def sign(self, body: bytes, *, now: datetime = NOW) -> Callback: ...
    def forge(self, payment: Payment, outcome: Outcome) -> Callback:
        """What somebody says who does not have the key."""

    def given_back(self, payment: Payment) -> Decimal: ...
    def refuse_refunds(self, refuse: bool = True) -> None: ...


class SignsWithTheSitesKey:
    smallest = Decimal("0.001")
    nonsense: tuple[bytes, ...] = (b"", b"{}", b"\xff\0", b'{"event": 1}')
    tells_times = False

    def __init__(self, settings: Any) -> None:
        self.settings = settings

    def sign(self, body: bytes, *, now: datetime = NOW) -> Callback:
        return signed(body, now=now)

    def forge(self, payment: Payment, outcome: Outcome) -> Callback:
        body, _headers = self.callback(payment, outcome)
        ours = self.settings.PAYMENT_CALLBACK_KEY
        self.settings.PAYMENT_CALLBACK_KEY = "somebody else's key"
        forged = signed(body)
        self.settings.PAYMENT_CALLBACK_KEY = ours
        return forged

    def callback(
        self, payment: Payment, outcome: Outcome, /, *, now: datetime = NOW, **said: str
    ) -> Callback:
        raise NotImplementedError


class SandboxProvider(SignsWithTheSitesKey):
    code = "sandbox"
    words = {Outcome.COMPLETED: "accepted", Outcome.REJECTED: "rejected"}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def begin(self, **changes: Any) -> Payment:
        return started(provider=self.code, **changes)

    def decide(self, payment: Payment, outcome: Outcome) -> None:
        sandbox_processor.decide(
            sandbox_processor.Charge(
                payment_id=payment.pk,
                order_id=payment.order_id,
                amount=payment.amount,
                currency=payment.currency,
            ),
            outcome=SandboxTransaction.Outcome(self.words[outcome]),
            now=NOW,
        )

    def callback(
        self, payment: Payment, outcome: Outcome, /, *, now: datetime = NOW, **said: str
    ) -> Callback:
        decided = sandbox_processor.decision(payment.pk)
        body = {
            "event": f"sandbox-{decided.pk}" if decided else "sandbox-1",
            "payment": str(payment.pk),
            "order": str(payment.order_id),
            "outcome": self.words[outcome],
            "amount": str(payment.amount),
            "currency": payment.currency,
        }
        return signed(json.dumps(body | said).encode(), now=now)

    def given_back(self, payment: Payment) -> Decimal:
        refunds = SandboxRefund.objects.filter(transaction__payment_id=payment.pk)
        return sum((refund.amount for refund in refunds), Decimal(0))

    def refuse_refunds(self, refuse: bool = True) -> None:
        self.settings.SANDBOX_FAILS = "refund" if refuse else ""


class RemoteProvider(SignsWithTheSitesKey):
    """A provider that keeps its books in memory and may lose its answers."""

    code = "remote"
    label = description = "Remote"
    capabilities = Capabilities(lists_changes=True, closes_pages=True)

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        self.decided: dict[UUID, CallbackFact] = {}
        self.refunds: dict[str, Decimal] = {}
        self.answers_to_lose = 0
        self.is_down = False
        self.takes_nothing = False
        self.asked_for_pages: list[UUID] = []
        self.closed: set[UUID] = set()
        self.listed: list[CallbackFact] = []
        self.refunds_take_days = False
        self.refuses_refunds = False

    def __enter__(self) -> Self:
        registry.GATEWAYS[self.code] = self  # type: ignore[assignment]  # plain labels
        self.settings.PAYMENT_PROVIDERS = [*self.settings.PAYMENT_PROVIDERS, self.code]
        return self

    def __exit__(self, *_: object) -> None:
        del registry.GATEWAYS[self.code]

    # The provider's side

    def begin(self, **changes: Any) -> Payment:
        return started(provider=self.code, **changes)

    def decide(self, payment: Payment, outcome: Outcome) -> None:
        self.decided[payment.pk] = CallbackFact(
            event_id=f"remote-{outcome}-{payment.pk}",
            payment_id=payment.pk,
            order_id=payment.order_id,
            outcome=outcome,
            amount=payment.amount,
            currency=payment.currency,
        )

    def callback(
        self, payment: Payment, outcome: Outcome, /, *, now: datetime = NOW, **said: str
    ) -> Callback:
        body = {
            "event": f"remote-{outcome}-{payment.pk}",
            "payment": str(payment.pk),
            "order": str(payment.order_id),
            "outcome": outcome,
            "amount": str(payment.amount),
            "currency": payment.currency,
        }
        return signed(json.dumps(body | said).encode(), now=now)

    def given_back(self, payment: Payment) -> Decimal:
        return sum(self.refunds.values(), Decimal(0))

    def refuse_refunds(self, refuse: bool = True) -> None:
        self.refuses_refunds = refuse

    def is_payable(self, payment: Payment) -> bool:
        return payment.pk in self.asked_for_pages and payment.pk not in self.closed

    def go_down(self, is_down: bool = True) -> None:
        self.is_down = is_down

    # The adapter's side

    def hold_until(self, *, hold_expires_at: datetime, **_: datetime) -> datetime:
        return hold_expires_at + HOLD_EXTENSION

    def checkout_url(self, payment: Payment) -> str:
        return reverse("payments:start", kwargs={"payment_id": payment.pk})

    def read_callback(self, body: bytes, headers: Any) -> CallbackFact:
        signed_at = signatures.signed_at(body, headers.get(signatures.HEADER, ""))
        if signed_at is None:
            raise SignatureInvalid
        try:
            said = json.loads(body)
            return CallbackFact(
                event_id=said["event"],
                payment_id=UUID(said["payment"]),
                order_id=UUID(said["order"]),
                outcome=Outcome(said["outcome"]),
                amount=Decimal(said["amount"]),
                currency=said["currency"],
                part_reference=said.get("part", ""),
                refund_id=UUID(said["refund"]) if "refund" in said else None,
                reason=said.get("reason", ""),
                occurred_at=(
                    datetime.fromisoformat(said["at"]) if "at" in said else None
                ),
                fee=Decimal(said["fee"]) if "fee" in said else None,
                signed_at=signed_at,
            )
        except (ValueError, KeyError) as unreadable:
            raise CallbackMalformed from unreadable

    def start(self, payment: Payment) -> Started:
        self.asked_for_pages.append(payment.pk)
        if self.is_down:
            raise ProviderUnavailable("Nobody is there.")
        if self.takes_nothing:
            raise StartRefused("Too small an amount.")
        return Started(
            redirect_url=f"https://remote.example/pay/{payment.pk}",
            provider_reference=f"page-{payment.pk}",
        )

    def close(self, payment: Payment) -> None:
        if self.is_down:
            raise ProviderUnavailable("Nobody is there.")
        self.closed.add(payment.pk)

    def look_up(self, payment: Payment) -> Sequence[CallbackFact]:
        if self.is_down:
            raise ProviderUnavailable("Nobody is there.")
        decided = self.decided.get(payment.pk)
        return [decided] if decided else []

    def changes(self, since: datetime) -> Iterable[CallbackFact]:
        if self.is_down:
            raise ProviderUnavailable("Nobody is there.")
        return [fact for fact in self.listed if (fact.occurred_at or since) >= since]

    def refund(self, refund: Refund) -> RefundAnswer:
        if self.refuses_refunds:
            raise RefundRefused("No refunds today.")
        self.refunds[str(refund.pk)] = refund.amount
        if self.answers_to_lose:
            self.answers_to_lose -= 1
            raise ProviderUnavailable("The line went dead.")
        return RefundAnswer(
            reference=f"remote-{refund.pk}", is_done=not self.refunds_take_days
        )


def deliver(provider: Provider, callback: Callback, *, now: datetime = NOW) -> str:
    body, headers = callback
    return services.receive_callback(provider.code, body=body, headers=headers, now=now)
