"""What can be done about a case: offered where it applies, asked, done once."""

from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from payments import cases, disputes, refund_results, services
from payments.gateways.base import Outcome
from payments.models import Case, Refund
from registrations.commands import order as orders
from registrations.commands import payment as money
from registrations.models import OrderView
from tests.factories.payments import fact
from tests.registrations.admin.attention import Kind, do, offered
from tests.registrations.admin.pages import said
from tests.registrations.conftest import NOW, Summit, pay, reload

pytestmark = pytest.mark.django_db


@pytest.fixture
def disputed(summit: Summit) -> Case:
    order = summit.confirmed((summit.general, 1))
    (payment,) = services.payments_of(order.pk)
    opened = fact(payment, Outcome.DISPUTED, part_reference="dp_1", reason="fraudulent")
    disputes.take(opened, now=NOW)
    return Case.objects.get(kind=Kind.DISPUTED)


def test_steps_of_a_dispute(organizer, disputed):
    assert offered(organizer, disputed) == [
        "cancel-without-refund",
        "ask-again",
        "seen",
    ]


def test_steps_are_offered_where_they_apply(organizer, viewer, late):
    _order, of_payment, of_refund = late
    steps = ["confirm-over-quota", "retry-refund", "settle-by-hand"]
    assert offered(organizer, of_payment) == [*steps, "seen"]
    assert offered(organizer, of_refund) == [*steps, "ask-again"]
    for case in (of_payment, of_refund):
        assert offered(viewer, case) == []
        assert do(viewer, "seen", case, note="x").status_code == 403
        services.close_case(case.pk, by="x", note="", now=NOW)
        assert offered(organizer, case) == []


def test_asking_does_nothing(organizer, disputed):
    for name in ("seen", "cancel-without-refund", "ask-again"):
        address = reverse(f"admin:payments_case_{name}", args=[disputed.pk])
        assert organizer.get(address).status_code == 200
    disputed.refresh_from_db()
    assert disputed.is_open


def test_a_decision_wants_a_note_and_counts_once(organizer, disputed):
    answer = do(organizer, "seen", disputed, note=" ")
    assert "This field is required." in answer.content.decode()
    first = do(organizer, "seen", disputed, note="Sent the ticket list.")
    again = do(organizer, "seen", disputed, note="Second click.")
    assert said(first) == ["The case is closed."]
    assert said(again) == ["This case is closed already."]
    disputed.refresh_from_db()
    assert (disputed.closed_by, disputed.closing_note) == (
        "organizer-contoso",
        "Sent the ticket list.",
    )
    entry = LogEntry.objects.get()
    assert (entry.object_id, entry.change_message) == (
        str(disputed.pk),
        "Mark as seen",
    )


def test_a_late_payment_is_marked_as_seen_without_a_note(organizer, late):
    _order, of_payment, _of_refund = late
    assert said(do(organizer, "seen", of_payment)) == ["The case is closed."]


def test_retrying_settles_the_order_too_and_happens_once(organizer, late):
    order, _of_payment, of_refund = late
    assert said(do(organizer, "retry-refund", of_refund)) == [
        "The refund is tried again."
    ]
    assert said(do(organizer, "retry-refund", of_refund)) == [
        "This case is closed already."
    ]
    assert reload(order).attention == ""
    assert Refund.objects.get().status == "requested"
    refund_results.record_failed(Refund.objects.get().pk, error="Again.", now=NOW)
    assert reload(order).attention_note == "Again."
    of_refund.refresh_from_db()
    assert of_refund.is_open


def test_settling_at_the_case_settles_the_order(organizer, late):
    order, _of_payment, of_refund = late
    answer = do(organizer, "settle-by-hand", of_refund, note="By bank transfer.")
    assert said(answer) == ["The refund is settled."]
    assert reload(order).attention == ""
    refund = Refund.objects.get()
    assert (refund.status, refund.settled_by, refund.note) == (
        "done",
        "organizer-contoso",
        "By bank transfer.",
    )


def test_settling_at_the_order_closes_the_case(late):
    order, _of_payment, of_refund = late
    money.settle_by_hand(order_id=order.pk, by="organizer", note="Sent.", now=NOW)
    of_refund.refresh_from_db()
    assert (of_refund.closed_by, of_refund.closing_note) == ("organizer", "Sent.")


@pytest.mark.parametrize("which", [1, 2])
def test_confirming_over_the_quota_ends_both_cases(organizer, late, which):
    order, case = late[0], late[which]
    answer = do(organizer, "confirm-over-quota", case)
    assert said(answer) == ["The order is confirmed."]
    assert reload(order).status == "confirmed"
    assert not Case.objects.filter(closed_at__isnull=True).exists()
    again = do(organizer, "confirm-over-quota", case)
    assert said(again) == ["This case is closed already."]


def test_money_of_a_failed_refund_is_kept_while_the_seats_are(organizer, summit):
    order = summit.confirmed((summit.general, 1))
    (payment,) = services.payments_of(order.pk)
    refund = services.request_refund(
        payment_id=payment.pk, amount=Decimal(9), reason="organizer", now=NOW
    )
    refund_results.record_failed(refund.pk, error="No.", now=NOW)
    case = Case.objects.get()
    assert "keep-money" in offered(organizer, case)
    assert said(do(organizer, "keep-money", case)) == [
        "The refund is withdrawn and the money kept."
    ]
    refund.refresh_from_db()
    assert (refund.status, reload(order).attention) == ("withdrawn", "")


def test_money_is_not_kept_without_seats(organizer, late):
    _order, _of_payment, of_refund = late
    assert "keep-money" not in offered(organizer, of_refund)
    answer = do(organizer, "keep-money", of_refund)
    assert said(answer) == ["There is nothing to do of this kind (any more)."]
    assert Refund.objects.get().status == "failed"


def test_a_disputed_order_is_cancelled_without_a_refund(organizer, disputed):
    order = OrderView.objects.get(pk=disputed.order_id)
    answer = do(organizer, "cancel-without-refund", disputed, note="No objection.")
    assert said(answer) == ["The order is cancelled. Nothing is refunded."]
    assert reload(order).status == "cancelled"
    assert not Refund.objects.exists()
    do(organizer, "cancel-without-refund", disputed, note="Second click.")
    assert not Refund.objects.exists()


def test_what_a_dispute_held_up_is_given_back_once(organizer, disputed):
    payment = disputed.payment
    orders.cancel_order(order_id=payment.order_id, by="registrant", now=NOW)
    held_up = Case.objects.get(kind=Kind.REFUND_DISPUTED)
    assert offered(organizer, held_up) == ["seen"]
    won = fact(payment, Outcome.DISPUTE_WON, part_reference="dp_1")
    disputes.take(won, now=NOW)
    assert offered(organizer, held_up) == ["give-back", "seen"]
    much = do(organizer, "give-back", held_up, amount="1000", note="Won.")
    assert "That is more than what is left." in much.content.decode()
    for _click in range(2):
        do(organizer, "give-back", held_up, amount="199.00", note="Won.")
    assert [refund.amount for refund in Refund.objects.all()] == [Decimal(199)]
    assert reload(OrderView.objects.get(pk=payment.order_id)).attention == ""


def test_the_provider_is_asked_again(organizer, summit):
    payment = pay(summit.ready((summit.general, 1)).pk)
    case = cases.about_payment(Kind.REJECTED_AFTER_PAYMENT, payment, now=NOW)
    answer = do(organizer, "ask-again", case)
    assert said(answer) == [
        "The provider was asked: the answer stands in the story below."
    ]
    payment.refresh_from_db()
    assert payment.looked_up_at is not None


def test_control_each_need_of_an_order_has_a_case(late):
    order, _of_payment, of_refund = late
    view = reload(order)
    assert (view.attention, view.attention_payment_id) == (
        of_refund.kind,
        of_refund.payment_id,
    )
