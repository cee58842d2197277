"""Opening and closing what a human should look at. Repeating either has no effect."""

import logging
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from payments.errors import PaymentError
from payments.models import Case, Dispute, Payment, Refund

logger = logging.getLogger(__name__)

Kind = Case.Kind
# Who closed a case that settled itself.
ITSELF = "itself"


class CaseNotOpen(PaymentError):
    """Somebody has closed this case already, or there is none."""

    code = "case-not-open"


def open_case(
    kind: Case.Kind,
    *,
    subject: str,
    now: datetime,
    note: str = "",
    organization_id: UUID | None = None,
    **about: Any,
) -> Case:
    """One case per kind and subject. `about`: what else the row should name.

    A case that was closed opens anew, as something of its kind has happened again.
    """
    found, is_new = Case.objects.get_or_create(
        kind=kind,
        subject=subject,
        defaults={
            "note": note,
            "opened_at": now,
            "organization_id": organization_id,
            **about,
        },
    )
    if is_new:
        logger.error("Case %s, %s: %s", kind, subject, note or "look at it")
    elif not found.is_open:
        Case.objects.filter(pk=found.pk).update(
            note=note, opened_at=now, closed_at=None, closed_by="", closing_note=""
        )
    return found


def about_payment(
    kind: Case.Kind, payment: Payment, *, now: datetime, note: str = ""
) -> Case:
    return open_case(
        kind,
        subject=str(payment.pk),
        now=now,
        note=note,
        organization_id=payment.organization_id,
        conference_id=payment.conference_id,
        order_id=payment.order_id,
        payment=payment,
    )


def about_refund(
    kind: Case.Kind, refund: Refund, *, now: datetime, note: str = ""
) -> Case:
    payment = refund.payment
    return open_case(
        kind,
        subject=str(refund.pk),
        now=now,
        note=note,
        organization_id=payment.organization_id,
        conference_id=payment.conference_id,
        order_id=payment.order_id,
        payment=payment,
        refund=refund,
    )


def about_dispute(dispute: Dispute, *, now: datetime) -> Case:
    payment = dispute.payment
    return open_case(
        Kind.DISPUTED,
        subject=str(dispute.pk),
        now=now,
        note=dispute.reason,
        organization_id=payment.organization_id,
        conference_id=payment.conference_id,
        order_id=payment.order_id,
        payment=payment,
        dispute=dispute,
    )


def settled(
    *kinds: Case.Kind, subject: str, now: datetime, by: str = ITSELF, note: str = ""
) -> None:
    """Close the cases of these kinds: there is nothing left to look at."""
    _open().filter(kind__in=kinds, subject=subject).update(
        closed_at=now, closed_by=by, closing_note=note
    )


def close_case(case_id: UUID, *, by: str, note: str, now: datetime) -> Case:
    """Take note that somebody has dealt with it. Raises CaseNotOpen."""
    closed = (
        _open()
        .filter(pk=case_id)
        .update(closed_at=now, closed_by=by, closing_note=note)
    )
    if not closed:
        raise CaseNotOpen(_("This case is closed already."))
    return Case.objects.get(pk=case_id)


def _open() -> QuerySet[Case]:
    return Case.objects.filter(closed_at__isnull=True)
