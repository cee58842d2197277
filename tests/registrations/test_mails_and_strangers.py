"""What strangers typed stands in a mail as text, or not at all."""

import pytest
from django.core import mail

from payments import transitions
from registrations.commands import order as orders
from registrations.domain.values import PersonalInfo
from registrations.letters import sayable
from tests.registrations.conftest import NOW, start_payment
from tests.registrations.mail_queue import (
    IN_MEMORY,
    assign,
    body,
    forget_tasks,
    html_of,
    run_tasks,
)

HOSTILE = "<a href=//evil>x</a>"


@pytest.fixture(autouse=True)
def in_memory(settings):
    settings.EMAIL_BACKEND = IN_MEMORY


@pytest.mark.parametrize(
    "name",
    [
        HOSTILE,
        "http://evil.example",
        "evil.example",
        "www evil",
        "evil。example",
        "mail@evil.example",
        "javascript:x",
    ],
)
def test_name_that_would_become_a_link_is_not_repeated(summit, name):
    order = summit.confirmed((summit.general, 1))
    forget_tasks()
    assign(order, PersonalInfo(name, name, "attendee@example.org"))
    run_tasks()

    (message,) = mail.outbox
    assert "evil" not in body(message)
    assert "javascript" not in body(message)
    assert "Hello," in message.body


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Some", "Some"),
        ("J. R.", "J. R."),
        ("Anne-Marie O'Neill", "Anne-Marie O'Neill"),
        ("李", "李"),
        ("Some\r\nBcc: x", ""),
        ("Some\r\n\r\nPay now", "Some Pay now"),
        ("\u202eSome", "Some"),
        ("", ""),
    ],
)
def test_names_are_one_line_of_plain_letters(typed, said):
    assert sayable(typed) == said


def test_apostrophe_is_escaped_in_html_and_plain_in_text(summit):
    order = summit.confirmed((summit.general, 1))
    forget_tasks()
    assign(order, PersonalInfo("D'Arcy & Co", "X", "attendee@example.org"))
    run_tasks()

    (message,) = mail.outbox
    assert "Hello D'Arcy & Co," in message.body
    assert "Hello D&#x27;Arcy &amp; Co," in html_of(message)


def test_conference_name_cannot_break_subject_or_markup(make_summit, db):
    summit = make_summit(name="Summit\n<b>2026</b> " + "x" * 130)
    summit.confirmed((summit.general, 1))
    run_tasks()

    (message,) = mail.outbox
    assert "\n" not in message.subject
    assert len(message.subject) <= 250
    assert "Summit <b>2026</b>" in message.subject
    assert "<b>" not in html_of(message)
    assert "<b>2026</b>" in message.body


@pytest.mark.parametrize("provider", ["sandbox", "invoice"])
def test_plain_text_has_no_markup(summit, provider):
    order = summit.ready((summit.general, 1))
    payment = start_payment(order.pk, provider=provider)
    run_tasks()
    transitions.complete(payment.pk, now=NOW)
    run_tasks()
    orders.cancel_order(order_id=order.pk, by="organizer", now=NOW, as_organizer=True)
    run_tasks()

    assert len(mail.outbox) >= 2
    for message in mail.outbox:
        assert "<" not in message.body
