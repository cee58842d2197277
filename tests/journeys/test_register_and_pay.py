"""What the site promises, seen by the people it is for, in a real browser.

Makes the screenshots of every page in `screenshots/`, which git ignores.
"""

import re
from datetime import UTC, datetime

import pytest
from django.core.management import call_command

from conferences import services
from conferences.models import Conference
from payments.models import Payment
from registrations.models import Notification, OrderView, SeatTypeView
from tests.journeys.browser import Visitor
from tests.journeys.conftest import PASSWORD
from tests.waiting import until

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.processes,
    pytest.mark.django_db(transaction=True),
]
SUMMIT = "cqrs-summit-2012"


def choose(visitor: Visitor, **quantities: int) -> None:
    names = {
        "general": "General admission",
        "workshop": "CQRS Workshop",
        "party": "Additional cocktail party",
    }
    for seat, quantity in quantities.items():
        field = visitor.page.get_by_role("spinbutton", name=re.compile(names[seat]))
        field.fill(str(quantity))


def fill_in(visitor: Visitor, first: str, last: str, email: str) -> None:
    visitor.page.get_by_label("First name").fill(first)
    visitor.page.get_by_label("Last name").fill(last)
    visitor.page.get_by_label("E-mail").fill(email)


def pay_in_sandbox(visitor: Visitor, button: str = "Accept") -> None:
    visitor.page.get_by_role("button", name=re.compile("^Pay ")).click()
    visitor.page.wait_for_url("**/sandbox/**")
    visitor.page.get_by_role("button", name=button).click()


def test_the_whole_way(site, chrome):
    site.start_worker()
    first = Visitor(chrome, site.url)
    code = buy_for_six(first)
    assign_seats(first)
    first.close()
    find_again(Visitor(chrome, site.url), code)
    meet_a_partial_reservation(Visitor(chrome, site.url))
    let_the_hold_end(site, chrome)
    watch_as_organizer(Visitor(chrome, site.url), code)
    meet_what_is_closed(Visitor(chrome, site.url))

    until(lambda: Notification.objects.filter(status="sent").count() >= 7)
    assert site.errors() == ""
    call_command("check_invariants")
    call_command("projections", "verify")


def buy_for_six(visitor: Visitor) -> str:
    page = visitor.page
    page.goto("/")
    visitor.shoot("conferences")
    page.get_by_role("link", name="CQRS summit 2012 conference").click()
    visitor.shoot("conference")
    page.get_by_role("link", name=re.compile("Register")).first.click()
    visitor.shoot("seat-selection")

    page.get_by_role("button", name="Reserve seats").click()
    visitor.shoot("seat-selection-nothing-chosen")

    choose(visitor, general=3, workshop=1, party=2)
    page.get_by_role("button", name="Reserve seats").click()
    page.wait_for_url("**/checkout/")
    assert "1,197.00" in page.inner_text("main")
    visitor.shoot("checkout")

    page.get_by_role("button", name=re.compile("^Pay ")).click()
    visitor.shoot("checkout-nothing-entered")

    fill_in(visitor, "Registrant", "One", "registrant@example.org")
    pay_in_sandbox(visitor, "Reject")
    page.wait_for_url("**/checkout/**")
    visitor.shoot("checkout-payment-refused")

    page.get_by_role("button", name=re.compile("^Pay ")).click()
    page.wait_for_url("**/sandbox/**")
    visitor.shoot("sandbox")
    page.get_by_role("button", name="Accept").click()
    page.wait_for_url("**/thank-you/")
    visitor.shoot("thank-you")
    return str(page.locator(".order-code").first.inner_text())


def assign_seats(visitor: Visitor) -> None:
    page = visitor.page
    page.get_by_role("link", name="Assign seats").click()
    visitor.shoot("assign-seats")
    seats = page.locator("[data-seat]")
    assert seats.count() == 6
    for number in range(6):
        seat = seats.nth(number)
        seat.get_by_label("First name").fill("Attendee")
        seat.get_by_label("Last name").fill(f"Number {number}")
        mail = f"attendee{number}@example.org" if number else "not an address"
        seat.get_by_label("E-mail").fill(mail)
    page.get_by_role("button", name="Save the seats").click()
    visitor.shoot("assign-seats-wrong-address")
    assert seats.nth(5).get_by_label("Last name").input_value() == "Number 5"

    seats.nth(0).get_by_label("E-mail").fill("attendee0@example.org")
    page.get_by_role("button", name="Save the seats").click()
    page.get_by_text("attendee5@example.org").first.wait_for()
    visitor.shoot("order")
    page.goto(page.url + "checkout/")
    visitor.shoot("order-already-completed")
    assert "This order is already complete." in page.inner_text("main")


def find_again(visitor: Visitor, code: str) -> None:
    page = visitor.page
    page.goto(f"/conferences/{SUMMIT}/orders/find/")
    visitor.shoot("find-order")
    page.get_by_label("E-mail").fill("registrant@example.org")
    page.get_by_label("Order code").fill("WRONG1")
    page.get_by_role("button", name="Find my order").click()
    visitor.shoot("find-order-nothing-found")
    page.get_by_label("Order code").fill(code.lower())
    page.get_by_role("button", name="Find my order").click()
    page.wait_for_url(re.compile("/orders/[0-9a-f-]+/$"))
    assert "Number 3" in page.inner_text("main")
    page.get_by_role("link", name=re.compile("Cancel")).first.click()
    visitor.shoot("cancel")
    page.goto("/orders/00000000-0000-7000-8000-000000000000/")
    visitor.shoot("not-found")
    visitor.close()


def meet_a_partial_reservation(visitor: Visitor) -> None:
    workshop = SeatTypeView.objects.get(name="CQRS Workshop")
    services.update_seat_type(seat_type_id=workshop.pk, changes={"quota": 3})
    page = visitor.page
    page.goto(f"/conferences/{SUMMIT}/register/")
    choose(visitor, workshop=2)
    services.update_seat_type(seat_type_id=workshop.pk, changes={"quota": 2})
    page.get_by_role("button", name="Reserve seats").click()
    page.wait_for_url("**/change/**")
    assert "Could not reserve all the requested seats." in page.inner_text("main")
    visitor.shoot("partial-reservation")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/checkout/")
    assert "500.00" in page.inner_text("main")
    services.update_seat_type(seat_type_id=workshop.pk, changes={"quota": 100})
    wait_and_choose_an_invoice(visitor)
    visitor.close()


def wait_and_choose_an_invoice(visitor: Visitor) -> None:
    page = visitor.page
    checkout = page.url
    fill_in(visitor, "Registrant", "Two", "second@example.org")
    page.get_by_role("button", name=re.compile("^Pay ")).click()
    page.wait_for_url("**/sandbox/**")
    payment = Payment.objects.latest("started_at")
    page.goto(payment.return_url)
    visitor.shoot("payment-waiting")
    assert "Waiting for your payment" in page.inner_text("main")

    page.goto(checkout)
    page.get_by_text("Invoice", exact=True).click()
    page.get_by_role("button", name=re.compile("^Pay ")).click()
    page.wait_for_url("**/payments/**")
    visitor.shoot("payment-invoice")
    assert "500.00" in page.inner_text("main")


def meet_what_is_closed(visitor: Visitor) -> None:
    conference = Conference.objects.get(slug=SUMMIT)
    services.unpublish(conference_id=conference.pk)
    page = visitor.page
    page.goto(f"/conferences/{SUMMIT}/")
    visitor.shoot("unpublished")
    assert "not open for registration" in page.inner_text("main")
    page.goto("/orders/find/")
    visitor.shoot("find-order-which-conference")
    services.publish(conference_id=conference.pk, now=datetime.now(UTC))
    visitor.close()


def let_the_hold_end(site, chrome) -> None:
    site.kill_web()
    site.environment["HOLD_SECONDS"] = "8"
    site.start_web()
    party = SeatTypeView.objects.get(name="Additional cocktail party")
    held = party.held
    visitor = Visitor(chrome, site.url)
    page = visitor.page
    page.goto(f"/conferences/{SUMMIT}/register/")
    choose(visitor, party=5)
    page.get_by_role("button", name="Reserve seats").click()
    page.wait_for_url("**/checkout/")
    order = OrderView.objects.latest("placed_at")

    # Nobody asks; how late the worker may be is a proof of the benchmarks.
    until(lambda: OrderView.objects.get(pk=order.pk).status == "expired")
    assert order.hold_expires_at
    assert datetime.now(UTC) >= order.hold_expires_at
    party.refresh_from_db()
    assert party.held == held

    page.reload()
    visitor.shoot("expired")
    assert "released" in page.inner_text("main")
    visitor.close()
    del site.environment["HOLD_SECONDS"]


def watch_as_organizer(visitor: Visitor, code: str) -> None:
    page = visitor.page
    page.goto("/admin/")
    visitor.shoot("admin-log-in")
    page.get_by_label("Username").fill("contoso")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda url: "log" not in url)
    visitor.shoot("admin-index")
    page.goto("/admin/registrations/orderview/")
    visitor.shoot("admin-orders")
    assert code in page.inner_text("#content")
    page.get_by_role("link", name=code).click()
    visitor.shoot("admin-order")
    page.goto("/admin/registrations/orderseat/")
    visitor.shoot("admin-attendees")
    assert "Number 4" in page.inner_text("#content")
    page.goto("/admin/payments/payment/")
    visitor.shoot("admin-payments")
    page.goto("/admin/registrations/notification/")
    visitor.shoot("admin-outbox")
    page.goto("/admin/conferences/conference/")
    visitor.shoot("admin-conferences")
    assert "EuroPython" not in page.inner_text("#content")
    page.get_by_role("link", name="CQRS summit").first.click()
    visitor.shoot("admin-conference")
    visitor.close()
