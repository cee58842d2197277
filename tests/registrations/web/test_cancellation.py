"""Giving seats back: choose, see what it comes to, and get exactly that."""

from datetime import timedelta
from decimal import Decimal

import pytest

from conferences import services
from payments import disputes
from payments import services as payments
from payments.gateways.base import Outcome
from registrations.commands import seat_assignments
from registrations.models import OrderSeat, OrderView, SeatTypeView
from tests.factories.payments import fact
from tests.registrations.conftest import ATTENDEE, NOW
from tests.registrations.web.cancelling import TIERS, asked_back, boxes
from tests.registrations.web.conftest import pay


def test_seats_are_offered_with_who_sits_there_unassigned_ones_first(
    browser, confirmed, summit
):
    seat_assignments.assign_seat(
        order_id=confirmed, position=0, attendee=ATTENDEE, now=NOW
    )
    page = browser.open(f"/orders/{confirmed}/cancel/")
    assert boxes(page) == ["1", "2", "0"]
    assert "Attendee One, attendee@example.org" in page.text
    assert OrderView.objects.get().status == "confirmed"


def test_preview_says_to_the_cent_what_goes_back(browser, confirmed, terms):
    page = browser.open(f"/orders/{confirmed}/cancel/?positions=0&positions=2")
    for text in (
        "Give these seats back?",
        "Additional cocktail party Not assigned",
        "1 \u00d7 General admission $199.00",
        "The organizer keeps \u2212$24.90",
        "You get back $224.10",
        "Your order costs then $199.00",
        "10 % of the price is kept, the rest is given back",
    ):
        assert text in page.text
    assert page.fields["positions"] == "0,2"
    assert page.fields["refund"] == "224.10"


def test_what_was_confirmed_is_what_happens(browser, confirmed, summit, terms):
    browser.open(f"/orders/{confirmed}/cancel/?positions=0&positions=2")
    page = browser.submit()
    assert page.url == f"/orders/{confirmed}/"
    assert "The seats were given back." in page.text
    assert "Of seats that were given back, $24.90 are kept by the terms." in page.text
    assert "Additional cocktail party" not in page.text
    assert asked_back(confirmed) == [Decimal("224.10")]
    assert list(OrderSeat.objects.values_list("position", flat=True)) == [1]
    order = OrderView.objects.get()
    assert (order.status, order.total.amount) == ("confirmed", Decimal("199.00"))
    assert SeatTypeView.objects.get(pk=summit.general).sold == 1
    assert SeatTypeView.objects.get(pk=summit.party).sold == 0


def test_all_seats_are_given_back_at_once(browser, confirmed, terms):
    page = browser.open(f"/orders/{confirmed}/cancel/?all=1")
    assert "Cancel this order?" in page.text
    assert "You get back $403.20" in page.text
    page = browser.submit()
    assert "This order was cancelled" in page.text
    assert OrderView.objects.get().status == "cancelled"
    assert asked_back(confirmed) == [Decimal("403.20")]


def test_one_seat_needs_no_choice(browser, register, summit):
    order_id = register((summit.general, 1))
    pay(browser)
    page = browser.open(f"/orders/{order_id}/cancel/")
    assert "Cancel this order?" in page.text
    assert "Choose other seats" not in page.text


def test_second_click_changes_nothing(browser, confirmed, terms):
    path = f"/orders/{confirmed}/cancel/"
    fields = browser.open(f"{path}?positions=1").fields
    for _ in range(2):
        page = browser.fill(fields, path)
        assert page.url == f"/orders/{confirmed}/"
        assert "The seats were given back." in page.text
    assert asked_back(confirmed) == [Decimal("179.10")]
    assert OrderSeat.objects.count() == 2


def test_second_click_on_the_whole_order_changes_nothing(browser, confirmed):
    path = f"/orders/{confirmed}/cancel/"
    fields = browser.open(f"{path}?all=1").fields
    for _ in range(2):
        page = browser.fill(fields, path)
        assert page.url == f"/orders/{confirmed}/"
        assert "This order was cancelled" in page.text
    assert asked_back(confirmed) == [Decimal("448.00")]


def test_time_that_passed_shows_the_new_amount_and_does_nothing(
    browser, confirmed, summit, clock
):
    tiers = [TIERS[1], {"days_before": 89, "percent_kept": Decimal(10)}]
    services.set_cancellation_tiers(conference_id=summit.id, tiers=tiers)
    page = browser.open(f"/orders/{confirmed}/cancel/?positions=0")
    assert "You get back $179.10" in page.text
    clock.move_to(NOW + timedelta(days=1))
    page = browser.submit()
    assert page.url == f"/orders/{confirmed}/cancel/"
    assert "Nothing was cancelled: what you get back has changed" in page.text
    assert "You get back $174.00" in page.text
    assert asked_back(confirmed) == []
    assert OrderSeat.objects.count() == 3

    browser.submit()
    assert asked_back(confirmed) == [Decimal("174.00")]


@pytest.mark.parametrize("which", ["all=1", "positions=0"])
def test_policy_that_changed_shows_the_new_amount_and_does_nothing(
    browser, confirmed, summit, which
):
    browser.open(f"/orders/{confirmed}/cancel/?{which}")
    services.set_cancellation_tiers(conference_id=summit.id, tiers=TIERS)
    page = browser.submit()
    assert "Nothing was cancelled" in page.text
    assert "The organizer keeps" in page.text
    assert OrderView.objects.get().status == "confirmed"
    assert asked_back(confirmed) == []


def test_seats_given_back_before_are_not_offered(browser, confirmed):
    browser.open(f"/orders/{confirmed}/cancel/?positions=0")
    browser.submit()
    assert boxes(browser.open(f"/orders/{confirmed}/cancel/")) == ["1", "2"]
    page = browser.open(f"/orders/{confirmed}/cancel/?positions=0&positions=1")
    assert "Some of these seats do not belong to this order any more." in page.text


def test_what_the_organizer_gave_back_before_does_not_go_back_again(browser, confirmed):
    (payment,) = payments.payments_of(confirmed)
    payments.request_refund(
        payment_id=payment.pk, amount=Decimal(400), reason="organizer", now=NOW
    )
    page = browser.open(f"/orders/{confirmed}/cancel/?all=1")
    assert "Already given back to you \u2212$400.00" in page.text
    assert "You get back $48.00" in page.text
    browser.submit()
    assert asked_back(confirmed) == [Decimal(400), Decimal(48)]


def test_disputed_money_is_not_promised(browser, confirmed):
    (payment,) = payments.payments_of(confirmed)
    told = fact(
        payment, Outcome.DISPUTED, amount=Decimal(300), part_reference="dispute-1"
    )
    disputes.take(told, now=NOW)
    page = browser.open(f"/orders/{confirmed}/cancel/?all=1")
    assert "Not available: your payment is disputed \u2212$300.00" in page.text
    assert "You get back $148.00" in page.text
    browser.submit()
    assert asked_back(confirmed) == [Decimal(148)]
    assert OrderView.objects.get().attention == "refund-disputed"


def test_many_seats_are_offered_in_parts(browser, make_summit, db):
    summit = make_summit(quotas=(300, 0, 0))
    services.update_seat_type(
        seat_type_id=summit.general, changes={"max_per_order": 250}
    )
    browser.open("/conferences/cqrs-summit/register/?new")
    browser.choose((summit.general, 130))
    pay(browser)
    order_id = OrderView.objects.get().pk
    page = browser.open(f"/orders/{order_id}/cancel/")
    assert len(boxes(page)) == 100
    assert {"?page=2", f"/orders/{order_id}/"} <= set(page.links)
    page = browser.open(f"/orders/{order_id}/cancel/?page=2")
    assert len(boxes(page)) == 30
    assert "?page=1" in page.links
    page = browser.open(f"/orders/{order_id}/cancel/?all=1")
    assert "and 110 more seats" in page.text
