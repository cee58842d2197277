"""Organizers see which mail went out and send again what did not."""

from datetime import timedelta

import pytest
from django.core import mail as mailbox
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import OrmQ

from conferences.models import Membership, Organization
from registrations.models import Notification
from tests.registrations.admin.pages import listing, page, read, rows, said
from tests.registrations.mail_queue import forget_tasks, queued, run_tasks


def send_again(client, *chosen: Notification):
    form = {"action": "send_again", "_selected_action": [one.pk for one in chosen]}
    return client.post(listing("notification"), form, follow=True)


def test_list_and_filters(organizer, mail):
    shown = read(organizer, listing("notification"))

    assert "Order confirmed registrant@example.org Order confirmed Failed" in shown
    for query in (
        {"status__exact": "failed"},
        {"kind__exact": "confirmation"},
        {"stuck": "yes"},
        {"q": "registrant@"},
    ):
        assert rows(organizer, "notification", **query) == ["Order confirmed"]
    for query in (
        {"status__exact": "sent"},
        {"kind__exact": "refund"},
        {"stuck": "no"},
        {"q": "nobody@"},
    ):
        assert rows(organizer, "notification", **query) == []


def test_markup_of_a_mail_is_shown_as_text(organizer, viewer, mail):
    for client in (organizer, viewer):
        html = client.get(page("notification", mail.pk)).content.decode()
        assert "<script>alert" not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
        assert "Plain text" in html
        assert "Connection refused" in html


def test_failed_mail_is_written_anew_and_sent_by_a_task(organizer, mail):
    forget_tasks()
    answer = send_again(organizer, mail)

    assert said(answer) == ["1 mail is sent again."]
    assert (queued(), mailbox.outbox) == (["send_again"], [])
    run_tasks()
    mail.refresh_from_db()
    assert (mail.status, mail.text == "Plain text") == ("sent", False)
    assert [message.to for message in mailbox.outbox] == [["registrant@example.org"]]


@pytest.mark.parametrize(
    ("status", "minutes_ago", "is_offered"),
    [
        ("failed", 0, True),
        ("claimed", 6, True),
        ("claimed", 1, False),
        ("sent", 9, False),
    ],
)
def test_only_what_nobody_sends_any_more(
    organizer, mail, status, minutes_ago, is_offered
):
    forget_tasks()
    claimed_at = timezone.now() - timedelta(minutes=minutes_ago)
    Notification.objects.update(status=status, claimed_at=claimed_at)

    shown = read(organizer, page("notification", mail.pk))
    answer = send_again(organizer, mail)

    assert ("Send again" in shown) is is_offered
    assert (OrmQ.objects.count() == 1) is is_offered
    assert ("left alone" in said(answer)[0]) is not is_offered


def test_viewers_look_only(viewer, mail):
    forget_tasks()

    assert "Send again" not in read(viewer, page("notification", mail.pk))
    assert "send_again" not in viewer.get(listing("notification")).content.decode()
    send_again(viewer, mail)
    assert OrmQ.objects.count() == 0


def test_mail_of_others_is_not_sent(organizer, foreign):
    forget_tasks()
    send_again(organizer, foreign.notification)

    assert OrmQ.objects.count() == 0


def test_viewer_here_and_organizer_there_acts_there_only(
    organizer, contoso, mail, foreign
):
    """One may see both mails, and mark both, but send only one of them."""
    fabrikam = Organization.objects.get(slug="fabrikam")
    user = Membership.objects.get(organization=contoso).user
    Membership.objects.create(organization=fabrikam, user=user, role="viewer")
    forget_tasks()

    answer = send_again(organizer, mail, foreign.notification)

    assert OrmQ.objects.count() == 1
    assert said(answer)[0] == "1 mail is sent again."
    shown = read(organizer, page("notification", foreign.notification.pk))
    assert "Send again" not in shown


def test_nothing_can_be_changed(owner, mail):
    address = page("notification", mail.pk)

    assert owner.post(address, {"recipient": "x@example.org"}).status_code == 403
    mail.refresh_from_db()
    assert mail.recipient == "registrant@example.org"


def test_list_needs_as_many_queries_for_three_as_for_one(organizer, mail):
    rows(organizer, "notification")
    with CaptureQueriesContext(connection) as for_one:
        rows(organizer, "notification")
    for key in ("second", "third"):
        mail.pk, mail.key = None, key
        mail.save(force_insert=True)
    with CaptureQueriesContext(connection) as for_three:
        assert len(rows(organizer, "notification")) == 3

    assert len(for_three) == len(for_one)
