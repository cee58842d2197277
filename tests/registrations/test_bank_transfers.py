"""An imported transfer and the order it is for: confirmed, late, of another amount."""

from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command

from conferences import services as conferences
from payments.bank import assigning, deciding, progress, statements
from payments.bank.assigning import Decision
from payments.models import BankTransfer, Payment, Refund
from registrations.commands import order as orders
from registrations.models import ConferenceView, OrderView
from tests.payments.bank.files import OURS, camt, details, entry, paying
from tests.registrations.conftest import (
    NOW,
    Summit,
    minutes,
    new_summit,
    reload,
    start_payment,
)
from tests.registrations.mail_queue import run_tasks

pytestmark = pytest.mark.django_db
ACCOUNT: dict[str, Any] = {
    "account_holder": "Contoso GmbH",
    "iban": OURS,
    "bic": "COBADEFFXXX",
}


@pytest.fixture
def fair() -> Summit:
    """Paid in euros, to an account of its own."""
    return new_summit("fair", quotas=(2, 2, 2), currency="EUR", **ACCOUNT)


def invoiced(fair: Summit, seats: int = 1) -> tuple[OrderView, Payment]:
    order = fair.ready((fair.general, seats))
    return order, start_payment(order.pk, provider="invoice")


def import_(fair: Summit, content: bytes, *, now=NOW) -> BankTransfer:
    upload = statements.Upload(
        organization_id=fair.organization_id, file_name="a.xml", content=content
    )
    statement = statements.take_in(upload, by="organizer", now=now)
    statements.confirm(statement.pk, by="organizer", now=now)
    assert deciding.work_through(statement.pk, now=now) == 0
    return statement.transfers.latest("pk")


def test_transfer_confirms_the_order(fair: Summit):
    order, payment = invoiced(fair)
    transfer = import_(fair, camt(paying(order.code.lower())))
    assert (transfer.status, transfer.payment_id) == ("matched", payment.pk)
    assert reload(order).status == "confirmed"
    call_command("check_invariants")


def test_late_transfer_confirms_what_is_still_there(fair: Summit):
    order, _payment = invoiced(fair)
    late = NOW + minutes(60 * 24 * 20)
    orders.expire_order(order_id=order.pk, now=late)
    assert reload(order).status == "expired"
    import_(fair, camt(paying(order.code)), now=late)
    assert reload(order).status == "confirmed"


def test_late_transfer_for_seats_that_are_gone_goes_back(fair: Summit):
    order, payment = invoiced(fair)
    late = NOW + minutes(60 * 24 * 20)
    orders.expire_order(order_id=order.pk, now=late)
    fair.confirmed((fair.general, 2), now=late)
    transfer = import_(fair, camt(paying(order.code)), now=late)
    assert transfer.status == "matched"
    assert reload(order).status == "expired"
    refund = Refund.objects.get(payment=payment)
    assert refund.amount == Decimal(199)
    call_command("check_invariants")


def test_transfer_of_an_order_that_was_changed_is_for_a_human_or_goes_back(
    fair: Summit,
):
    """The old invoice was paid: the order's own rule decides about the money."""
    order, first = invoiced(fair)
    orders.change_items(order_id=order.pk, items=[(fair.general, 2)], now=NOW)
    second = start_payment(order.pk, provider="invoice")
    import_(fair, camt(paying(order.code, "199.00")))
    first.refresh_from_db()
    assert first.status == "completed"
    assert reload(order).status == "reserved"
    assert Refund.objects.get(payment=first).amount == Decimal(199)
    import_(fair, camt(paying(order.code, "398.00")))
    second.refresh_from_db()
    assert (second.status, reload(order).status) == ("completed", "confirmed")
    call_command("check_invariants")


def test_less_that_is_accepted_confirms_the_order(fair: Summit):
    order, payment = invoiced(fair)
    transfer = import_(fair, camt(paying(order.code, "198.00")))
    assert reload(order).status == "reserved"
    decision = Decision(transfer_id=transfer.pk, by="organizer", now=NOW)
    assigning.assign(decision, payment.pk, accept=True)
    assert reload(order).status == "confirmed"
    call_command("check_invariants")


def test_less_that_is_noted_as_it_is_goes_back(fair: Summit):
    order, payment = invoiced(fair)
    transfer = import_(fair, camt(paying(order.code, "198.00")))
    decision = Decision(transfer_id=transfer.pk, by="organizer", now=NOW)
    assigning.take_as_it_is(decision, payment.pk)
    assert reload(order).status == "reserved"
    assert Refund.objects.get(payment=payment).amount == Decimal(198)
    call_command("check_invariants")


def test_who_ordered_is_recognised_by_the_name(fair: Summit):
    """The page of the transfer knows names, as it is shown by the site."""
    invoiced(fair)
    content = camt(entry("199.00", details("Teilnahme", name="ONE, REGISTRANT")))
    upload = statements.Upload(
        organization_id=fair.organization_id, file_name="a.xml", content=content
    )
    statement = statements.take_in(upload, by="organizer", now=NOW)
    statements.confirm(statement.pk, by="organizer", now=NOW)
    assert progress.go_on(statement.pk) == 0
    transfer = statement.transfers.get()
    assert (transfer.status, transfer.trouble) == ("near_miss", "no-code")


# The account and the mail


def test_account_reaches_those_who_pay(fair: Summit):
    view = ConferenceView.objects.get(pk=fair.id)
    assert (view.account_holder, view.iban, view.bic) == (
        "Contoso GmbH",
        OURS,
        "COBADEFFXXX",
    )
    conferences.update_conference(
        conference_id=fair.id, changes={"iban": "de02 1203 0000 0000 2020 51"}
    )
    view.refresh_from_db()
    assert view.iban == "DE02120300000000202051"


def test_mail_names_the_account(fair: Summit):
    order, _payment = invoiced(fair)
    run_tasks()
    [message] = [one for one in mail.outbox if "pay" in one.subject.lower()]
    assert isinstance(message, mail.EmailMultiAlternatives)
    html = str(message.alternatives[0][0])
    for text in (str(message.body), html):
        for words in ("Contoso GmbH", "DE89 3704 0044 0532 0130 00", "COBADEFFXXX"):
            assert words in text
        assert order.code in text
        assert "The organizer sends you" not in text
