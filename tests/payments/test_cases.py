"""Cases open once, close once, open anew when it happens again, and tell of it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from payments import cases, refund_results, services, signals
from payments.gateways.base import Outcome
from payments.models import Case, Payment, Refund
from tests.at_once import many_at_once
from tests.factories.payments import NOW, paid, started
from tests.payments.providers import Provider, deliver

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
Kind = Case.Kind


@pytest.fixture
def closed():
    """What is told of cases that people close."""
    told: list[dict[str, Any]] = []

    def listen(signal: Any, sender: Any, **said: Any) -> None:
        told.append(said)

    signals.case_closed.connect(listen)
    yield told
    signals.case_closed.disconnect(listen)


def failed_refund(payment: Payment | None = None, **wish: Any) -> Refund:
    refund = services.request_refund(
        payment_id=(payment or paid()).pk,
        amount=wish.get("amount"),
        reason=wish.get("reason", "organizer"),
        now=NOW,
    )
    refund_results.record_failed(refund.pk, error="timeout", now=NOW)
    return refund


def kinds(**query: Any) -> list[str]:
    return sorted(Case.objects.filter(**query).values_list("kind", flat=True))


def open_kinds() -> list[str]:
    return kinds(closed_at__isnull=True)


def test_the_same_again_is_one_case():
    payment = paid()
    first = cases.about_payment(Kind.LATE, payment, now=NOW)
    again = cases.about_payment(Kind.LATE, payment, now=LATER)
    assert first == again
    assert Case.objects.get().opened_at == NOW


def test_a_closed_case_opens_anew_when_it_happens_again():
    payment = paid()
    case = cases.about_payment(Kind.LATE, payment, now=NOW, note="first")
    services.close_case(case.pk, by="organizer", note="seen", now=NOW)
    cases.about_payment(Kind.LATE, payment, now=LATER, note="second")
    case.refresh_from_db()
    assert (case.is_open, case.note, case.opened_at) == (True, "second", LATER)
    assert (case.closed_by, case.closing_note) == ("", "")


def test_closing_says_who_when_and_how_and_tells_once(closed):
    payment = paid()
    case = cases.about_payment(Kind.LATE, payment, now=NOW)
    services.close_case(case.pk, by="organizer", note="seen", now=LATER)
    with pytest.raises(services.CaseNotOpen):
        services.close_case(case.pk, by="second", note="me too", now=LATER)
    case.refresh_from_db()
    assert (case.closed_by, case.closing_note, case.closed_at) == (
        "organizer",
        "seen",
        LATER,
    )
    assert closed == [
        {
            "case_id": case.pk,
            "kind": "late",
            "payment_id": payment.pk,
            "order_id": payment.order_id,
            "by": "organizer",
            "note": "seen",
            "closed_at": LATER,
        }
    ]


def test_what_settles_itself_tells_nobody(closed):
    refund = failed_refund()
    assert refund_results.record_done(
        refund.pk, expected=[Refund.Status.FAILED], now=LATER
    )
    assert Case.objects.get().closed_by == cases.ITSELF
    assert closed == []


@pytest.mark.django_db(transaction=True)
def test_of_many_who_close_a_case_at_once_one_does():
    case = cases.about_payment(Kind.LATE, paid(), now=NOW)

    def close(number: int) -> str:
        services.close_case(case.pk, by=f"user-{number}", note="", now=NOW)
        return "closed"

    answers = many_at_once(close, 8)
    assert answers.count("closed") == 1
    assert sum(isinstance(one, services.CaseNotOpen) for one in answers) == 7


def test_retrying_closes_and_failing_again_opens(closed):
    refund = failed_refund()
    services.retry_refund(refund.pk, by="organizer", now=LATER)
    case = Case.objects.get()
    assert (case.is_open, case.closed_by) == (False, "organizer")
    refund_results.record_failed(refund.pk, error="again", now=LATER)
    case.refresh_from_db()
    assert (case.is_open, case.note) == (True, "again")


def test_keeping_the_money_closes_why_it_was_to_go_back_too():
    payment = paid()
    failed_refund(payment, reason="seats-gone")
    assert open_kinds() == ["late", "refund-failed"]
    services.keep_money_of_failed_refund(payment.pk, by="organizer", now=LATER)
    assert kinds(closed_by="organizer") == ["late", "refund-failed"]


def test_a_refund_to_be_made_by_hand_is_a_case_until_it_is_settled():
    payment = paid(provider="invoice")
    refund = services.request_refund(
        payment_id=payment.pk, amount=None, reason="organizer", now=NOW
    )
    assert open_kinds() == ["refund-by-hand"]
    services.settle_refund_by_hand(refund.pk, by="organizer", now=NOW, note="sent")
    case = Case.objects.get()
    assert (case.closed_by, case.closing_note) == ("organizer", "sent")


def test_a_refused_message_that_comes_again_does_not_open_what_was_closed(
    provider: Provider,
):
    """Look-ups repeat themselves each minute while a payment is open."""
    payment = provider.begin()
    other = provider.callback(payment, Outcome.COMPLETED, currency="EUR")
    for _ in range(2):
        with pytest.raises(services.CallbackDisagrees):
            deliver(provider, other)
    case = Case.objects.get()
    services.close_case(case.pk, by="organizer", note="seen", now=NOW)
    with pytest.raises(services.CallbackDisagrees):
        deliver(provider, other)
    assert not Case.objects.get().is_open


def test_refund_for_a_case_happens_once():
    payment = paid()
    case = cases.about_payment(Kind.REFUND_DISPUTED, payment, now=NOW)

    def give_back() -> Refund:
        return services.refund_for_case(
            case.pk,
            payment_id=payment.pk,
            amount=Decimal(7),
            by="organizer",
            note="won",
            now=NOW,
        )

    give_back()
    with pytest.raises(services.CaseNotOpen):
        give_back()
    assert [one.amount for one in services.refunds_of(payment.pk)] == [Decimal(7)]


def test_refund_for_a_case_that_is_too_large_leaves_the_case_open():
    payment = paid()
    case = cases.about_payment(Kind.REFUND_DISPUTED, payment, now=NOW)
    with pytest.raises(services.RefundTooLarge):
        services.refund_for_case(
            case.pk,
            payment_id=payment.pk,
            amount=payment.amount + 1,
            by="organizer",
            note="",
            now=NOW,
        )
    assert open_kinds() == ["refund-disputed"]


def test_what_an_order_needs_attention_for_is_shown_once():
    refund = failed_refund()
    pk = refund.payment_id
    services.show_unsettled(pk, "refund-failed", note="x", now=NOW)
    assert open_kinds() == ["refund-failed"]
    services.show_unsettled(pk, "refund-disputed", note="x", now=NOW)
    services.show_unsettled(pk, "refund-disputed", note="x", now=NOW)
    assert open_kinds() == ["refund-disputed", "refund-failed"]
    services.order_settled(pk, by="organizer", note="done", now=NOW)
    assert open_kinds() == ["refund-failed"]


def test_asking_again_works_whatever_the_state(provider: Provider):
    payment = provider.begin()
    provider.decide(payment, Outcome.COMPLETED)
    assert services.ask_again(payment.pk, now=LATER).status == "completed"
    assert services.ask_again(payment.pk, now=LATER).looked_up_at == LATER
    with pytest.raises(services.PaymentNotFound):
        services.ask_again(started().order_id, now=LATER)
