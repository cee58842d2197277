"""What all mails have in common, whatever they tell."""

import re

import pytest
from django.core import mail

from conferences import services as conferences
from payments import refund_results, transitions
from payments import services as payments
from registrations.commands import order as orders
from registrations.commands.cancellation import Wish, cancel_as_registrant
from registrations.models import Notification
from registrations.notifications import WITH_LINK
from tests.registrations.conftest import ATTENDEE, NOW, Summit, minutes, start_payment
from tests.registrations.mail_queue import IN_MEMORY, assign, html_of, parts, run_tasks

DESK = "desk@example.org"
WITHOUT_TIMES = {"cancellation", "seats_cancelled", "refund"}


@pytest.fixture
def mails(make_summit, db, settings, tmp_path) -> dict[str, mail.EmailMessage]:
    """One of each kind, made by what causes it."""
    settings.EMAIL_BACKEND = IN_MEMORY
    settings.EVENT_LEDGER = tmp_path / "ledger"
    summit = make_summit(tax_name="VAT", tax_rate=10)
    conferences.update_conference(
        conference_id=summit.id, changes={"contact_email": DESK}
    )
    cause_every_mail(summit)
    rows = Notification.objects.order_by("pk")
    sent = {row.kind: one for row, one in zip(rows, mail.outbox, strict=True)}
    assert set(sent) == set(Notification.Kind.values)
    return sent


def cause_every_mail(summit: Summit) -> None:
    order = summit.ready((summit.general, 2))
    payment = start_payment(order.pk, provider="invoice")
    run_tasks()
    transitions.complete(payment.pk, now=NOW)
    assign(order, ATTENDEE)
    run_tasks()
    for positions in (frozenset([0]), None):
        cancel_as_registrant(
            Wish(order_id=order.pk, by="registrant", now=NOW, positions=positions)
        )
        run_tasks()
    refund = payments.refunds_of(payment.pk)[0]
    refund_results.record_done(
        refund.pk, expected=[refund.Status(refund.status)], now=NOW
    )
    unpaid = summit.ready((summit.general, 1))
    orders.expire_order(order_id=unpaid.pk, now=NOW + minutes(16))
    run_tasks()


def test_each_is_a_page_of_its_own_that_fits_any_screen(mails):
    for message in mails.values():
        page = html_of(message)
        assert '<html lang="en" dir="ltr">' in page
        assert f"<title>{message.subject}</title>" in page
        assert '<meta name="viewport" content="width=device-width' in page
        assert '<meta name="color-scheme" content="light dark">' in page
        for fetched in ("<img", "<link", "<script", "url(", "src="):
            assert fetched not in page


def test_each_says_in_plain_text_what_its_page_says(mails):
    for message in mails.values():
        page = html_of(message)
        assert "<" not in message.body
        # No gap where a part was left out.
        assert "\n\n\n" not in message.body
        addresses = set(re.findall(r"http://\S+", message.body))
        assert addresses == set(re.findall(r'href="(http[^"]+)"', page))
        amounts = set(re.findall(r"\$[\d.]+", message.body))
        assert amounts == set(re.findall(r"\$[\d.]+", page))


def test_each_names_the_one_to_ask_who_also_gets_the_answers(mails):
    for message in mails.values():
        assert f"Questions? Write to: {DESK}" in message.body
        assert f'<a href="mailto:{DESK}">{DESK}</a>' in html_of(message)
        assert message.reply_to == [DESK]
        assert message.extra_headers["Auto-Submitted"] == "auto-generated"


def test_every_time_and_date_has_its_zone(mails):
    for kind, message in mails.items():
        for part in (message.body, re.sub("<[^>]+>", "", html_of(message))):
            said = [line for line in part.splitlines() if ", 2026" in line]
            assert bool(said) == (kind not in WITHOUT_TIMES)
            assert all("(America/Los Angeles)" in line for line in said)
            assert "Los_Angeles" not in part


def test_links_that_open_the_order_go_to_the_registrant_and_end_alike(mails):
    for kind, message in mails.items():
        has_link = kind in WITH_LINK
        for part in parts(message):
            assert ("/orders/open/" in part) == has_link
            assert ("This link is yours alone" in part) == has_link
            assert ("Show your order" in part) == has_link


def test_tax_is_said_to_be_in_the_total(mails):
    for kind in ("confirmation", "invoice"):
        for part in parts(mails[kind]):
            total = part.partition("Total")[2]
            assert "$398.00" in total
            assert "Included: $36.18 VAT" in total
