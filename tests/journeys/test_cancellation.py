"""A registrant gives seats back, by keyboard; an organizer cancels some as well."""

from datetime import datetime
from uuid import UUID

import pytest
from django.utils import timezone
from playwright.sync_api import Browser
from uuid_utils.compat import uuid7

from payments import transitions
from registrations.commands import order as orders
from registrations.commands import order_access, seat_assignments
from registrations.commands import payment as money
from registrations.domain.values import PersonalInfo
from registrations.models import ConferenceView, OrderSeat, OrderView, SeatTypeView
from tests.journeys.browser import Visitor
from tests.journeys.conftest import PASSWORD
from tests.live_site import LiveSite

REGISTRANT = PersonalInfo("Registrant", "One", "registrant@example.org")
ATTENDEE = PersonalInfo("Attendee", "With-a-rather-long-name", "attendee@example.org")


@pytest.fixture
def order(site: LiveSite) -> OrderView:
    """Three conference passes and two tutorials in Prague, paid; one is assigned."""
    now = timezone.now()
    conference = ConferenceView.objects.get(slug="europython-2024")
    types = SeatTypeView.objects.filter(conference=conference)
    bought = [
        (types.get(name="Business Conference").pk, 3),
        (types.get(name="Personal Tutorial").pk, 2),
    ]
    order_id = uuid7()
    orders.place_order(
        order_id=order_id,
        conference_id=conference.pk,
        items=bought,
        now=now,
        registrant=REGISTRANT,
    )
    _pay(order_id, now)
    seat_assignments.assign_seat(
        order_id=order_id, position=0, attendee=ATTENDEE, now=now
    )
    return OrderView.objects.get(pk=order_id)


def _pay(order_id: UUID, now: datetime) -> None:
    payment = money.start_payment(order_id=order_id, provider="sandbox", now=now)
    transitions.complete(payment.pk, now=now)


@pytest.mark.e2e
@pytest.mark.processes
def test_registrant_gives_seats_back(chrome: Browser, site: LiveSite, order: OrderView):
    visitor = Visitor(chrome, site.url)
    page = visitor.page
    page.goto("/conferences/europython-2024/")
    visitor.shoot("terms-of-cancellation")
    page.goto(f"/orders/open/{order_access.issue_link(order.pk, now=timezone.now())}/")
    page.get_by_role("link", name="Cancel this order or some of its seats").click()
    visitor.shoot("cancel-choose")
    page.get_by_role("button", name="See what I get back").click()
    visitor.shoot("cancel-nothing-chosen")

    box = page.get_by_label("Seat 2: Business Conference")
    box.focus()
    page.keyboard.press("Space")
    assert box.is_checked()
    page.get_by_label("Seat 5: Personal Tutorial").check()
    page.get_by_role("button", name="See what I get back").click()
    visitor.shoot("cancel-preview")
    # 605.00 and 200.00, of which 10 percent are kept
    assert "€724.50" in page.inner_text("main")
    page.get_by_role("button", name="Give these seats back").click()
    page.get_by_text("The seats were given back.").wait_for()
    visitor.shoot("cancel-some-done")
    assert OrderSeat.objects.filter(order_id=order.pk).count() == 3

    page.goto(f"/orders/{order.pk}/cancel/?all=1")
    visitor.shoot("cancel-all-preview")
    for address in ("", "?all=1"):
        page.goto(f"/orders/{order.pk}/cancel/{address}")
        page.set_viewport_size({"width": 320, "height": 800})
        visitor._must_fit(f"cancel{address}", 320)

    plain = Visitor(chrome, site.url, javascript=False)
    link = order_access.issue_link(order.pk, now=timezone.now())
    plain.page.goto(f"/orders/open/{link}/")
    plain.page.goto(f"/orders/{order.pk}/cancel/")
    plain.page.get_by_role("link", name="Give all seats back").click()
    plain.page.get_by_role("button", name="Cancel the whole order").click()
    plain.page.get_by_text("This order was cancelled").first.wait_for()
    plain.close()
    page.goto(f"/orders/{order.pk}/")
    visitor.shoot("cancel-all-done")
    page.goto(f"/orders/{order.pk}/cancel/")
    visitor.shoot("cancel-already-cancelled")
    visitor.close()


@pytest.mark.e2e
@pytest.mark.processes
def test_organizer_cancels_seats(chrome: Browser, site: LiveSite, order: OrderView):
    visitor = Visitor(chrome, site.url)
    page = visitor.page
    page.goto("/admin/")
    page.get_by_label("Username").fill("europython-society")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda url: "login" not in url)
    page.goto(f"/admin/registrations/orderview/{order.pk}/change/")
    page.get_by_role("link", name="Cancel order").click()
    visitor.shoot("admin-cancel-choose")
    page.get_by_label("Seat 1: Business Conference").check()
    page.get_by_role("button", name="These seats").click()
    visitor.shoot("admin-cancel-preview")
    page.get_by_label("Give back").fill("9999")
    page.get_by_role("button", name="Cancel seats").click()
    visitor.shoot("admin-cancel-too-much")
    page.get_by_label("Give back").fill("600.00")
    page.get_by_label("Reason").fill("One of them is ill.")
    page.get_by_role("button", name="Cancel seats").click()
    page.get_by_text("The seats are cancelled.").wait_for()
    visitor.shoot("admin-cancel-done")

    organization = f"/admin/conferences/conference/{order.conference_id}/change/"
    page.goto(organization)
    visitor.shoot("admin-cancellation-tiers")
    visitor.close()
