"""Payment on invoice: the organizer sees the money on the bank account and says so."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from payments.gateways.base import (
    CallbackFact,
    CallbacksNotSupported,
    Capabilities,
    RefundAnswer,
    RefundRefused,
    Started,
)
from payments.models import Payment, Refund

DUE_AFTER = timedelta(days=14)


class InvoiceGateway:
    code = "invoice"
    label = _("Invoice")
    description = _("Pay by bank transfer; your seats are kept until the due date.")
    capabilities = Capabilities(
        paid_by_hand=True, refunds_by_hand=True, answers_at_once=True
    )

    def hold_until(
        self,
        *,
        now: datetime,
        hold_expires_at: datetime,
        conference_starts_at: datetime,
    ) -> datetime:
        """The due date: not after the conference starts, not before the hold ends."""
        return max(hold_expires_at, min(now + DUE_AFTER, conference_starts_at))

    def checkout_url(self, payment: Payment) -> str:
        return payment.return_url

    def read_callback(self, body: bytes, headers: Mapping[str, str]) -> CallbackFact:
        raise CallbacksNotSupported("Invoices are marked paid by the organizer.")

    def start(self, payment: Payment) -> Started:
        return Started(redirect_url=payment.return_url)

    def close(self, payment: Payment) -> None:
        """Never asked: there is no page of somebody else's."""

    def look_up(self, payment: Payment) -> Sequence[CallbackFact]:
        return []

    def changes(self, since: datetime) -> Iterable[CallbackFact]:
        return []

    def refund(self, refund: Refund) -> RefundAnswer:
        raise RefundRefused("Invoices are refunded by hand.")
