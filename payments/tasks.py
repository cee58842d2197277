"""What the workers do for payments; each may run twice, late, or be killed anywhere."""

from uuid import UUID

from django.utils import timezone

from payments import closing, reconciliation, refund_results
from payments.bank import progress


def carry_out_refund(
    *, refund_id: str, attempt: int | None = None, **_: object
) -> None:
    refund_results.carry_out(UUID(refund_id), now=timezone.now(), attempt=attempt)


def reconcile(**_: object) -> None:
    reconciliation.reconcile(now=timezone.now())


def look_up(*, payment_id: str, **_: object) -> None:
    reconciliation.reconcile_payment(UUID(payment_id), now=timezone.now())


def close_page(*, payment_id: str, **_: object) -> None:
    closing.close_page(UUID(payment_id))


def match_transfers(*, statement_id: str, **_: object) -> None:
    progress.go_on(UUID(statement_id), seconds=progress.SECONDS_OF_A_TASK)
