"""What we ask of providers leaves a trace: asked before, answered after.

Written outside of transactions, so that a call that kills its process leaves a row.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from payments.gateways.base import ProviderUnavailable, RefundRefused, StartRefused
from payments.models import Payment, ProviderCall, Refund
from payments.transactions import assert_outside_transaction

Operation = ProviderCall.Operation
Outcome = ProviderCall.Outcome

# With doubled pauses between them the last attempt comes after about two hours: by then
# a page's own time is over, and a refund is for somebody to look at.
MAX_ATTEMPTS = 8
FIRST_PAUSE = timedelta(minutes=1)


def asked_again_at(last: datetime, *, attempts: int) -> datetime:
    """When a provider that has not answered so many attempts is asked once more."""
    pause: timedelta = FIRST_PAUSE * 2 ** max(attempts - 1, 0)
    return last + pause


@contextmanager
def recorded(
    operation: ProviderCall.Operation,
    payment: Payment,
    *,
    key: UUID | None = None,
    refund: Refund | None = None,
) -> Iterator[ProviderCall]:
    """Around a call; what the block sets as `answer` is kept. Its errors pass on.

    No key where asking twice is the same as asking once.

    Raises ProviderCallInsideTransaction.
    """
    assert_outside_transaction()
    call = ProviderCall.objects.create(
        payment=payment,
        refund=refund,
        provider=payment.provider,
        operation=operation,
        key=str(key or ""),
        started_at=timezone.now(),
    )
    call.outcome = Outcome.ANSWERED
    try:
        yield call
    except (RefundRefused, StartRefused) as refused:
        call.outcome, call.answer = Outcome.REFUSED, str(refused)
        raise
    except ProviderUnavailable as unavailable:
        call.outcome, call.answer = Outcome.UNAVAILABLE, str(unavailable)
        raise
    except BaseException as unexpected:
        call.outcome, call.answer = Outcome.UNAVAILABLE, type(unexpected).__name__
        raise
    finally:
        call.ended_at = timezone.now()
        call.save(update_fields=["outcome", "answer", "ended_at"])


def count_look_up(
    payment: Payment, outcome: ProviderCall.Outcome, answer: str, *, now: datetime
) -> None:
    """Look-ups are many and change nothing: those that ended alike share one row."""
    _call, is_new = ProviderCall.objects.get_or_create(
        payment=payment,
        operation=Operation.LOOK_UP,
        outcome=outcome,
        defaults={
            "provider": payment.provider,
            "answer": answer,
            "started_at": now,
            "ended_at": now,
        },
    )
    if not is_new:
        ProviderCall.objects.filter(
            payment=payment, operation=Operation.LOOK_UP, outcome=outcome
        ).update(times=F("times") + 1, answer=answer, ended_at=now)
