"""An organizer cancels an order or some of its seats, and gives back what he likes."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.test import Client

from conferences import services
from eventstore.models import Event
from payments import services as payments
from registrations.commands import order as orders
from registrations.domain.order_events import OrderCancelled, OrderSeatsCancelled
from registrations.models import OrderSeat, OrderView, SeatTypeView
from registrations.queries.history import order_history
from tests.registrations.admin.pages import page, read, said, step
from tests.registrations.conftest import NOW, reload


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """Sessions last as long as the clock stands still."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def terms(summit) -> None:
    tiers = [{"days_before": 0, "percent_kept": Decimal(10)}]
    services.set_cancellation_tiers(conference_id=summit.id, tiers=tiers)


def cancel(client: Client, order: OrderView, refund: str, **form: str) -> Any:
    fields = {"positions": "all", "refund": refund, **form}
    return client.post(step("cancel", order.pk), fields, follow=True)


def asked_back(order: OrderView) -> list[Decimal]:
    return [
        refund.amount
        for payment in payments.payments_of(order.pk)
        for refund in payments.refunds_of(payment.pk)
    ]


def told(order: OrderView, kind: type) -> list[Any]:
    history = order_history(reload(order))
    return [entry.event for entry in history if isinstance(entry.event, kind)]


def test_seats_are_offered_with_who_sits_there(organizer, seated):
    shown = read(organizer, step("cancel", seated.pk))

    assert "Cancel this order, or some of its seats?" in shown
    assert "Seat 1: General admission" in shown
    assert reload(seated).status == "confirmed"


def test_preview_proposes_what_the_terms_say(organizer, seated, terms, whole):
    shown = read(organizer, step("cancel", seated.pk), all="1")

    assert "Cancel this order? Its seats go back on sale at once." in shown
    assert f"Price of these seats ${whole}" in shown
    kept = (whole * Decimal("0.1")).quantize(Decimal("0.01"))
    assert f"Kept by the terms ${kept} 10 % of the price is kept until 0 days" in shown
    assert f"Given back by the terms ${whole - kept}" in shown
    answer = organizer.get(step("cancel", seated.pk), {"all": "1"})
    assert answer.context["form"].initial["refund"] == str(whole - kept)
    assert reload(seated).status == "confirmed"


@pytest.fixture
def whole(seated: OrderView) -> Decimal:
    return seated.total.amount


@pytest.mark.parametrize("role", ["organizer", "owner", "administrator"])
def test_cancelling_gives_seats_and_money_back(request, role, seated, summit, whole):
    client = request.getfixturevalue(role)

    answer = cancel(client, seated, str(whole))

    assert said(answer) == ["The order is cancelled."]
    assert reload(seated).status == "cancelled"
    assert SeatTypeView.objects.get(pk=summit.general).sold == 0
    assert asked_back(seated) == [whole]
    assert [event.cancelled_by for event in told(seated, OrderCancelled)] == [
        "superuser" if role == "administrator" else f"{role}-contoso"
    ]


def test_any_amount_up_to_what_was_paid_goes_back(organizer, seated, terms, whole):
    cancel(organizer, seated, "12.34", note="Goodwill.")

    assert asked_back(seated) == [Decimal("12.34")]
    (event,) = told(seated, OrderCancelled)
    assert (event.refund_amount, event.kept_amount, event.note) == (
        Decimal("12.34"),
        whole - Decimal("12.34"),
        "Goodwill.",
    )
    shown = read(organizer, page("orderview", seated.pk))
    assert f"12.34 USD goes back, {whole - Decimal('12.34')} USD is kept. Good" in shown


def test_reason_is_sealed_like_all_that_may_name_somebody(organizer, seated):
    cancel(organizer, seated, "10.00", positions="1", note="Somebody is ill.")
    cancel(organizer, seated, "10.00", note="Somebody else too.")

    stored = Event.objects.filter(stream=f"order-{seated.pk}", data__has_key="note")
    notes = [event.data["note"] for event in stored]
    assert [sorted(note) for note in notes] == [["person", "sealed"]] * 2
    assert [event.note for event in told(seated, OrderCancelled)] == [
        "Somebody else too."
    ]


def test_nothing_goes_back_where_the_organizer_says_so(organizer, seated):
    cancel(organizer, seated, "0")

    assert reload(seated).status == "cancelled"
    assert asked_back(seated) == []


@pytest.mark.parametrize("refund", ["too much", "-1", "0.001", "", "x"])
def test_amounts_that_are_not_there_are_refused(organizer, seated, whole, refund):
    typed = str(whole + 1) if refund == "too much" else refund
    answer = cancel(organizer, seated, typed)

    assert "refund" in answer.context["form"].errors
    assert reload(seated).status == "confirmed"
    assert asked_back(seated) == []


def test_what_went_back_before_is_no_longer_there(organizer, seated, whole):
    (payment,) = payments.payments_of(seated.pk)
    payments.request_refund(
        payment_id=payment.pk, amount=Decimal(100), reason="organizer", now=NOW
    )
    assert "refund" in cancel(organizer, seated, str(whole)).context["form"].errors
    cancel(organizer, seated, str(whole - 100))
    assert sum(asked_back(seated)) == whole


def test_some_seats_are_cancelled_and_the_others_stay(organizer, seated, summit, whole):
    answer = organizer.get(step("cancel", seated.pk), {"chosen": "1", "positions": "1"})
    assert "Cancel these seats?" in answer.content.decode()
    answer = cancel(organizer, seated, "50.00", positions="1")

    assert said(answer) == ["The seats are cancelled."]
    left = OrderSeat.objects.filter(order_id=seated.pk).order_by("position")
    assert 1 not in left.values_list("position", flat=True)
    assert reload(seated).status == "confirmed"
    (event,) = told(seated, OrderSeatsCancelled)
    assert (event.positions, event.refund_amount) == ([1], Decimal("50.00"))
    assert asked_back(seated) == [Decimal("50.00")]
    shown = read(organizer, page("orderview", seated.pk))
    assert "Seats cancelled by organizer-contoso: 1 x General admission (2)" in shown


@pytest.mark.parametrize("positions", ["9", "x", "1,", "0,9"])
def test_seats_that_are_not_there_are_refused(organizer, seated, positions):
    answer = cancel(organizer, seated, "1.00", positions=positions)

    assert "Some of these seats do not belong to this order any more." in (
        answer.content.decode()
    )
    assert reload(seated).status == "confirmed"


def test_nothing_chosen_is_said(organizer, seated):
    shown = read(organizer, step("cancel", seated.pk), chosen="1")

    assert "Choose at least one seat." in shown


def test_it_is_never_too_late_for_the_organizer(organizer, seated, summit, whole):
    services.update_conference(
        conference_id=summit.id, changes={"cancellation_until": NOW}
    )
    cancel(organizer, seated, str(whole))

    assert reload(seated).status == "cancelled"


def test_cancelling_is_logged_and_attributed(organizer, seated, whole):
    cancel(organizer, seated, str(whole))

    entry = LogEntry.objects.get()
    assert (entry.user.get_username(), entry.object_id, entry.change_message) == (
        "organizer-contoso",
        str(seated.pk),
        "Cancel order",
    )
    shown = read(organizer, page("orderview", seated.pk))
    assert "organizer-contoso Cancelled by organizer-contoso: 2 x General" in shown


def test_second_click_refunds_once(organizer, seated, whole):
    for _ in range(2):
        answer = cancel(organizer, seated, "50.00", positions="1")
        assert said(answer) == ["The seats are cancelled."]
    assert asked_back(seated) == [Decimal("50.00")]
    for _ in range(2):
        cancel(organizer, seated, str(whole - 50))
    assert sum(asked_back(seated)) == whole


@pytest.mark.parametrize("state", ["open", "cancelled"])
def test_order_that_cannot_be_cancelled_is_a_sentence(organizer, summit, state):
    order = summit.ready((summit.general, 1))
    sentence = "This order is not confirmed yet."
    if state == "cancelled":
        order = summit.confirmed((summit.general, 2))
        orders.cancel_order(order_id=order.pk, by="registrant", now=NOW)
        sentence = "This order was cancelled."

    for query in ({}, {"all": "1"}):
        answer = organizer.get(step("cancel", order.pk), query, follow=True)
        assert said(answer) == [sentence]
    assert LogEntry.objects.count() == 0
