"""What each mail says, and nothing about others in it."""

from decimal import Decimal

import pytest
from django.core import mail

from conferences import services as conferences
from payments import refund_results
from payments import services as payments
from registrations import tasks
from registrations.commands import order as orders
from registrations.commands.seat_assignments import unassign_seat
from registrations.domain.values import PersonalInfo
from registrations.models import Notification
from tests.registrations.conftest import (
    ATTENDEE,
    NOW,
    REGISTRANT,
    minutes,
    pay,
    start_payment,
)
from tests.registrations.mail_queue import (
    IN_MEMORY,
    assign,
    body,
    forget_tasks,
    html_of,
    outcome,
    parts,
    queued,
    run_tasks,
)


@pytest.fixture(autouse=True)
def in_memory(settings):
    settings.EMAIL_BACKEND = IN_MEMORY


def test_confirmation_says_what_was_bought_and_where_to_find_it(summit):
    order = summit.confirmed((summit.general, 2), (summit.party, 1))
    run_tasks()

    (message,) = mail.outbox
    assert message.to == [REGISTRANT.email]
    assert message.subject == f"Order {order.code} is confirmed: CQRS summit"
    for part in parts(message):
        assert order.code in part
        assert "CQRS summit" in part
        assert "2 x General admission" in part
        assert "$398.00" in part
        assert "1 x Additional cocktail party" in part
        assert "$448.00" in part
        assert "May 31" in part
        assert "Redmond" in part
        # 10:00 UTC in the zone of the conference
        assert "2" in part
        assert "America/Los" in part
        assert "CQRS Workshop" not in part
        assert "/conferences/cqrs-summit/orders/find/" in part
    assert "PST (America/Los Angeles)" in message.body


def test_link_of_a_confirmation_opens_the_order_and_no_other(summit, client):
    order = summit.confirmed((summit.general, 1))
    run_tasks()
    (message,) = mail.outbox
    (link,) = [word for word in message.body.split() if "/orders/open/" in word]
    path = link.removeprefix("http://localhost:8000")

    assert client.get(path).status_code == 302
    assert client.get(f"/orders/{order.pk}/").status_code == 200
    assert link in html_of(message)


def test_confirmation_of_a_free_order_says_so(make_summit, db):
    summit = make_summit(prices=("0", "500", "50"))
    order = summit.ready((summit.general, 1))
    orders.confirm_free_order(order_id=order.pk, now=NOW)
    run_tasks()

    assert "Free of charge" in mail.outbox[0].body


def test_confirmation_names_the_tax(make_summit, db):
    summit = make_summit(tax_name="VAT", tax_rate=10)
    summit.confirmed((summit.party, 1))
    run_tasks()

    assert "Included: $4.55 VAT" in mail.outbox[0].body


def test_expiry_tells_a_known_registrant_only(summit):
    known, unknown = summit.ready((summit.general, 1)), summit.place((summit.party, 1))
    for order in (known, unknown):
        orders.expire_order(order_id=order.pk, now=NOW + minutes(16))
    run_tasks()

    (message,) = mail.outbox
    assert (message.to, outcome("expiry")) == (
        [REGISTRANT.email],
        [(REGISTRANT.email, "sent")],
    )
    assert message.subject == (
        f"The seats of order {known.code} were released: CQRS summit"
    )
    assert "2:16\u202fAM PST (America/Los Angeles)" in message.body
    assert "/conferences/cqrs-summit/orders/find/" in body(message)


def test_refund_says_how_much_and_why(make_summit, db):
    summit = make_summit(quotas=(1, 0, 0))
    late = summit.paid_too_late((summit.general, 1))
    (refund,) = payments.refunds_of(late.pk)
    forget_tasks()
    refund_results.record_done(
        refund.pk, expected=[refund.Status.REQUESTED], now=NOW + minutes(41)
    )
    assert queued() == ["send_refund_notice"]
    run_tasks()

    (message,) = mail.outbox
    assert message.subject == (
        f"Your money for order {late.reference} is given back: CQRS summit"
    )
    for part in parts(message):
        assert "$199.00" in part
        assert "the seats were gone by then" in part


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("already-paid", "paid already"),
        ("amount-differs", "not what the order costs"),
        ("order-cancelled", "was cancelled"),
        ("order-cancelled-before", "cancelled before your payment came"),
        ("seats-cancelled", "Seats of your order were cancelled"),
        ("organizer", "organizer gives this money back"),
    ],
)
def test_refund_names_each_reason(summit, reason, words):
    order = summit.ready((summit.general, 1))
    payment = pay(order.pk)
    refund = payments.request_refund(
        payment_id=payment.pk, amount=None, reason=reason, now=NOW
    )
    tasks.send_refund_notice(order_id=str(order.pk), refund_id=str(refund.pk))

    assert words in mail.outbox[0].body
    assert words in html_of(mail.outbox[0])


def test_attendee_hears_of_the_seat_and_nothing_of_the_order(summit):
    order = summit.confirmed((summit.general, 2))
    forget_tasks()
    assign(order, ATTENDEE)
    assign(order, PersonalInfo("Other", "Person", "other@example.org"), position=1)
    run_tasks()

    first, second = mail.outbox
    assert (first.to, second.to) == ([ATTENDEE.email], ["other@example.org"])
    assert first.subject == "You have a seat: CQRS summit"
    for part in parts(first):
        assert "Hello Attendee," in part
        assert "General admission" in part
        assert "May 31" in part
        for secret in (order.code, "Registrant", "registrant@", "Other", "199", "open"):
            assert secret not in part


def test_attendee_who_was_replaced_meanwhile_is_not_written_to(summit):
    order = summit.confirmed((summit.general, 1))
    forget_tasks()
    assign(order, ATTENDEE)
    assign(order, PersonalInfo("Other", "Person", "other@example.org"))
    run_tasks()

    assert [message.to for message in mail.outbox] == [["other@example.org"]]


def test_order_that_was_cancelled_meanwhile_is_not_confirmed_by_mail(summit):
    order = summit.confirmed((summit.general, 1))
    assign(order, ATTENDEE)
    orders.cancel_order(order_id=order.pk, by="registrant", now=NOW)
    for task in (
        lambda: tasks.send_confirmation(order_id=str(order.pk)),
        lambda: tasks.send_expiry_notice(order_id=str(order.pk)),
    ):
        task()

    assert mail.outbox == []


def test_one_seat_one_notice_however_often_it_is_taken_back(summit):
    order = summit.confirmed((summit.general, 1))
    for _ in range(3):
        assign(order, ATTENDEE)
        unassign_seat(order_id=order.pk, position=0, now=NOW)
    assign(order, ATTENDEE)
    run_tasks()

    notices = [message for message in mail.outbox if message.to == [ATTENDEE.email]]
    assert len(notices) == 1


def test_who_pays_by_invoice_is_told_what_to_pay(summit):
    conferences.update_conference(
        conference_id=summit.id,
        changes={"payment_instructions": "Some Bank\nAccount 123"},
    )
    order = summit.ready((summit.general, 2))
    invoice = start_payment(order.pk, provider="invoice")
    run_tasks()

    [message] = mail.outbox
    for words in (order.code, "$398.00", "Some Bank", "Account 123", "/orders/open/"):
        assert words in message.body
    assert Notification.objects.get().key == str(invoice.pk)
    assert "/orders/open/hidden" in Notification.objects.get().text


def test_an_invoice_that_no_longer_fits_is_not_sent(summit):
    order = summit.ready((summit.general, 2))
    start_payment(order.pk, provider="invoice")
    orders.change_items(order_id=order.pk, items=[(summit.general, 1)], now=NOW)
    run_tasks()

    assert mail.outbox == []


def test_who_is_cancelled_is_told(summit):
    order = summit.confirmed((summit.general, 1))
    orders.cancel_order(order_id=order.pk, by="organizer", now=NOW, as_organizer=True)
    run_tasks()

    (told,) = [one for one in mail.outbox if "was cancelled" in one.subject]
    assert told.subject == f"Order {order.code} was cancelled: CQRS summit"
    for part in parts(told):
        assert "$199.00 goes back to you." in part


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (40, "$119.40 goes back to you."),
        (100, "No further money is given back for it."),
    ],
)
def test_who_is_cancelled_is_told_what_goes_back(summit, kept, said):
    conferences.set_cancellation_tiers(
        conference_id=summit.id,
        tiers=[{"days_before": 0, "percent_kept": Decimal(kept)}],
    )
    order = summit.confirmed((summit.general, 1))
    orders.cancel_order(order_id=order.pk, by="registrant", now=NOW)
    run_tasks()

    (told,) = [one for one in mail.outbox if "was cancelled" in one.subject]
    for part in parts(told):
        assert said in part


def test_tasks_of_unknown_things_do_nothing(summit):
    order = summit.confirmed((summit.general, 1))
    nowhere = "00000000-0000-0000-0000-000000000000"

    tasks.send_confirmation(order_id=nowhere, something="new")
    tasks.send_refund_notice(order_id=str(order.pk), refund_id=nowhere)
    tasks.send_seat_notice(order_id=str(order.pk), key=f"{nowhere}/0/0")
    tasks.send_again(notification_id=1)

    assert mail.outbox == []
