"""Who gave seats back is told what came of it, and who sat there that he no longer
does."""

from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.db import transaction

from conferences import services as conferences
from eventstore import erasure
from eventstore.models import Event
from payments import transitions
from registrations import tasks
from registrations.commands.cancellation import (
    Wish,
    cancel_as_organizer,
    cancel_as_registrant,
)
from registrations.domain.values import PersonalInfo
from registrations.models import Notification, OrderView
from tests.at_once import at_once
from tests.registrations.conftest import (
    ATTENDEE,
    NOW,
    REGISTRANT,
    Summit,
    start_payment,
)
from tests.registrations.mail_queue import (
    IN_MEMORY,
    assign,
    forget_tasks,
    outcome,
    parts,
    queued,
    run_tasks,
)

OTHER = PersonalInfo("Other", "Person", "other@example.org")
SAME_AS_REGISTRANT = PersonalInfo("Registrant", "One", REGISTRANT.email.upper())


@pytest.fixture(autouse=True)
def outside(settings, tmp_path):
    settings.EMAIL_BACKEND = IN_MEMORY
    settings.EVENT_LEDGER = tmp_path / "ledger"


def give_back(order: OrderView, *positions: int, **more: Any) -> None:
    named = frozenset(positions) if positions else None
    wish = Wish(order_id=order.pk, by="registrant", now=NOW, positions=named)
    if more:
        cancel_as_organizer(wish, **more)
    else:
        cancel_as_registrant(wish)


def to(person: PersonalInfo) -> list[mail.EmailMessage]:
    return [one for one in mail.outbox if one.to == [person.email]]


def seated(summit: Summit) -> OrderView:
    """Two general seats and a party, everybody but the last position assigned."""
    order = summit.confirmed((summit.general, 2), (summit.party, 1))
    assign(order, ATTENDEE)
    assign(order, OTHER, position=1)
    run_tasks()
    mail.outbox.clear()
    return order


# The registrant


def test_some_seats_without_a_refund_are_told(summit):
    conferences.set_cancellation_tiers(
        conference_id=summit.id,
        tiers=[{"days_before": 0, "percent_kept": Decimal(100)}],
    )
    order = seated(summit)
    give_back(order, 0, 2)
    run_tasks()

    (told,) = to(REGISTRANT)
    assert told.subject == f"Seats of order {order.code} were cancelled: CQRS summit"
    for part in parts(told):
        gone, _, kept = part.partition("Your order keeps:")
        for words in ("1 x General admission", "1 x Additional cocktail party"):
            assert words in gone
        assert "1 x General admission" in kept
        assert "cocktail party" not in kept
        assert "No money is given back for them." in part
        assert "goes back" not in part
    assert outcome("seats_cancelled") == [(REGISTRANT.email, "sent")]


def test_some_seats_with_a_refund_say_what_comes_back_and_how(summit):
    order = seated(summit)
    give_back(order, 2)
    run_tasks()

    (told,) = to(REGISTRANT)
    for part in parts(told):
        assert "$50.00 goes back to you. It is returned the way you paid." in part
        assert "No money" not in part


def test_what_was_transferred_is_transferred_back(summit):
    order = summit.ready((summit.general, 2))
    transitions.complete(start_payment(order.pk, provider="invoice").pk, now=NOW)
    give_back(order, 1)
    give_back(order)
    run_tasks()

    told = [one for one in to(REGISTRANT) if "cancelled" in one.subject]
    assert len(told) == 2
    for message in told:
        for part in parts(message):
            assert "$199.00 goes back to you." in part
            assert "The organizer transfers it to your bank account." in part


def test_free_seats_are_given_back_without_a_word_on_money(make_summit, db):
    summit = make_summit(prices=("199", "500", "0"))
    order = summit.confirmed((summit.general, 1), (summit.party, 1))
    give_back(order, 1)
    run_tasks()

    (told,) = [one for one in to(REGISTRANT) if "were cancelled" in one.subject]
    for part in parts(told):
        assert "money" not in part.lower()
        assert "goes back" not in part


@pytest.mark.parametrize("positions", [(), (0,)])
def test_link_opens_the_order_and_stays_out_of_the_outbox(summit, client, positions):
    order = seated(summit)
    give_back(order, *positions)
    run_tasks()

    (told,) = to(REGISTRANT)
    (link,) = [word for word in told.body.split() if "/orders/open/" in word]
    assert client.get(link.removeprefix("http://localhost:8000")).status_code == 302
    assert client.get(f"/orders/{order.pk}/").status_code == 200
    row = Notification.objects.get(recipient=REGISTRANT.email, subject=told.subject)
    assert "/orders/open/hidden/" in row.text
    assert link not in row.text + row.html


def test_whole_order_says_which_seats(summit):
    order = seated(summit)
    give_back(order)
    run_tasks()

    (told,) = to(REGISTRANT)
    assert told.subject == f"Order {order.code} was cancelled: CQRS summit"
    for part in parts(told):
        for words in ("2 x General admission", "1 x Additional cocktail party"):
            assert words in part
        assert "$448.00 goes back to you. It is returned the way you paid." in part


# The attendees


@pytest.mark.parametrize("positions", [(), (0,)])
def test_attendee_hears_of_his_seat_and_nothing_of_the_order(summit, positions):
    order = seated(summit)
    give_back(order, *positions)
    run_tasks()

    (told,) = to(ATTENDEE)
    assert told.subject == "Your seat was cancelled: CQRS summit"
    for part in parts(told):
        assert "Hello Attendee," in part
        assert "General admission" in part
        for secret in (order.code, "Registrant", "registrant@", "Other", "199", "$"):
            assert secret not in part
        assert "/orders/" not in part
    assert len(to(OTHER)) == (0 if positions else 1)


def test_attendee_of_several_seats_gets_one_mail_for_all_of_them(summit):
    order = summit.confirmed((summit.general, 2), (summit.party, 1))
    for position in (0, 2):
        assign(order, ATTENDEE, position=position)
    forget_tasks()
    give_back(order)
    run_tasks()

    (told,) = to(ATTENDEE)
    for part in parts(told):
        assert "Your seats at" in part
        assert part.count("General admission") == 1
        assert "Additional cocktail party" in part


def test_each_cancellation_is_told_on_its_own(summit):
    order = summit.confirmed((summit.general, 3))
    for position in range(3):
        assign(order, ATTENDEE, position=position)
    forget_tasks()
    for position in range(3):
        give_back(order, position)
    run_tasks()

    assert [len(to(ATTENDEE)), len(to(REGISTRANT))] == [3, 3]


def test_registrant_on_a_seat_is_told_as_the_registrant_only(summit):
    order = summit.confirmed((summit.general, 2))
    assign(order, SAME_AS_REGISTRANT)
    forget_tasks()
    give_back(order, 0)
    give_back(order)
    run_tasks()

    assert [one.subject for one in mail.outbox] == [
        f"Seats of order {order.code} were cancelled: CQRS summit",
        f"Order {order.code} was cancelled: CQRS summit",
    ]


def test_who_left_before_is_not_written_to(summit):
    order = seated(summit)
    assign(order, OTHER)
    run_tasks()
    mail.outbox.clear()
    give_back(order)
    run_tasks()

    assert (to(ATTENDEE), len(to(OTHER))) == ([], 1)


# Once, after it, and never to who was erased


def cancellation_tasks(order: OrderView) -> None:
    """All of them for every event of the order, as if each had been queued again."""
    for stored in Event.objects.filter(stream__endswith=str(order.pk)):
        values = {"order_id": str(order.pk), "event_id": str(stored.id)}
        tasks.send_seats_cancellation(**values, something="new")
        tasks.send_attendee_cancellations(**values, something="new")
    tasks.send_cancellation(order_id=str(order.pk))


def test_tasks_that_run_again_send_nothing(summit):
    order = seated(summit)
    give_back(order, 0)
    give_back(order)
    run_tasks()
    sent = len(mail.outbox)
    assert sent == 4

    cancellation_tasks(order)
    assert len(mail.outbox) == sent


@pytest.mark.django_db(transaction=True)
def test_tasks_in_parallel_send_each_mail_once(make_summit):
    order = seated(make_summit())
    give_back(order, 0)
    forget_tasks()

    assert at_once(*[lambda: cancellation_tasks(order)] * 4) == [None] * 4
    told = sorted(one.to[0] for one in mail.outbox)
    assert told == [ATTENDEE.email, REGISTRANT.email]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_queued_if_it_is_rolled_back_nor_sent_before_the_commit(
    make_summit,
):
    order = seated(make_summit())
    with transaction.atomic():
        give_back(order, 0)
        mails = [name for name in queued() if name.startswith("send_")]
        transaction.set_rollback(True)

    assert mails == ["send_attendee_cancellations", "send_seats_cancellation"]
    assert (queued(), mail.outbox) == ([], [])


@pytest.mark.parametrize("positions", [(), (0,)])
@pytest.mark.parametrize("erased", [ATTENDEE, REGISTRANT])
def test_who_was_erased_is_not_written_to(summit, positions, erased):
    order = seated(summit)
    give_back(order, *positions)
    erasure.erase([erased.email], actor="operator")
    run_tasks()

    told = {ATTENDEE.email, REGISTRANT.email, OTHER.email} - {erased.email}
    if positions:
        told.remove(OTHER.email)
    assert sorted(one.to[0] for one in mail.outbox) == sorted(told)
    # No row for them either, not even one that failed for want of an address.
    rows = Notification.objects.filter(kind__in=["seat_cancelled", "seats_cancelled"])
    assert not rows.filter(recipient="").exists()
