"""Every mail once, after the commit, and an outbox that opens no order."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from registrations import notifications, tasks
from registrations.commands import order as orders
from registrations.domain.values import PersonalInfo
from registrations.models import Notification, OrderAccessToken
from tests.at_once import at_once
from tests.registrations.conftest import ATTENDEE, NOW, REGISTRANT, Summit, pay
from tests.registrations.mail_queue import (
    IN_MEMORY,
    assign,
    forget_tasks,
    outcome,
    queued,
    run_tasks,
)


@pytest.fixture(autouse=True)
def in_memory(settings):
    settings.EMAIL_BACKEND = IN_MEMORY


def test_same_task_twice_is_one_mail(summit):
    order = summit.confirmed((summit.general, 1))

    for _ in range(3):
        tasks.send_confirmation(order_id=str(order.pk))

    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_same_task_in_parallel_is_one_mail(make_summit):
    summit: Summit = make_summit()
    order = summit.confirmed((summit.general, 1))

    def work() -> None:
        tasks.send_confirmation(order_id=str(order.pk))

    assert at_once(*[work] * 4) == [None] * 4
    assert len(mail.outbox) == 1
    assert outcome("confirmation") == [(REGISTRANT.email, "sent")]


def test_rolled_back_command_queues_no_mail(summit):
    order = summit.ready((summit.general, 1))
    before = OrmQ.objects.count()

    with transaction.atomic():
        pay(order.pk)
        assert queued() == ["send_confirmation", "render_document"]
        transaction.set_rollback(True)

    assert OrmQ.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_confirmation_leaves_after_the_commit_only(make_summit):
    summit: Summit = make_summit()
    order = summit.ready((summit.general, 1))
    seen: list[int] = []

    def look() -> None:
        seen.append(OrmQ.objects.count())
        connection.close()

    with transaction.atomic():
        pay(order.pk)
        worker = threading.Thread(target=look)
        worker.start()
        worker.join()

    assert (seen, queued(), mail.outbox) == (
        [0],
        ["send_confirmation", "render_document"],
        [],
    )
    run_tasks()
    assert len(mail.outbox) == 1


# The outbox


def test_outbox_keeps_a_copy_without_the_link(summit):
    summit.confirmed((summit.general, 1))
    run_tasks()

    row = Notification.objects.get()
    (message,) = mail.outbox
    (link,) = [word for word in message.body.split() if "/orders/open/" in word]
    token = link.rstrip("/").rpartition("/")[2]
    assert token not in f"{row.subject}{row.text}{row.html}{row.error}{row.key}"
    assert "/orders/open/hidden/" in row.text
    assert "/orders/open/hidden/" in row.html
    assert row.text == message.body.replace(token, "hidden")
    assert (row.status, row.sent_at is not None) == ("sent", True)


def test_queue_knows_ids_only(summit):
    order = summit.confirmed((summit.general, 1))
    assign(order, ATTENDEE)

    packages = [str(SignedPackage.loads(row.payload)) for row in OrmQ.objects.all()]
    assert "@" not in "".join(packages)


class RefusedByServer:
    """A mail server that is not there."""

    def __init__(self, **_: Any) -> None:
        pass

    def send_messages(self, _: Any) -> int:
        raise ConnectionRefusedError("Connection refused")


@pytest.fixture
def no_mail_server(settings) -> Callable[[], None]:
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.RefusedByServer"

    def repair() -> None:
        settings.EMAIL_BACKEND = working

    return repair


def test_mail_that_was_not_accepted_is_failed_and_can_be_sent_again(
    summit, no_mail_server
):
    summit.confirmed((summit.general, 1))
    run_tasks()
    row = Notification.objects.get()
    assert (row.status, row.error) == ("failed", "Connection refused")

    no_mail_server()
    notifications.queue_again(row.pk)
    notifications.queue_again(row.pk)
    run_tasks()

    row.refresh_from_db()
    assert (row.status, row.error, len(mail.outbox)) == ("sent", "", 1)
    # each time a link of its own
    assert OrderAccessToken.objects.count() == 2


def test_address_that_cannot_be_written_to_is_a_failure(summit):
    order = summit.confirmed((summit.general, 1))
    forget_tasks()
    assign(order, PersonalInfo("Some", "Attendee", f"attendee@{'ä' * 70}.example"))
    run_tasks()

    assert outcome("seat_assigned")[0][1] == "failed"


@pytest.mark.parametrize(
    ("status", "minutes_ago", "sent"),
    [
        ("failed", 0, 1),
        ("claimed", 6, 1),
        ("claimed", 4, 0),
        ("sent", 60, 0),
    ],
)
def test_send_again_is_for_what_nobody_sends_any_more(
    summit, status, minutes_ago, sent
):
    summit.confirmed((summit.general, 1))
    run_tasks()
    mail.outbox.clear()
    Notification.objects.update(
        status=status, claimed_at=timezone.now() - timedelta(minutes=minutes_ago)
    )

    tasks.send_again(notification_id=Notification.objects.get().pk)

    assert len(mail.outbox) == sent


def test_send_again_tells_what_is_true_now(summit, no_mail_server):
    order = summit.confirmed((summit.general, 1))
    tasks.send_confirmation(order_id=str(order.pk))
    no_mail_server()
    orders.cancel_order(order_id=order.pk, by="registrant", now=NOW)

    row = Notification.objects.get()
    tasks.send_again(notification_id=row.pk)

    row.refresh_from_db()
    assert (row.status, mail.outbox) == ("failed", [])
    assert "the order has changed" in row.error
