"""One of a hundred people is erased: nothing of them is left, nothing else has gone."""

import logging
import time
from io import StringIO
from typing import Any

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.db import transaction
from django_q.models import OrmQ

from eventstore.models import Deadline, Erasure, Event, PersonKey
from eventstore.projections import projectors
from eventstore.rebuild import rebuild
from payments import tasks as payment_tasks
from payments.models import Payment, Refund
from registrations import notifications
from registrations.models import IdempotentAnswer, Notification, OrderSeat, OrderView
from tests.erasure.dumps import dump, dump_but_documents, hits, opened, rows
from tests.erasure.town import (
    ADDRESS,
    CANARIES,
    FIRST,
    IN_EVENTS,
    LAST,
    LOGGED,
    NOTE,
    PAYER,
    PRINTED,
    TRACE,
    WORK_ADDRESS,
    Town,
    nobody,
)
from tests.registrations.api.client import Client
from tests.registrations.mail_queue import queued, run_tasks
from tests.waiting import has_to_wait

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = 60


def erase() -> str:
    said = StringIO()
    call_command("persons", "erase", ADDRESS, WORK_ADDRESS, stdout=said)
    return said.getvalue()


@pytest.mark.parametrize("people", [100])
def test_nothing_of_the_erased_one_is_left_and_nobody_else_has_changed(
    town: Town, caplog: Any, people: int
) -> None:
    caplog.set_level(logging.DEBUG)
    assert len({row.email for row in OrderView.objects.all()}) == people
    before, packed = dump(), opened()
    assert hits(CANARIES, before) == CANARIES
    assert hits({ADDRESS, FIRST, LAST}, packed.encode()) == {ADDRESS, FIRST, LAST}
    planted = {PAYER, TRACE, LOGGED}
    stored = repr(list(Event.objects.values_list())).encode()
    assert hits(CANARIES, stored) == set(), "events hold them sealed only"
    assert IN_EVENTS | planted == CANARIES
    rows_before, keys_before = rows(), PersonKey.objects.count()

    began = time.monotonic()
    said = erase()
    after = dump_but_documents()
    assert hits(CANARIES, after) == set()
    assert time.monotonic() - began < SECONDS

    assert hits(CANARIES, dump()) == PRINTED, "documents are kept, and nothing else"
    assert hits(CANARIES, opened().encode()) == set()
    assert hits(CANARIES, caplog.text.encode()) == set()
    assert hits(CANARIES, said.encode()) == set()
    only_theirs_has_changed(town, rows_before)
    # Two addresses, one key of the notes on the order that was settled, and one of the
    # invoice address of the other.
    assert keys_before - PersonKey.objects.count() == 4
    everything_is_right()
    assert hits(CANARIES, dump_but_documents()) == set()


def only_theirs_has_changed(town: Town, before: dict[tuple[str, str], str]) -> None:
    left_alone = {"public.cache", "public.eventstore_personkey"}
    after = rows()
    gone = [key for key in before.keys() - after.keys() if key[0] not in left_alone]
    made = [table for table, _ in after.keys() - before.keys()]
    assert sorted({table for table, _ in gone}) == [
        "public.django_admin_log",
        "public.django_q_ormq",
        "public.django_q_task",
        "public.django_session",
        "public.payments_banktransfer",
        "public.payments_case",
        "public.payments_dispute",
        "public.payments_providercall",
        "public.payments_providercallback",
        "public.payments_refund",
        "public.registrations_idempotentanswer",
        "public.registrations_notification",
        "public.registrations_orderseat",
        "public.registrations_orderview",
    ]
    assert made.count("public.eventstore_erasure") == 1
    assert len(gone) - len(made) == 1, "a session and a task went, an erasure came"
    for table, row in gone:
        if "order_id" in row and "idempotent" not in table:
            is_theirs = any(order in row for order in town.orders)
            assert is_theirs or hits(CANARIES, row.encode()), row


def everything_is_right() -> None:
    call_command("check_invariants", stdout=StringIO())
    call_command("projections", "verify", stdout=StringIO())
    call_command("verify_events", stdout=StringIO())
    for projector in projectors.values():
        if projector.models:
            rebuild(projector, afresh=True)
    call_command("projections", "verify", stdout=StringIO())
    call_command("projections", "confirm", stdout=StringIO())


def test_certificate_says_what_was_done_and_not_to_whom(town: Town) -> None:
    erase()
    (erasure,) = Erasure.objects.all()
    counts = dict(erasure.certificate)
    assert len(counts.pop("signature")) == 128
    assert counts.pop("erased_at")
    assert counts == {
        "keys_destroyed": 4,
        "events_unreadable": 8,
        "rows_projected_again": 8,
        "mails_emptied": 5,
        "documents_kept": 3,
        "api_answers_emptied": 3,
        "provider_messages_emptied": 3,
        "provider_answers_emptied": 2,
        "dispute_reasons_emptied": 1,
        "case_notes_emptied": 2,
        "refund_notes_emptied": 1,
        "transfers_emptied": 2,
        "queued_tasks_dropped": 1,
        "task_rows_emptied": 1,
        "admin_log_entries_emptied": 1,
        "sessions_ended": 1,
        "cache_entries_dropped": 2,
    }


def test_everything_is_shown_to_the_person_before(town: Town) -> None:
    said = StringIO()
    call_command("persons", "export", ADDRESS, WORK_ADDRESS, stdout=said)
    # Events, orders, mails, tasks, messages, log entries: all of it, in plain.
    assert hits(CANARIES, said.getvalue().encode()) == CANARIES
    assert "Nobody" not in said.getvalue()


def test_order_goes_on_without_its_registrant(town: Town) -> None:
    OrmQ.objects.all().delete()
    erase()
    page = town.browser.open(f"/orders/{town.order_id}/")
    assert page.status == 200
    assert hits(CANARIES, page.source.encode()) == set()

    browser = town.browser
    browser.open(f"/orders/{town.order_id}/seats/")
    newcomer = nobody(500, "attendee")
    browser.fill({f"seat-0-{name}": value for name, value in newcomer.items()})
    seats = OrderSeat.objects.filter(order_id=town.order_id).order_by("position")
    assert [seat.email for seat in seats] == [newcomer["email"], ""]

    browser.client.force_login(town.operator)
    admin = f"/admin/registrations/orderview/{town.order_id}/"
    page = browser.open(f"{admin}change/")
    assert page.status == 200
    assert hits(CANARIES, page.source.encode()) == set()
    whole = browser.open(f"{admin}cancel/?all=1").fields
    assert browser.client.post(f"{admin}cancel/", whole).status_code == 302
    for refund in Refund.objects.filter(payment__order_id=town.order_id):
        payment_tasks.carry_out_refund(refund_id=str(refund.pk))
    payment = Payment.objects.get(order_id=town.order_id)
    assert payment.status == Payment.Status.REFUNDED
    # No registrant is left to be told of it. The newcomer was told of the seat only
    # when it was gone.
    run_tasks()
    sent = Notification.objects.exclude(recipient="").filter(order_id=town.order_id)
    assert [(one.kind, one.recipient) for one in sent] == [
        ("seat_cancelled", newcomer["email"])
    ]
    everything_is_right()


def test_queued_mails_to_the_erased_one_are_not_sent(town: Town, mailoutbox: Any):
    mailoutbox.clear()
    town.browser.open(f"/orders/{town.order_id}/seats/")
    form = {f"seat-1-{name}": value for name, value in nobody(1, "attendee").items()}
    town.browser.fill(form | {"seat-0-email": WORK_ADDRESS})
    assert queued().count("send_seat_notice") == 2
    erase()
    run_tasks()
    assert [mail.to for mail in mailoutbox] == [[nobody(1, "attendee")["email"]]]


def test_repeated_request_of_the_erased_one_does_nothing_and_tells_nothing(
    town: Town,
) -> None:
    orders = OrderView.objects.count()
    erase()
    answers = IdempotentAnswer.objects.filter(sealed=b"")
    assert answers.count() == 3
    again = Client().post(
        f"/conferences/{town.summit.slug}/orders/",
        {
            "items": [{"seat_type": str(town.summit.general), "quantity": 1}],
            "registrant": {"first_name": FIRST, "last_name": LAST, "email": ADDRESS},
        },
        Idempotency_Key=f"first wish of {ADDRESS}",
    )
    assert again.status_code == 409
    assert again.json()["code"] == "idempotency-answer-unreadable"
    assert OrderView.objects.count() == orders


def test_second_erasure_finds_nobody(town: Town) -> None:
    erase()
    assert erase() == "Nobody to erase: no key belongs to them.\n"
    assert hits({NOTE}, dump_but_documents()) == set()


class Erasing(EmailBackend):
    """A mail server so slow that the recipient is erased meanwhile."""

    def send_messages(self, messages: Any) -> int:
        erase()
        return len(messages)


def test_mail_under_way_is_not_kept_after_the_erasure(town: Town, settings: Any):
    settings.EMAIL_BACKEND = f"{__name__}.Erasing"
    Notification.objects.filter(kind="confirmation", order_id=town.order_id).delete()
    OrmQ.objects.all().delete()
    notifications.confirmation(town.order_id)
    assert hits(CANARIES, dump_but_documents()) == set()


def test_mail_is_not_begun_while_its_recipient_is_erased(town: Town, mailoutbox: Any):
    Notification.objects.filter(kind="confirmation", order_id=town.order_id).delete()
    mailoutbox.clear()
    with transaction.atomic():
        erase()
        waiting = has_to_wait(lambda: notifications.confirmation(town.order_id))
    waiting.join(10)
    assert mailoutbox == []
    assert hits(CANARIES, dump_but_documents()) == set()


def test_error_of_their_deadline_goes_and_the_deadline_stays(town: Town):
    order_id = open_order(town)
    deadline = Deadline.objects.filter(key=order_id)
    assert deadline.update(error=f"OSError: {ADDRESS}") == 1
    erase()
    assert [one.error for one in deadline] == [""]
    assert hits(CANARIES, dump_but_documents()) == set()


def open_order(town: Town) -> str:
    """Somebody has their address, but has not paid yet."""
    answer = Client().post(
        f"/conferences/{town.summit.slug}/orders/",
        {
            "items": [{"seat_type": str(town.summit.general), "quantity": 1}],
            "registrant": {"first_name": FIRST, "last_name": LAST, "email": ADDRESS},
        },
    )
    return str(answer.json()["id"])
