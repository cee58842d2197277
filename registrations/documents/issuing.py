"""Issuing documents: in the transaction of the fact that calls for one, once for each.

At the end of its order every invoice is either paid or taken back by a credit note,
and what goes back of a paid one does so by a credit note of its own. For money that an
order has no use for (late, double, not what it costs) nothing was ever sold: it goes
back without a document, for there is none that it would correct.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django_q.tasks import async_task

from registrations.documents import drafting
from registrations.documents.content import Content, Line, dump, load
from registrations.documents.numbering import PREFIX, label_of, next_number
from registrations.domain.tax_parts import TaxPart, share
from registrations.models.document import Document, DocumentKind, digest_of
from registrations.queries import document as documents

Kind = DocumentKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A document but for its number."""

    kind: DocumentKind
    cause: str
    organization_id: UUID
    conference_id: UUID
    order_id: UUID
    content: Content
    payment_id: UUID | None = None
    refund_id: UUID | None = None
    corrects: Document | None = None


def invoice(
    *, order_id: UUID, payment_id: UUID, due_at: datetime | None, now: datetime
) -> Document:
    """Ask for the money of an order; one for each payment."""
    more = {"due_at": due_at, "account": drafting.account_of(order_id)}
    return _sale(Kind.INVOICE, order_id, payment_id, now, more)


def receipt(
    *, order_id: UUID, payment_id: UUID, provider: str, now: datetime
) -> Document | None:
    """Confirm the money of an order, unless an invoice that stands has asked for it."""
    for standing in documents.standing(order_id, kinds=[Kind.INVOICE]):
        if standing.payment_id == payment_id:
            return None
    more = {"paid_by": drafting.method_called(provider)}
    return _sale(Kind.RECEIPT, order_id, payment_id, now, more)


def take_back_invoices(
    *,
    order_id: UUID,
    reason: str,
    now: datetime,
    payment_id: UUID | None = None,
    unless_paid_by: UUID | None = None,
) -> None:
    """They came to nothing: all of the order, or that of one payment."""
    for standing in documents.standing(order_id, kinds=[Kind.INVOICE]):
        if payment_id is not None and standing.payment_id != payment_id:
            continue
        if unless_paid_by is None or standing.payment_id != unless_paid_by:
            credit(
                standing,
                amount=standing.total,
                cause=str(standing.pk),
                reason=reason,
                now=now,
            )


def credit_refund(
    *,
    order_id: UUID,
    payment_id: UUID,
    refund_id: UUID,
    amount: Decimal,
    reason: str,
    now: datetime,
) -> Document | None:
    """Take back as much of what this payment paid for as went back of its money."""
    for standing in documents.standing(order_id):
        if standing.payment_id == payment_id:
            return credit(
                standing,
                amount=amount,
                cause=str(refund_id),
                reason=reason,
                now=now,
                refund_id=refund_id,
            )
    return None


def credit(
    corrected: Document,
    *,
    amount: Decimal,
    cause: str,
    reason: str,
    now: datetime,
    refund_id: UUID | None = None,
) -> Document | None:
    """A credit note over so much of a document, never more than is left of it."""
    # Of two at once the second sees what the first has credited.
    Document.objects.select_for_update(no_key=True).only("pk").get(pk=corrected.pk)
    known = documents.issued_for(Kind.CREDIT_NOTE, cause)
    before = documents.credited(corrected.pk)
    amount = min(amount, corrected.total - before)
    if known or amount <= 0:
        return known
    draft = Draft(
        kind=Kind.CREDIT_NOTE,
        cause=cause,
        organization_id=corrected.organization_id,
        conference_id=corrected.conference_id,
        order_id=corrected.order_id,
        payment_id=corrected.payment_id,
        refund_id=refund_id,
        corrects=corrected,
        content=_credited(load(corrected.content), before, amount, reason, now),
    )
    return issue(draft, now=now)


def _credited(
    of: Content, before: Decimal, amount: Decimal, reason: str, now: datetime
) -> Content:
    parts = share(of.taxes, before, amount, of.currency)
    return replace(
        of,
        kind=Kind.CREDIT_NOTE.value,
        issued_on=now.astimezone(ZoneInfo(of.time_zone)).date(),
        lines=of.lines if amount == of.total else [_line(part) for part in parts],
        taxes=parts,
        net=sum((part.net for part in parts), Decimal(0)),
        tax=sum((part.tax for part in parts), Decimal(0)),
        total=sum((part.gross for part in parts), Decimal(0)),
        due_at=None,
        account=None,
        paid_by="",
        paid_on=None,
        corrects=of.label,
        corrected_issued_on=of.issued_on,
        reason=reason,
    )


def _line(part: TaxPart) -> Line:
    return Line(
        name=_("Given back"),
        quantity=1,
        unit_price=part.gross,
        unit_price_includes_tax=True,
        net=part.net,
        tax=part.tax,
        gross=part.gross,
        tax_rate=part.rate,
    )


def _sale(
    kind: DocumentKind,
    order_id: UUID,
    payment_id: UUID,
    now: datetime,
    more: Mapping[str, Any],
) -> Document:
    order, content = drafting.sale(kind, order_id, now=now, **more)
    if kind is Kind.RECEIPT:
        content = replace(content, paid_on=content.issued_on)
    draft = Draft(
        kind=kind,
        cause=str(payment_id),
        organization_id=order.organization_id,
        conference_id=order.conference_id,
        order_id=order_id,
        payment_id=payment_id,
        content=content,
    )
    return issue(draft, now=now)


def issue(draft: Draft, *, now: datetime) -> Document:
    """Number and store a document, and queue its file; the same one if it was before.

    To be called inside the transaction of its cause, when the locks of seats and order
    are held: the lock of the series comes last.
    """
    if known := documents.issued_for(draft.kind, draft.cause):
        return known
    try:
        # Where somebody else was faster, the number goes back with the rest.
        with transaction.atomic():
            stored = _stored(draft, now)
    except IntegrityError:
        if known := documents.issued_for(draft.kind, draft.cause):
            return known
        raise
    async_task("registrations.tasks.render_document", document_id=str(stored.pk))
    return stored


def _stored(draft: Draft, now: datetime) -> Document:
    number = next_number(draft.organization_id, draft.kind)
    content = replace(draft.content, label=label_of(draft.kind, number))
    printed = dump(content)
    return Document.objects.create(
        organization_id=draft.organization_id,
        conference_id=draft.conference_id,
        order_id=draft.order_id,
        payment_id=draft.payment_id,
        refund_id=draft.refund_id,
        kind=draft.kind,
        series=PREFIX[draft.kind],
        number=number,
        label=content.label,
        corrects=draft.corrects,
        cause=draft.cause,
        issued_at=now,
        issued_on=content.issued_on,
        currency=content.currency,
        total=content.total,
        net=content.net,
        tax=content.tax,
        content=printed,
        digest=digest_of(printed),
    )
