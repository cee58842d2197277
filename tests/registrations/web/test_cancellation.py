"""Giving seats back: choose, see what it comes to, and get exactly that."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from conferences import services
from payments import disputes
from payments import services as payments
from payments.gateways.base import CallbackFact, Outcome
from registrations.commands import order as orders
from registrations.commands import seat_assignments
from registrations.models import ConferenceView, OrderSeat, OrderView, SeatTypeView
from tests.registrations.conftest import ATTENDEE, NOW, minutes
from tests.registrations.web.conftest import pay

# The conference starts on May 31 in Redmond.
START = "May 31, 2026, 12:00 AM PDT"
TIERS = [
    {"days_before": 30, "percent_kept": Decimal(10)},
    {"days_before": 7, "fee_per_seat": Decimal(25)},
]


@pytest.fixture
def terms(summit) -> None:
    services.set_cancellation_tiers(conference_id=summit.id, tiers=TIERS)


def asked_back(order_id: Any) -> list[Decimal]:
    return [
        refund.amount
        for payment in payments.payments_of(order_id)
        for refund in payments.refunds_of(payment.pk)
    ]


def boxes(page: Any) -> list[str]:
    return [
        field.attributes["value"]
        for field in page.all("input")
        if field.attributes.get("type") == "checkbox"
    ]


def test_terms_are_said_before_one_pays(browser, register, summit, terms):
    first = "until May 1, 2026, 12:00 AM PDT (America/Los Angeles) : 10 % of the price"
    for page in (
        browser.open("/conferences/cqrs-summit/"),
        browser.open(f"/orders/{register((summit.general, 1))}/checkout/"),
    ):
        assert first in page.text
        assert "after that, until May 24, 2026, 12:00 AM PDT" in page.text
        assert "$25.00 for each seat are kept, the rest is given back" in page.text
        assert f"until {START} (America/Los Angeles) : nothing is given back" in (
            page.text
        )


def test_without_tiers_the_terms_are_one_sentence(browser, summit):
    page = browser.open("/conferences/cqrs-summit/")
    assert f"until {START} (America/Los Angeles) : everything you paid for them" in (
        page.text
    )


def test_terms_that_are_over_are_not_said(browser, summit, terms, clock):
    clock.move_to(NOW + timedelta(days=70))
    page = browser.open("/conferences/cqrs-summit/")
    assert "10 %" not in page.text
    assert "until May 24, 2026" in page.text
    clock.move_to(NOW + timedelta(days=90))
    page = browser.open("/conferences/cqrs-summit/")
    assert "Seats can no longer be given back here." in page.text


def test_free_seats_are_given_back_without_a_word_on_money(browser, make_summit, db):
    make_summit("free", prices=("0", "0", "0"))
    page = browser.open("/conferences/free/")
    assert "You can give seats back until" in page.text
    assert "is given back" not in page.text


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


@pytest.mark.parametrize("refund", ["", "1e999", "NaN", "Infinity", "398", "x" * 5000])
def test_amount_that_no_page_said_is_not_taken(browser, confirmed, refund):
    path = f"/orders/{confirmed}/cancel/"
    fields = {"positions": "0", "refund": refund, "currency": "USD"}
    page = browser.fill(fields, path)
    assert "Nothing was cancelled" in page.text
    assert OrderSeat.objects.count() == 3


@pytest.mark.parametrize(
    "positions", ["7", "x", "-1", "0,x", "9" * 40, "٣", "1.0", " 1", "1,,2"]
)
def test_seats_that_are_not_there_are_not_given_back(browser, confirmed, positions):
    path = f"/orders/{confirmed}/cancel/"
    page = browser.open(f"{path}?positions={positions}")
    assert "Some of these seats do not belong to this order any more." in page.text
    assert page.all("title")[0].text.startswith("Error")
    page = browser.fill(
        {"positions": positions, "refund": "0", "currency": "USD"}, path
    )
    assert "Some of these seats do not belong to this order any more." in page.text
    assert OrderSeat.objects.count() == 3


def test_nothing_chosen_is_said(browser, confirmed):
    page = browser.open(f"/orders/{confirmed}/cancel/?chosen=1")
    assert "Choose at least one seat." in page.text
    assert page.all("title")[0].text.startswith("Error")


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
    fact = CallbackFact(
        event_id="disputed-1",
        payment_id=payment.pk,
        order_id=confirmed,
        outcome=Outcome.DISPUTED,
        amount=Decimal(300),
        currency="USD",
        part_reference="dispute-1",
    )
    disputes.take(fact, now=NOW)
    page = browser.open(f"/orders/{confirmed}/cancel/?all=1")
    assert "Not available: your payment is disputed \u2212$300.00" in page.text
    assert "You get back $148.00" in page.text
    browser.submit()
    assert asked_back(confirmed) == [Decimal(148)]
    assert OrderView.objects.get().attention == "refund-disputed"


def test_too_late_has_its_page(browser, confirmed, summit):
    services.update_conference(
        conference_id=summit.id, changes={"cancellation_until": NOW - minutes(1)}
    )
    ConferenceView.objects.update(contact_email="desk@example.org")
    path = f"/orders/{confirmed}/cancel/"
    asked = browser.open(f"{path}?all=1")
    assert asked.all("form") == []
    posted = browser.fill({"positions": "all"}, path)
    for page in (asked, posted):
        assert "Too late to cancel" in page.text
        assert "It is too late to cancel this order here." in page.text
        assert "Please write to the organizer: desk@example.org" in page.text
        assert "Cancel this order?" not in page.text
    assert OrderView.objects.get().status == "confirmed"


def test_order_that_is_not_complete_has_its_page(browser, register, summit):
    order_id = register((summit.general, 1))
    path = f"/orders/{order_id}/cancel/"
    for page in (browser.open(path), browser.fill({"positions": "all"}, path)):
        assert "Nothing to cancel yet" in page.text
        assert page.all("form") == []
    assert OrderView.objects.get().status == "reserved"


def test_expired_order_has_its_page(browser, register, summit, clock):
    order_id = register((summit.general, 1))
    clock.move_to(NOW + minutes(20))
    page = browser.open(f"/orders/{order_id}/cancel/")
    assert "Nothing to cancel" in page.text
    assert "its seats were released" in page.text


def test_cancelled_order_has_its_page(browser, confirmed):
    orders.cancel_order(order_id=confirmed, by="registrant", now=NOW)
    page = browser.open(f"/orders/{confirmed}/cancel/")
    assert "Already cancelled" in page.text
    assert page.all("form") == []


def test_many_seats_are_offered_in_parts(browser, make_summit, db):
    summit = make_summit(quotas=(300, 0, 0))
    services.update_seat_type(
        seat_type_id=summit.general, changes={"max_per_order": 250}
    )
    browser.open("/conferences/cqrs-summit/register/?new")
    browser.choose((summit.general, 130))
    pay(browser)
    order_id = OrderView.objects.get().pk
    assert len(boxes(browser.open(f"/orders/{order_id}/cancel/"))) == 100
    assert len(boxes(browser.open(f"/orders/{order_id}/cancel/?page=2"))) == 30
    page = browser.open(f"/orders/{order_id}/cancel/?all=1")
    assert "and 110 more seats" in page.text
