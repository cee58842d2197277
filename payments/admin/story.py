"""What happened around a case's money, told in one line of time.

The order's own events come from the site (see `orders.story_of`); the rest is said
here: what providers told, what they were asked, refunds, disputes and transfers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from payments import cases, money
from payments.admin import cells
from payments.models import (
    BankTransfer,
    Case,
    Dispute,
    Payment,
    ProviderCall,
    ProviderCallback,
    ProviderFee,
    Refund,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened: `source` says in which of our books it stands."""

    at: datetime
    source: str
    text: str
    who: str = ""
    remarks: tuple[str, ...] = ()
    # Further moments, each with a word that says which.
    times: tuple[tuple[str, datetime], ...] = ()
    # Folded away: what a machine wrote.
    details: str = ""
    link: str = ""
    # Where something is amiss.
    is_odd: bool = False


def story_of(case: Case, told: Sequence[Entry]) -> list[Entry]:
    """Everything about the case, oldest first; `told` is what the order says itself."""
    entries = [*told, *_about_case(case), *_from_provider(case)]
    for payment in payments_around(case):
        for part in (_payment, _calls, _refunds, _disputes, _transfers):
            entries.extend(part(payment))
    # Sorting keeps what happened at the same moment in the order of the books.
    return sorted(entries, key=lambda entry: entry.at)


def payments_around(case: Case) -> list[Payment]:
    """The payments of the case's order, and of nobody else's."""
    if case.order_id is None or case.organization_id is None:
        return [case.payment] if case.payment else []
    rows = Payment.objects.filter(
        order_id=case.order_id, organization_id=case.organization_id
    )
    return list(rows.order_by("started_at", "pk"))


def _about_case(case: Case) -> Iterator[Entry]:
    rows = Case.objects.filter(pk=case.pk)
    if case.order_id:
        rows |= Case.objects.filter(
            order_id=case.order_id, organization_id=case.organization_id
        )
    for one in rows.order_by("pk"):
        link = "" if one.pk == case.pk else cells.address(one)
        source = _("Case")
        note = (one.note,) if one.note else ()
        yield Entry(
            at=one.opened_at,
            source=source,
            text=str(one),
            remarks=note,
            link=link,
            is_odd=True,
        )
        if one.closed_at:
            yield Entry(
                at=one.closed_at,
                source=source,
                text=_("Closed: %s") % one,
                who=_("The site") if one.closed_by == cases.ITSELF else one.closed_by,
                remarks=(one.closing_note,) if one.closing_note else (),
                link=link,
            )


def _from_provider(case: Case) -> Iterator[Entry]:
    ids = [payment.pk for payment in payments_around(case)]
    rows = ProviderCallback.objects.filter(payment__in=ids)
    if case.kind == Case.Kind.UNKNOWN_PAYMENT:
        rows |= ProviderCallback.objects.filter(
            event_id=case.subject, payment__isnull=True
        )
    for one in rows.order_by("received_at", "pk"):
        yield _callback(one)


def _callback(told: ProviderCallback) -> Entry:
    verdict = told.get_verdict_display()
    said = cells.outcome(told.outcome) or _("something unreadable")
    amount = _amount_told(told)
    return Entry(
        at=told.received_at,
        source=_("Provider's message"),
        who=cells.provider(told.provider),
        text=f"{said}, {amount}" if amount else said,
        remarks=tuple(
            part
            for part in (
                f"{verdict}: {told.note}" if told.note else verdict,
                told.event_id,
            )
            if part
        ),
        times=_happened(told.occurred_at),
        details=told.body,
        link=cells.address(told),
        is_odd=told.verdict in {told.Verdict.REFUSED, told.Verdict.CONTRADICTING},
    )


def _amount_told(told: ProviderCallback) -> str:
    fact = told.fact or {}
    if not {"amount", "currency"} <= fact.keys():
        return ""
    return cells.told_amount(fact["amount"], fact["currency"])


def _happened(at: datetime | None) -> tuple[tuple[str, datetime], ...]:
    return ((_("happened"), at),) if at else ()


def _payment(payment: Payment) -> Iterator[Entry]:
    way = cells.provider(payment.provider)
    source, link = _("Payment"), cells.address(payment)
    asked = money.formatted(payment.requested_amount, payment.currency)
    yield Entry(
        at=payment.started_at,
        source=source,
        text=_("%(amount)s by %(way)s was asked for.") % {"amount": asked, "way": way},
        link=link,
    )
    if payment.completed_at:
        came = money.formatted(payment.amount, payment.currency)
        yield Entry(
            at=payment.completed_at,
            source=source,
            text=_("%(amount)s came by %(way)s.") % {"amount": came, "way": way},
            who=payment.paid_marked_by,
            times=_happened(payment.occurred_at),
            link=link,
        )
    for fee in ProviderFee.objects.filter(payment=payment):
        amount = money.formatted(abs(fee.amount), payment.currency)
        kept, returned = _("The provider keeps %s."), _("The provider gives %s back.")
        text = (kept if fee.amount > 0 else returned) % amount
        yield Entry(at=fee.charged_at, source=source, text=text, link=link)
    if payment.rejected_at:
        yield Entry(
            at=payment.rejected_at,
            source=source,
            text=_("The payment by %s came to nothing.") % way,
            link=link,
        )


def _calls(payment: Payment) -> Iterator[Entry]:
    for call in ProviderCall.objects.filter(payment=payment).order_by("pk"):
        remarks = [call.get_outcome_display()]
        if call.times > 1:
            remarks.append(_("%d times") % call.times)
        if call.key:
            remarks.append(_("key %s") % call.key)
        yield Entry(
            at=call.started_at,
            source=_("Call to the provider"),
            who=_("The site"),
            text=call.get_operation_display(),
            remarks=tuple(remarks),
            times=((_("answered"), call.ended_at),) if call.ended_at else (),
            details=call.answer,
            link=cells.address(call),
            is_odd=call.outcome != ProviderCall.Outcome.ANSWERED,
        )


def _refunds(payment: Payment) -> Iterator[Entry]:
    for refund in Refund.objects.filter(payment=payment).order_by("requested_at", "pk"):
        yield from _refund(refund, payment)


def _refund(refund: Refund, payment: Payment) -> Iterator[Entry]:
    amount = money.formatted(refund.amount, payment.currency)
    same: dict[str, Any] = {"source": _("Refund"), "link": cells.address(refund)}
    yield Entry(
        at=refund.requested_at,
        text=_("%s is to be given back.") % amount,
        remarks=(refund.reason_in_words,),
        **same,
    )
    if refund.attempted_at and refund.status != Refund.Status.DONE:
        remarks = [_("attempts: %d") % refund.attempts]
        if refund.error:
            remarks.append(refund.error)
        yield Entry(
            at=refund.attempted_at,
            text=f"{amount}: {refund.get_status_display()}",
            remarks=tuple(remarks),
            is_odd=refund.status == Refund.Status.FAILED,
            **same,
        )
    if refund.done_at:
        yield Entry(
            at=refund.done_at,
            text=_("%s was given back.") % amount,
            who=refund.settled_by,
            remarks=tuple(filter(None, [refund.note])),
            **same,
        )
    if refund.withdrawn_at:
        yield Entry(
            at=refund.withdrawn_at,
            text=_("The refund of %s was withdrawn: the money is kept.") % amount,
            who=refund.settled_by,
            **same,
        )


def _disputes(payment: Payment) -> Iterator[Entry]:
    for dispute in Dispute.objects.filter(payment=payment).order_by("opened_at"):
        amount = money.formatted(dispute.amount, payment.currency)
        same: dict[str, Any] = {"source": _("Dispute"), "link": cells.address(dispute)}
        yield Entry(
            at=dispute.opened_at,
            text=_("The payer disputes %s.") % amount,
            remarks=tuple(filter(None, [dispute.reason, dispute.provider_reference])),
            is_odd=True,
            **same,
        )
        if dispute.closed_at:
            text = _("The dispute about %(amount)s ended: %(end)s.")
            yield Entry(
                at=dispute.closed_at,
                text=text % {"amount": amount, "end": dispute.get_status_display()},
                **same,
            )


def _transfers(payment: Payment) -> Iterator[Entry]:
    for transfer in BankTransfer.objects.filter(payment=payment):
        booked = datetime.combine(transfer.booked_on, time(), tzinfo=UTC)
        amount = money.formatted(transfer.amount, transfer.currency)
        yield Entry(
            at=transfer.decided_at or booked,
            source=_("Bank transfer"),
            text=_("%s came to the account.") % amount,
            who=transfer.decided_by,
            remarks=tuple(filter(None, [transfer.purpose, transfer.note])),
            link=cells.address(transfer),
        )


def transfer_address(case: Case) -> str:
    """The page of the transfer that a case is about, where all is decided."""
    try:
        transfer = BankTransfer.objects.filter(pk=UUID(case.subject)).first()
    except ValueError:
        return ""
    is_own = transfer and transfer.organization_id == case.organization_id
    return cells.address(transfer) if is_own else ""
