"""What organizers do with an order: asked first, by role, refusals as sentences."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ

from payments import refund_results
from payments import services as payments
from registrations.admin.order_steps import STEPS
from registrations.commands import payment as money
from registrations.domain.order_events import OrderAttentionSettled, OrderCancelled
from registrations.models import OrderView, SeatTypeView
from registrations.queries.history import order_history
from tests.registrations.admin.pages import page, read, said, step
from tests.registrations.conftest import reload


def do(client: Client, name: str, order: OrderView, **form: str):
    return client.post(step(name, order.pk), form, follow=True)


def refund_statuses(order: OrderView) -> list[str]:
    return [
        refund.status
        for payment in payments.payments_of(order.pk)
        for refund in payments.refunds_of(payment.pk)
    ]


def offered(client: Client, order: OrderView) -> list[str]:
    shown = read(client, page("orderview", order.pk))
    return [name for name, one in STEPS.items() if f" {one.label} " in shown]


def test_asking_changes_nothing(organizer, seated):
    shown = read(organizer, step("cancel", seated.pk))

    assert "Cancel this order?" in shown
    assert seated.code in shown
    assert reload(seated).status == "confirmed"


@pytest.mark.parametrize("role", ["organizer", "owner", "administrator"])
def test_cancelling_gives_seats_and_money_back(request, role, seated, summit):
    client = request.getfixturevalue(role)

    answer = do(client, "cancel", seated)

    assert said(answer) == ["The order is cancelled."]
    assert reload(seated).status == "cancelled"
    assert SeatTypeView.objects.get(pk=summit.general).sold == 0
    assert refund_statuses(seated) == ["requested"]
    cancelled = [
        entry.event
        for entry in order_history(reload(seated))
        if isinstance(entry.event, OrderCancelled)
    ]
    assert [event.cancelled_by for event in cancelled] == [
        "superuser" if role == "administrator" else f"{role}-contoso"
    ]


def test_cancelling_is_logged_and_attributed(organizer, seated):
    do(organizer, "cancel", seated)

    entry = LogEntry.objects.get()
    assert (entry.user.get_username(), entry.object_id, entry.change_message) == (
        "organizer-contoso",
        str(seated.pk),
        "Cancel order",
    )
    shown = read(organizer, page("orderview", seated.pk))
    assert "organizer-contoso Cancelled by organizer-contoso: 2 x General" in shown


def test_cancelling_twice_refunds_once(organizer, seated):
    for _ in range(2):
        do(organizer, "cancel", seated)

    assert refund_statuses(seated) == ["requested"]


def test_refusal_is_a_sentence(organizer, summit):
    order = summit.ready((summit.general, 1))

    answer = do(organizer, "cancel", order)

    assert said(answer) == ["This order is not confirmed yet."]
    assert reload(order).status == "reserved"
    assert LogEntry.objects.count() == 0


@pytest.mark.parametrize("name", ["retry-refund", "confirm-over-quota"])
def test_order_without_a_case_has_nothing_to_settle(organizer, seated, name):
    answer = do(organizer, name, seated)

    assert said(answer) == ["This order does not need attention."]


def test_retrying_asks_the_provider_again(organizer, needs_attention):
    _summit, order = needs_attention()
    OrmQ.objects.all().delete()

    answer = do(organizer, "retry-refund", order)

    assert said(answer) == ["The refund is tried again."]
    assert (refund_statuses(order), OrmQ.objects.count()) == (["requested"], 1)
    assert reload(order).attention == ""


def test_confirming_over_quota_keeps_the_money(organizer, needs_attention):
    summit, order = needs_attention()

    answer = do(organizer, "confirm-over-quota", order)

    assert said(answer) == ["The order is confirmed."]
    assert reload(order).status == "confirmed"
    assert reload(order).attention == ""
    assert refund_statuses(order) == ["withdrawn"]
    (payment,) = payments.payments_of(order.pk)
    assert (payment.status, payment.refundable_amount) == ("completed", payment.amount)
    assert SeatTypeView.objects.get(pk=summit.general).oversold == 1


def test_confirming_over_quota_needs_a_failed_refund(organizer, needs_attention):
    _summit, order = needs_attention()
    (payment,) = payments.payments_of(order.pk)
    (refund,) = payments.refunds_of(payment.pk)
    payments.retry_refund(refund.pk, by="organizer", now=order.placed_at)

    answer = do(organizer, "confirm-over-quota", order)

    assert said(answer) == ["This order does not need attention."]
    assert reload(order).status == "expired"
    assert refund_statuses(order) == ["requested"]


def test_cancelled_order_is_not_confirmed_over_quota(organizer, seated):
    do(organizer, "cancel", seated)
    (payment,) = payments.payments_of(seated.pk)
    (refund,) = payments.refunds_of(payment.pk)
    fail(refund)

    answer = do(organizer, "confirm-over-quota", seated)

    assert said(answer) == ["This order was cancelled."]
    assert refund_statuses(seated) == ["failed"]


def fail(refund: payments.Refund) -> None:
    refund_results.record_failed(
        refund.pk, error="The card is closed.", now=timezone.now()
    )


def test_settling_by_hand_needs_a_note(organizer, needs_attention):
    _summit, order = needs_attention()

    for note in ("", "   "):
        answer = organizer.post(step("settle-by-hand", order.pk), {"note": note})
        assert "This field is required." in answer.content.decode()
    assert reload(order).attention == "refund-failed"

    answer = do(organizer, "settle-by-hand", order, note="Sent by bank transfer.")
    assert said(answer) == ["The case is settled."]
    assert reload(order).attention == ""
    assert refund_statuses(order) == ["done"]
    settled = [
        entry.event
        for entry in order_history(reload(order))
        if isinstance(entry.event, OrderAttentionSettled)
    ]
    assert [(event.settled_by, event.note) for event in settled] == [
        ("organizer-contoso", "Sent by bank transfer.")
    ]


def test_buttons_are_shown_where_they_apply(organizer, viewer, summit, seated):
    open_order = summit.place((summit.party, 1))

    assert offered(organizer, seated) == ["cancel"]
    assert offered(organizer, open_order) == []
    assert offered(viewer, seated) == []


def test_buttons_of_a_case(organizer, needs_attention):
    _summit, order = needs_attention()

    assert offered(organizer, order) == [
        "retry-refund",
        "confirm-over-quota",
        "settle-by-hand",
    ]
    assert "Needs attention: a refund failed. The card is closed." in read(
        organizer, page("orderview", order.pk)
    )
    money.settle_by_hand(
        order_id=order.pk, by="organizer", note="Done.", now=order.placed_at
    )
    assert offered(organizer, order) == []


@pytest.mark.parametrize("name", list(STEPS))
@pytest.mark.parametrize("who", ["viewer", "nobody"])
def test_viewers_and_strangers_do_nothing(request, who, name, needs_attention):
    _summit, order = needs_attention()
    client = request.getfixturevalue(who)

    for method in (client.get, client.post):
        answer = method(step(name, order.pk), {"note": "x"})
        assert answer.status_code == (403 if who == "viewer" else 404)
    assert (reload(order).attention, refund_statuses(order)) == (
        "refund-failed",
        ["failed"],
    )


@pytest.mark.parametrize("name", list(STEPS))
def test_orders_of_others_do_not_exist(organizer, foreign, name):
    for method in (organizer.get, organizer.post):
        assert method(step(name, foreign.order.pk), {"note": "x"}).status_code == 404
    assert reload(foreign.order).status == "confirmed"


@pytest.mark.parametrize("name", list(STEPS))
def test_signed_out_is_sent_to_the_log_in(client, seated, name):
    answer = client.post(step(name, seated.pk))

    assert (answer.status_code, "/login/" in answer["Location"]) == (302, True)
    assert reload(seated).status == "confirmed"


def test_form_of_another_site_is_refused(organizer, seated):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = organizer.cookies

    assert strict.post(step("cancel", seated.pk)).status_code == 403
    assert reload(seated).status == "confirmed"


def test_other_methods_are_refused(organizer, seated):
    assert organizer.put(step("cancel", seated.pk)).status_code == 405
