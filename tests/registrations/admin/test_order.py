"""Organizers find an order and see everything about it on one page."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from payments import services as payments
from payments import transitions
from registrations.commands import order as orders
from registrations.domain.values import PersonalInfo
from registrations.models import OrderView
from tests.registrations.admin.pages import listing, page, read, rows
from tests.registrations.conftest import NOW, minutes, pay, start_payment


def test_list_shows_order_registrant_status_total_and_time(organizer, seated):
    shown = read(organizer, listing("orderview"))

    assert seated.code in shown
    assert "Registrant One" in shown
    assert "CQRS summit" in shown
    assert "Confirmed" in shown
    assert "$398.00" in shown
    # 10:00 UTC
    assert "Mar 2, 2026, 2:00" in shown
    assert "PST (America/Los Angeles)" in shown


def test_newest_order_comes_first(organizer, summit):
    first = summit.place((summit.general, 1))
    second = summit.place((summit.general, 1), now=NOW + minutes(1))

    assert rows(organizer, "orderview") == [second.code, first.code]


@pytest.mark.parametrize("by", ["code", "code in small letters", "email", "name"])
def test_search(organizer, summit, by):
    order = summit.ready((summit.general, 1))
    other = summit.place((summit.general, 1))
    person = PersonalInfo("Another", "Buyer", "another@example.com")
    orders.assign_registrant(order_id=other.pk, registrant=person, now=NOW)
    query = {
        "code": order.code,
        "code in small letters": order.code.lower(),
        "email": "registrant@example.org",
        "name": "One Registrant",
    }[by]

    assert rows(organizer, "orderview", q=query) == [order.code]


def test_exact_code_comes_first(organizer, summit):
    order = summit.place((summit.general, 1))
    newer = summit.place((summit.general, 1), now=NOW + minutes(5))
    person = PersonalInfo(order.code, "Buyer", "another@example.com")
    orders.assign_registrant(order_id=newer.pk, registrant=person, now=NOW + minutes(6))

    found = rows(organizer, "orderview", q=order.code)

    assert found == [order.code, newer.code]


def test_filters(organizer, needs_attention):
    summit, order = needs_attention()
    (confirmed,) = OrderView.objects.filter(status="confirmed")

    def codes(**query: str) -> list[str]:
        return rows(organizer, "orderview", **query)

    assert codes(status__exact="confirmed") == [confirmed.code]
    assert codes(needs_attention="yes") == [order.code]
    assert codes(needs_attention="no") == [confirmed.code]
    assert codes(returned="yes") == [order.code]
    assert codes(returned="no") == [confirmed.code]
    assert set(codes(conference_id=str(summit.id))) == {order.code, confirmed.code}
    assert codes(placed_at__year="2026", placed_at__month="4") == []


def test_conference_filter_tells_conferences_apart(organizer, make_summit, db):
    first, second = make_summit(), make_summit("second", name="Second summit")
    order = second.place((second.general, 1))
    first.place((first.general, 1))

    assert rows(organizer, "orderview", conference_id=str(second.id)) == [order.code]
    assert "Second summit" in read(organizer, listing("orderview"))


@pytest.mark.parametrize(
    "query",
    [
        {"conference_id": "nonsense"},
        {"conference_id": "00000000-0000-0000-0000-000000000000"},
    ],
)
def test_filter_by_what_does_not_exist_finds_nothing(organizer, seated, query):
    assert rows(organizer, "orderview", **query) == []


def test_page_shows_lines_payments_refunds_and_seats(organizer, make_summit, db):
    summit = make_summit(quotas=(3, 1, 0), tax_name="VAT", tax_rate=10)
    order = summit.place((summit.general, 5), (summit.party, 1))
    shown = read(organizer, page("orderview", order.pk))
    assert f"Order {order.code}" in shown
    assert "General admission 5 3 $199.00 $542.73 $54.27 $597.00 Could not" in shown
    assert "Additional cocktail party 1 0 $50.00 $0.00 $0.00 $0.00 Sold out" in shown
    assert "Total (VAT 10 %) $542.73 $54.27 $597.00" in shown
    assert "No payment was started." in shown

    orders.change_items(order_id=order.pk, items=[(summit.general, 3)], now=NOW)
    person = PersonalInfo("Buyer", "Two", "buyer@example.org")
    orders.assign_registrant(order_id=order.pk, registrant=person, now=NOW)
    rejected = start_payment(order.pk)
    transitions.reject(rejected.pk, now=NOW)
    paid = pay(order.pk)
    payments.request_refund(
        payment_id=paid.pk, amount=None, reason="organizer", now=NOW
    )

    shown = read(organizer, page("orderview", order.pk))
    assert "Buyer Two, buyer@example.org" in shown
    assert "Payment by Sandbox $597.00 Refused" in shown
    assert "Payment by Sandbox $597.00 Paid" in shown
    assert "Refund : Given back by the organizer -$597.00 Requested" in shown
    assert "3 General admission Not assigned yet" in shown


def test_page_shows_attendees_and_mails(organizer, seated, mail):
    shown = read(organizer, page("orderview", seated.pk))

    assert "1 General admission Attendee One attendee@example.org" in shown
    assert "2 General admission Not assigned yet" in shown
    assert "Order confirmed registrant@example.org Failed" in shown


def test_page_tells_what_happened_in_order(organizer, seated):
    shown = read(organizer, page("orderview", seated.pk))

    told = [
        f"Placed under the code {seated.code}: 2 x General admission; held until March",
        "Held: 2 x General admission.",
        "All seats asked for are reserved",
        "Priced: 398.00 USD.",
        "The registrant is Registrant One (registrant@example.org).",
        "A payment of 398.00 USD by Sandbox was started",
        "Paid: 398.00 USD.",
        "Confirmed: 2 x General admission.",
        "Sold: 2 x General admission.",
        "The seats were numbered 1 to 2.",
        "Seat 1 was assigned to Attendee One (attendee@example.org).",
    ]
    places = [shown.find(sentence) for sentence in told]
    assert -1 not in places, told[places.index(-1)]
    assert places == sorted(places)


def test_times_are_in_the_zone_of_the_conference(organizer, seated):
    shown = read(organizer, page("orderview", seated.pk))

    assert "Placed Mar 2, 2026, 2:00" in shown
    assert "held until March 2, 2026, 2:15 a.m. (PST)" in shown


def test_hostile_names_are_text(organizer, summit):
    order = summit.place((summit.general, 1))
    person = PersonalInfo("<script>alert(1)</script>", "x", "x@example.org")
    orders.assign_registrant(order_id=order.pk, registrant=person, now=NOW)

    for address in (listing("orderview"), page("orderview", order.pk)):
        html = organizer.get(address).content.decode()
        assert "<script>alert" not in html
        assert "&lt;script&gt;alert" in html


def test_nothing_can_be_added_changed_or_deleted(owner, administrator, seated):
    for client in (owner, administrator):
        assert client.get(listing("orderview") + "add/").status_code == 403
        address = page("orderview", seated.pk)
        assert client.post(address, {"code": "AAAAAA"}).status_code == 403
        delete = address.replace("/change/", "/delete/")
        assert client.post(delete, {"post": "yes"}).status_code == 403
    assert OrderView.objects.get().code == seated.code


def test_history_of_acts_is_shown(organizer, seated):
    address = page("orderview", seated.pk).replace("/change/", "/history/")

    assert seated.code in read(organizer, address)


def test_list_needs_as_many_queries_for_three_as_for_one(organizer, summit):
    summit.ready((summit.general, 1), (summit.party, 2))
    rows(organizer, "orderview")
    with CaptureQueriesContext(connection) as for_one:
        rows(organizer, "orderview")
    summit.ready((summit.general, 1), (summit.party, 2))
    summit.ready((summit.general, 1), now=NOW + minutes(1))
    with CaptureQueriesContext(connection) as for_three:
        rows(organizer, "orderview")

    assert len(for_three) == len(for_one)
