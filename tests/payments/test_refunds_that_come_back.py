"""Refunds that the bank sends back after all: told in any order, it is shown."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from django.db import transaction

from payments import refund_results, services
from payments.gateways.base import Outcome
from payments.models import Case, Payment, Refund
from tests.factories.payments import NOW
from tests.payments.conftest import Heard
from tests.payments.providers import RemoteProvider, deliver

pytestmark = pytest.mark.django_db
PART = {"part": "their-refund", "amount": "97.00"}
WENT_AND_CAME_BACK = [
    (Outcome.COMPLETED, {}),
    (Outcome.REFUNDED, PART),
    (Outcome.REFUND_FAILED, PART | {"reason": "account closed"}),
]


@pytest.fixture
def remote(settings: Any) -> Iterator[RemoteProvider]:
    with RemoteProvider(settings) as provider:
        yield provider


def tell(
    remote: RemoteProvider, payment: Payment, outcome: Outcome, said: dict[str, str]
) -> str:
    event: dict[str, Any] = {"event": "-".join([outcome, said.get("part", "")])}
    return deliver(remote, remote.callback(payment, outcome, **event | said))


def end_of(payment: Payment) -> Any:
    return (
        [(one.reason, one.status) for one in services.refunds_of(payment.pk)],
        [(one.kind, one.note, one.is_open) for one in payment.cases.all()],
    )


def test_refund_made_at_the_provider_that_comes_back_is_shown(
    remote: RemoteProvider,
):
    payment = remote.begin()
    shown = [("refund-failed", "account closed", True)]
    for order in permutations(WENT_AND_CAME_BACK):
        with transaction.atomic():
            for outcome, said in order:
                tell(remote, payment, outcome, said)
            told = [outcome for outcome, _said in order]
            assert end_of(payment) == ([("provider", "done")], shown), told
            transaction.set_rollback(True)


def test_refund_of_ours_that_comes_back_is_shown_whatever_was_told_first(
    remote: RemoteProvider, heard: Heard
):
    payment = remote.begin()
    tell(remote, payment, *WENT_AND_CAME_BACK[0])
    remote.refunds_take_days = True
    refund = _refund(payment)
    refund_results.carry_out(refund.pk, now=NOW)
    named = {"refund": str(refund.pk), "part": f"remote-{refund.pk}"}
    for order in permutations(WENT_AND_CAME_BACK[1:]):
        with transaction.atomic():
            for outcome, said in order:
                tell(remote, payment, outcome, said | named)
            assert end_of(payment) == (
                [("organizer", "done")],
                [("refund-failed", "account closed", True)],
            )
            assert heard.names[-1] == "refund_failed"
            transaction.set_rollback(True)


def test_failure_of_an_earlier_attempt_says_nothing_of_the_next(
    remote: RemoteProvider, heard: Heard
):
    """Otherwise somebody would give it back by hand as well."""
    payment = remote.begin()
    tell(remote, payment, *WENT_AND_CAME_BACK[0])
    refund = _refund(payment)
    remote.refuse_refunds()
    refund_results.carry_out(refund.pk, now=NOW)
    services.retry_refund(refund.pk, by="organizer", now=NOW)
    remote.refuse_refunds(False)
    remote.refunds_take_days = True
    refund_results.carry_out(refund.pk, now=NOW)

    late = PART | {"refund": str(refund.pk), "part": "the-first-one"}
    assert tell(remote, payment, Outcome.REFUND_FAILED, late) == "duplicate"

    refund.refresh_from_db()
    assert refund.status == "under_way"
    assert not Case.objects.filter(closed_at=None).exists()


def _refund(payment: Payment) -> Refund:
    return services.request_refund(
        payment_id=payment.pk,
        amount=Decimal(97),
        reason=services.ORGANIZER_REASON,
        now=NOW,
    )
