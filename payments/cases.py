"""Opening and closing what a human should look at. Repeating either has no effect."""

import logging
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from payments import signals
from payments.errors import PaymentError
from payments.models import Case, Dispute, Payment, Refund

logger = logging.getLogger(__name__)

Kind = Case.Kind
# Who closed a case that settled itself.
ITSELF = "itself"
# Money that should go back and does not: the order that it is of shows these as well.
UNSETTLED = (Kind.REFUND_FAILED, Kind.REFUND_BY_HAND, Kind.REFUND_DISPUTED)


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
        # Not its note: that may speak of persons.
        logger.warning("Somebody has to look at %s, %s", kind, subject)
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
        **_of(payment),
    )


def about_refund(
    kind: Case.Kind, refund: Refund, *, now: datetime, note: str = ""
) -> Case:
    return open_case(
        kind,
        subject=str(refund.pk),
        now=now,
        note=note,
        **_of(refund.payment),
        refund=refund,
    )


def about_dispute(dispute: Dispute, *, now: datetime) -> Case:
    return open_case(
        Kind.DISPUTED,
        subject=str(dispute.pk),
        now=now,
        note=dispute.reason,
        **_of(dispute.payment),
        dispute=dispute,
    )


def _of(payment: Payment) -> dict[str, Any]:
    return {
        "organization_id": payment.organization_id,
        "conference_id": payment.conference_id,
        "order_id": payment.order_id,
        "payment": payment,
    }


def settled(
    *kinds: Case.Kind, subject: str, now: datetime, by: str = ITSELF, note: str = ""
) -> None:
    """Close the cases of these kinds: there is nothing left to look at."""
    for case in _open().filter(kind__in=kinds, subject=subject).order_by("pk"):
        if _close(case.pk, by=by, note=note, now=now) and by != ITSELF:
            _tell_closed(case, by=by, note=note, now=now)


@transaction.atomic
def close_case(case_id: UUID, *, by: str, note: str, now: datetime) -> Case:
    """Take note that somebody has dealt with it. Raises CaseNotOpen."""
    case = Case.objects.filter(pk=case_id).first()
    if case is not None and case.payment_id and case.order_id:
        # Before the row is locked, as everywhere: whoever listens locks the order.
        signals.payment_changes.send(
            sender=Payment, payment_id=case.payment_id, order_id=case.order_id
        )
    if case is None or not _close(case.pk, by=by, note=note, now=now):
        raise CaseNotOpen(_("This case is closed already."))
    _tell_closed(case, by=by, note=note, now=now)
    return Case.objects.get(pk=case_id)


def is_unsettled(payment_id: UUID) -> bool:
    """Whether money of this payment should go back, does not, and nobody saw to it."""
    return _open().filter(payment_id=payment_id, kind__in=UNSETTLED).exists()


def show_unsettled(payment_id: UUID, kind: str, *, note: str, now: datetime) -> None:
    """What an order needs attention for stands in the list too, once."""
    shown = _open().filter(payment_id=payment_id, kind=kind)
    if kind in UNSETTLED and not shown.exists():
        payment = Payment.objects.get(pk=payment_id)
        about_payment(Kind(kind), payment, now=now, note=note)


def order_settled(payment_id: UUID, *, by: str, note: str, now: datetime) -> None:
    """Somebody settled it at the order: what hangs on no refund has ended there, and
    so has what came back of a refund that was done."""
    came_back = _open().filter(
        kind=Kind.REFUND_FAILED,
        payment_id=payment_id,
        refund__status=Refund.Status.DONE,
    )
    for subject in [str(payment_id), *came_back.values_list("subject", flat=True)]:
        settled(*UNSETTLED, subject=subject, now=now, by=by, note=note)


def _close(case_id: UUID, *, by: str, note: str, now: datetime) -> bool:
    """Of two who close it at once, one does."""
    rows = _open().filter(pk=case_id)
    return bool(rows.update(closed_at=now, closed_by=by, closing_note=note))


def _tell_closed(case: Case, *, by: str, note: str, now: datetime) -> None:
    signals.case_closed.send(
        sender=Case,
        case_id=case.pk,
        kind=case.kind,
        payment_id=case.payment_id,
        order_id=case.order_id,
        by=by,
        note=note,
        closed_at=now,
    )


def _open() -> QuerySet[Case]:
    return Case.objects.filter(closed_at__isnull=True)
