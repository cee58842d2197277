"""The sandbox: stands in for an outside processor, with a page to accept or reject."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from payments import sandbox_processor, signatures
from payments.gateways.base import (
    HOLD_EXTENSION,
    CallbackFact,
    CallbackMalformed,
    Capabilities,
    Outcome,
    RefundAnswer,
    RefundRefused,
    SignatureInvalid,
    Started,
)
from payments.models import Payment, Refund, SandboxRefund, SandboxTransaction

_OUTCOMES = {
    SandboxTransaction.Outcome.ACCEPTED: Outcome.COMPLETED,
    SandboxTransaction.Outcome.REJECTED: Outcome.REJECTED,
}
_AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?", re.ASCII)


class _Body(msgspec.Struct):
    event: Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9_.:-]{1,100}\Z")]
    payment: UUID
    order: UUID
    outcome: SandboxTransaction.Outcome
    amount: Annotated[str, msgspec.Meta(max_length=13)]
    currency: Annotated[str, msgspec.Meta(pattern=r"\A[A-Z]{3}\Z")]


class SandboxGateway:
    code = "sandbox"
    label = _("Sandbox")
    description = _("A page to try payments out: accept or reject, no money moves.")
    capabilities = Capabilities(answers_at_once=True)

    def hold_until(
        self,
        *,
        now: datetime,
        hold_expires_at: datetime,
        conference_starts_at: datetime,
    ) -> datetime:
        return hold_expires_at + HOLD_EXTENSION

    def checkout_url(self, payment: Payment) -> str:
        return reverse("payments:sandbox", kwargs={"payment_id": payment.pk})

    def start(self, payment: Payment) -> Started:
        return Started(redirect_url=self.checkout_url(payment))

    def read_callback(self, body: bytes, headers: Mapping[str, str]) -> CallbackFact:
        signed_at = signatures.signed_at(body, headers.get(signatures.HEADER, ""))
        if signed_at is None:
            raise SignatureInvalid("The callback is not signed with the agreed key.")
        return _fact(body, signed_at=signed_at)

    def close(self, payment: Payment) -> None:
        """Never asked: there is no page of somebody else's."""

    def look_up(self, payment: Payment) -> Sequence[CallbackFact]:
        decided = sandbox_processor.decision(payment.pk)
        if decided is None:
            return []
        body = sandbox_processor.callback_body(decided)
        return [_fact(body, signed_at=None), *map(_given_back, decided.refunds.all())]

    def changes(self, since: datetime) -> Iterable[CallbackFact]:
        return []

    def refund(self, refund: Refund) -> RefundAnswer:
        if getattr(settings, "SANDBOX_FAILS", "") == "refund":
            raise RefundRefused("The sandbox is set to refuse refunds.")
        try:
            reference = sandbox_processor.refund(
                refund.payment_id, key=str(refund.pk), amount=refund.amount
            )
        except sandbox_processor.NotRefundable as refused:
            raise RefundRefused(str(refused)) from refused
        return RefundAnswer(reference=reference)


def _given_back(refund: SandboxRefund) -> CallbackFact:
    charged = refund.transaction
    return CallbackFact(
        event_id=f"sandbox-refund-{refund.key}",
        payment_id=charged.payment_id,
        order_id=charged.order_id,
        outcome=Outcome.REFUNDED,
        amount=refund.amount,
        currency=charged.currency,
        part_reference=refund.key,
        refund_id=UUID(refund.key),
    )


def _fact(body: bytes, *, signed_at: datetime | None) -> CallbackFact:
    try:
        said = msgspec.json.decode(body, type=_Body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as unreadable:
        raise CallbackMalformed("The callback's body is not readable.") from unreadable
    if _AMOUNT.fullmatch(said.amount) is None:
        raise CallbackMalformed("The callback's amount is not a decimal number.")
    return CallbackFact(
        event_id=said.event,
        payment_id=said.payment,
        order_id=said.order,
        outcome=_OUTCOMES[said.outcome],
        amount=Decimal(said.amount),
        currency=said.currency,
        provider_reference=said.event,
        signed_at=signed_at,
    )
