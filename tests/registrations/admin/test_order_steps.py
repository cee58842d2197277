"""What organizers do with an order: asked first, by role, refusals as sentences."""

import pytest
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ

from payments import refund_results
from payments import services as payments
from registrations.admin.order_steps import STEPS
from registrations.commands import payment as money
from registrations.domain.order_events import OrderAttentionSettled
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


def test_asking_changes_nothing(organizer, needs_attention):
    _summit, order = needs_attention()
    shown = read(organizer, step("retry-refund", order.pk))

    assert "Ask the provider once more to give the money back?" in shown
    assert order.code in shown
    assert reload(order).attention == "refund-failed"


def test_help_for_the_note_is_found_from_its_field(organizer, needs_attention):
    _summit, order = needs_attention()
    html = organizer.get(step("settle-by-hand", order.pk)).content.decode()

    assert 'aria-describedby="id_note_helptext"' in html
    assert '<div class="help" id="id_note_helptext">' in html


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
    do(organizer, "cancel", seated, positions="all", refund="398.00")
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


def test_settling_what_the_bank_sent_back_closes_its_case(organizer, seated):
    """The refund is done, and the payer does not have the money all the same."""
    do(organizer, "cancel", seated, positions="all", refund="398.00")
    (payment,) = payments.payments_of(seated.pk)
    (refund,) = payments.refunds_of(payment.pk)
    done = refund_results.record_done
    assert done(refund.pk, expected=[refund.Status.REQUESTED], now=timezone.now())
    refund_results.show_failure(refund, error="Closed.", now=timezone.now())
    assert reload(seated).attention == "refund-failed"

    answer = do(organizer, "settle-by-hand", seated, note="Sent.")

    assert said(answer) == ["The case is settled."]
    assert reload(seated).attention == ""
    assert not payments.is_unsettled(payment.pk)


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
