"""A conference with many people, one of whom leaves traces everywhere."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client as DjangoClient
from django.utils import timezone
from django_q.models import Task
from django_q.tasks import async_task

from payments import disputes
from payments import tasks as payment_tasks
from payments.bank import deciding, statements
from payments.gateways.base import CallbackFact, Outcome
from payments.models import Payment, ProviderCall, ProviderCallback, Refund
from registrations.models import OrderView
from tests.registrations.api.client import Client
from tests.registrations.conftest import Summit
from tests.registrations.mail_queue import run_tasks
from tests.registrations.web.browser import Browser

# Two addresses of one person, whom the operator names, and what else tells of them.
ADDRESS, WORK_ADDRESS = "qvist.canary+one@example.org", "xerxes.two@example.com"
FIRST, LAST = "Qvistina", "O'Canårysson"
SEAT_FIRST, SEAT_LAST = "Zdenqavera", "Wrenquister"
WORK_FIRST, WORK_LAST = "Yxquithgard", "Finchqvaxter"
NOTE = "reached by telephone 0451-9917263"
PAYER = "card holder QVX 4929000011112222"
TRACE = "refused: mailbox qvistbox-7741"
LOGGED = "promised a callback at 0997-1182736"
COMPANY, STREET = "Qvantigrell Wrexham LLC", "77 Xylophquist Lane"
# On the documents that are kept.
PRINTED = {FIRST, LAST, COMPANY, STREET}
CANARIES = {
    COMPANY,
    STREET,
    ADDRESS,
    WORK_ADDRESS,
    FIRST,
    LAST,
    SEAT_FIRST,
    SEAT_LAST,
    WORK_FIRST,
    WORK_LAST,
    NOTE,
    PAYER,
    TRACE,
    LOGGED,
}
# Events hold these, sealed.
IN_EVENTS = {ADDRESS, WORK_ADDRESS, FIRST, LAST, SEAT_FIRST, SEAT_LAST}
IN_EVENTS |= {WORK_FIRST, WORK_LAST, NOTE, COMPANY, STREET}


def person(first: str, last: str, email: str) -> dict[str, str]:
    return {"first_name": first, "last_name": last, "email": email}


def nobody(number: int, role: str = "registrant") -> dict[str, str]:
    return person(f"Nobody{number}", f"Of{role}{number}", f"{role}{number}@example.org")


def by_web(
    summit: Summit,
    registrant: dict[str, str],
    *attendees: dict[str, str],
    billing: dict[str, str] | None = None,
) -> tuple[Browser, UUID]:
    """From the conference's page to seats that are assigned."""
    browser = Browser()
    browser.open(f"/conferences/{summit.slug}/register/?new")
    browser.choose((summit.general, max(len(attendees), 1)))
    order_id = UUID(browser.page.url.split("/")[2])
    browser.fill({**registrant, **(billing or {}), "provider": "sandbox"})
    browser.fill({"outcome": "accepted"})
    browser.open(f"/orders/{order_id}/seats/")
    browser.fill(
        {
            f"seat-{position}-{name}": value
            for position, attendee in enumerate(attendees)
            for name, value in attendee.items()
        }
    )
    return browser, order_id


def by_api(
    summit: Summit, registrant: dict[str, str], *attendees: dict[str, str]
) -> Client:
    items = [{"seat_type": str(summit.general), "quantity": max(len(attendees), 1)}]
    client = Client()
    answer = client.post(
        f"/conferences/{summit.slug}/orders/",
        {"items": items, "registrant": registrant},
        Idempotency_Key=f"first wish of {registrant['email']}",
    )
    assert answer.status_code == 201, answer.content
    client.order, client.token = answer.json(), answer.json()["access_token"]
    started = client.post(client.order_path("payments/"), {"provider": "sandbox"})
    outcome = f"/sandbox/payments/{started.json()['id']}/"
    assert client.post(outcome, {"outcome": "accepted"}).status_code == 200
    for position, attendee in enumerate(attendees):
        seat = client.put(client.order_path(f"seats/{position}/"), attendee)
        assert seat.status_code == 200, seat.content
    return client


@dataclass
class Town:
    """The one who is erased later, with what they left, and whoever sits beside."""

    summit: Summit
    operator: User
    browser: Browser
    order_id: UUID
    settled_order_id: UUID
    neighbour: Client

    @property
    def orders(self) -> set[str]:
        return {str(self.order_id), str(self.settled_order_id)}


def settle(summit: Summit, settings: Any, *, people: int) -> Town:
    """Let so many people register and pay, half of them on pages, half by the API."""
    for number in range(1, people - 1):
        way = by_web if number % 2 else by_api
        way(summit, nobody(number), nobody(number, "attendee"))
    neighbour = by_api(
        summit,
        nobody(99),
        nobody(99, "attendee"),
        # Somebody else's order, and in capitals.
        person(SEAT_FIRST, SEAT_LAST, ADDRESS.upper()),
    )
    registrant = person(FIRST, LAST, ADDRESS)
    browser, order_id = by_web(
        summit,
        registrant,
        person(SEAT_FIRST, SEAT_LAST, ADDRESS),
        person(WORK_FIRST, WORK_LAST, WORK_ADDRESS),
        billing={
            "billing-company": COMPANY,
            "billing-street": STREET,
            "billing-city": "Seattle",
            "billing-country": "US",
        },
    )
    operator = User.objects.create_superuser("operator", "", "password")
    settled = by_api(summit, registrant)
    town = Town(
        summit, operator, browser, order_id, UUID(settled.order["id"]), neighbour
    )
    run_tasks()
    _find_again(town)
    _cancel_and_settle(town, settings)
    _leave_traces(town)
    return town


def _find_again(town: Town) -> None:
    code = OrderView.objects.get(pk=town.order_id).code
    found = Client().post(
        f"/conferences/{town.summit.slug}/orders/find/",
        {"email": ADDRESS, "code": code},
        Idempotency_Key="a key that nobody can guess",
    )
    assert found.status_code == 200, found.content


def _cancel_and_settle(town: Town, settings: Any) -> None:
    """Their other order: the refund fails, and somebody settles it by telephone."""
    settings.SANDBOX_FAILS = "refund"
    admin = DjangoClient()
    admin.force_login(town.operator)
    page = f"/admin/registrations/orderview/{town.settled_order_id}"
    paid = Payment.objects.get(order_id=town.settled_order_id)
    admin.post(f"{page}/cancel/", {"positions": "all", "refund": paid.amount})
    refund = Refund.objects.get(payment__order_id=town.settled_order_id)
    payment_tasks.carry_out_refund(refund_id=str(refund.pk))
    admin.post(f"{page}/settle-by-hand/", {"note": NOTE})
    settings.SANDBOX_FAILS = ""
    refund.refresh_from_db()
    assert refund.note == NOTE


def _import_transfers(town: Town) -> None:
    """One quotes the code of their order, one names their address, one is of others."""
    code = OrderView.objects.get(pk=town.order_id).code
    rows = [
        "Date;Amount;Currency;Purpose;Name;IBAN",
        f"2030-05-02;1.00;USD;seat {code.lower()};{PAYER};DE02120300000000202051",
        f"2030-05-02;2.00;USD;for {ADDRESS};Neighbour;",
        "2030-05-02;3.00;USD;rent;Nobody of the house;",
    ]
    upload = statements.Upload(
        organization_id=town.summit.organization_id,
        file_name="statement.csv",
        content="\n".join(rows).encode(),
    )
    imported = statements.take_in(upload, by="operator", now=timezone.now())
    statements.confirm(imported.pk, by="operator", now=timezone.now())
    assert deciding.work_through(imported.pk, now=timezone.now()) == 0


def _leave_traces(town: Town) -> None:
    """What a mail server, a provider, an organizer and a page might leave behind."""
    order_id = str(town.order_id)
    Task.objects.create(
        id="failed" * 5,
        name="a mail that failed",
        func="registrations.tasks.send_confirmation",
        kwargs={"order_id": order_id},
        result=f"SMTPRecipientsRefused {ADDRESS} {TRACE}",
        started=timezone.now(),
        stopped=timezone.now(),
        success=False,
    )
    async_task(
        "registrations.tasks.send_again", notification_id=0, order_id=order_id, to=LAST
    )
    payment = Payment.objects.get(order_id=town.order_id)
    body = json.dumps({"payment": str(payment.pk), "payer": PAYER, "name": LAST})
    ProviderCallback.objects.filter(payment=payment).update(
        body=body, fact={"amount": "1", "reason": PAYER}
    )
    ProviderCall.objects.create(
        payment=payment,
        provider="sandbox",
        operation="start",
        answer=f"for {PAYER}",
        started_at=timezone.now(),
    )
    # Won in the end, so that all of the money can be given back still.
    for outcome in (Outcome.DISPUTED, Outcome.DISPUTE_WON):
        told = CallbackFact(
            event_id=outcome,
            payment_id=payment.pk,
            order_id=payment.order_id,
            outcome=outcome,
            amount=Decimal(1),
            currency=payment.currency,
            part_reference="dispute-1",
            reason=f"of {PAYER}",
        )
        disputes.take(told, now=timezone.now())
    ProviderCallback.objects.create(
        provider="sandbox",
        event_id="unreadable",
        outcome="",
        verdict="refused",
        received_at=timezone.now(),
        body=f"mail={ADDRESS.replace('@', '%40').replace('+', '%2B')}&who={PAYER}",
    )
    _import_transfers(town)
    town.operator.logentry_set.create(
        content_type_id=None,
        object_id=order_id,
        object_repr=f"{FIRST} {LAST}",
        action_flag=2,
        change_message=f"{WORK_ADDRESS} was {LOGGED}",
    )
    session = DjangoClient().session
    session["typed"] = {"email": ADDRESS, "padding": "x" * 500}
    session.save()
    cache.set("greeting", {"name": FIRST, "email": ADDRESS}, None)
    cache.set("another", "x", None)
