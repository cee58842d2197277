"""From an order's history to the order as it was then."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from eventstore import erasure
from eventstore.models import Event
from registrations.commands import order as orders
from registrations.commands import seat_assignments
from registrations.models import OrderSeat, OrderView
from tests.registrations.admin.pages import page, read, text
from tests.registrations.conftest import ATTENDEE, NOW, REGISTRANT, pay


@pytest.fixture(autouse=True)
def own_ledger(settings, tmp_path) -> None:
    settings.EVENT_LEDGER = tmp_path


@pytest.fixture
def changed(summit) -> OrderView:
    """Placed for two, changed to one, given a registrant, paid, a seat assigned."""
    order = summit.place((summit.general, 2))
    orders.change_items(order_id=order.pk, items=[(summit.party, 1)], now=NOW)
    orders.assign_registrant(order_id=order.pk, registrant=REGISTRANT, now=NOW)
    pay(order.pk)
    seat_assignments.assign_seat(
        order_id=order.pk, position=0, attendee=ATTENDEE, now=NOW
    )
    return OrderView.objects.get(pk=order.pk)


def then(order: OrderView, position: int) -> str:
    return reverse("admin:registrations_orderview_then", args=[order.pk, position])


def links(client: Client, order: OrderView) -> dict[str, str]:
    """Where the page of an order leads to, by what had happened."""
    html = client.get(page("orderview", order.pk)).content.decode()
    found = re.findall(r'href="([^"]*/as-of/\d+/)"\s+aria-label="([^"]*)"', html)
    return {unescape(label).partition(": ")[2]: link for link, label in found}


def as_it_was(client: Client, order: OrderView, after: str) -> str:
    [link] = [to for what, to in links(client, order).items() if what.startswith(after)]
    return read(client, link)


def test_each_entry_leads_to_the_order_as_it_was(organizer, changed):
    placed = as_it_was(organizer, changed, "Priced: 398.00 USD")
    assert "Status Reserved" in placed
    assert "General admission 2 2 $199.00" in placed
    assert "Registrant - Placed" in placed
    assert "$398.00" in placed

    wished = as_it_was(organizer, changed, "Other seats were asked for")
    assert "cocktail party 1 0 0.00 0.00 0.00 0.00 Not decided yet" in wished

    known = as_it_was(organizer, changed, "The registrant is")
    assert "Status Reserved" in known
    assert "Registrant One, registrant@example.org" in known
    assert "General admission" not in known
    assert "$50.00" in known

    confirmed = as_it_was(organizer, changed, "The seat was numbered 1")
    assert "Status Confirmed" in confirmed
    assert "Not assigned yet" in confirmed

    seated = as_it_was(organizer, changed, "Seat 1 was assigned")
    assert "Attendee One attendee@example.org" in seated


def test_it_begins_with_the_first_entry_and_leads_on_step_by_step(organizer, changed):
    address, steps = next(iter(links(organizer, changed).values())), []
    while address:
        html = organizer.get(address).content.decode()
        steps.append(address)
        on = re.search(r'href="([^"]*)" rel="next"', html)
        address = on[1] if on else ""

    assert steps == list(links(organizer, changed).values())
    assert "One step back" not in read(organizer, steps[0])
    assert "One step back" in text(html)
    assert "Placed under the code" in read(organizer, steps[0])


def test_the_last_one_is_the_order_as_it_is(organizer, changed):
    last = read(organizer, list(links(organizer, changed).values())[-1])
    now = read(organizer, page("orderview", changed.pk))

    begin, end = "Status Confirmed", "Seats and attendees"
    assert last[last.index(begin) : last.index(end)] in now


def test_looking_back_changes_nothing(organizer, changed):
    before = list(OrderView.objects.values()), list(OrderSeat.objects.values())
    for address in links(organizer, changed).values():
        assert organizer.post(address).status_code == 405
        organizer.get(address)

    assert (
        list(OrderView.objects.values()),
        list(OrderSeat.objects.values()),
    ) == before
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relpersistence = 't'")
        assert cursor.fetchone() == (0,)


def test_positions_of_other_orders_lead_nowhere(organizer, changed, summit):
    other = summit.place((summit.general, 1))
    foreign = Event.objects.stream(f"order-{other.pk}").get(version=1).position

    assert organizer.get(then(other, foreign)).status_code == 200
    for position in (foreign, 0, 2**62, 2**80):
        assert organizer.get(then(changed, position)).status_code == 404


def test_orders_of_others_were_never_there(organizer, nobody, client, foreign):
    position = Event.objects.stream(f"order-{foreign.order.pk}").get(version=1).position
    address = then(foreign.order, position)

    assert organizer.get(address).status_code == 404
    assert nobody.get(address).status_code in {403, 404}
    assert client.get(address).status_code == 302


def test_viewers_may_look_and_everybody_sees_the_same(
    viewer, administrator, foreign, changed
):
    for address in links(administrator, changed).values():
        assert viewer.get(address).status_code == 200
    assert len(links(administrator, foreign.order)) > 5


def test_who_was_erased_since_is_erased_then_as_well(organizer, changed):
    erasure.erase([REGISTRANT.email], actor="operator")

    known = as_it_was(organizer, changed, "The registrant is somebody who was erased")
    assert "Registrant Erased" in known
    assert "Registrant -" in as_it_was(organizer, changed, "Priced: 398.00 USD")
    now = read(organizer, page("orderview", changed.pk))
    assert "Registrant Erased" in now
    assert "Attendee One" in now

    erasure.erase([ATTENDEE.email], actor="operator")

    seated = as_it_was(organizer, changed, "Seat 1 was assigned")
    assert "somebody who was erased" in seated
    assert "Erased" in seated[seated.index("Seats and attendees") :]
    before = as_it_was(organizer, changed, "The seat was numbered 1")
    assert "Not assigned yet" in before
    for address in links(organizer, changed).values():
        assert "@example.org" not in read(organizer, address)


def test_a_seat_that_an_erased_person_had_left_is_free(organizer, changed):
    seat_assignments.unassign_seat(order_id=changed.pk, position=0, now=NOW)
    erasure.erase([ATTENDEE.email], actor="operator")

    now = read(organizer, page("orderview", changed.pk))
    assert "Seat 1 was taken from somebody who was erased." in now
    assert "Not assigned yet" in now
