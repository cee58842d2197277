"""Before an invoice is marked paid its order is looked at: the money must fit it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from payments import services as payments
from registrations.commands import order as orders
from registrations.commands import payment as commands
from registrations.models import OrderView
from tests.registrations.admin.pages import page, text
from tests.registrations.conftest import NOW, Summit, minutes, reload


@pytest.fixture
def order(summit: Summit) -> OrderView:
    return summit.ready((summit.general, 1))


@pytest.fixture
def invoice(order: OrderView) -> Any:
    return commands.start_payment(order_id=order.pk, provider="invoice", now=NOW)


def asked(client: Client, payment: Any, action: str = "mark_paid") -> str:
    address = reverse("admin:payments_payment_changelist")
    form = {"action": action, "_selected_action": [str(payment.pk)]}
    return text(client.post(address, form).content.decode())


def test_question_names_order_registrant_conference_and_sums(organizer, order, invoice):
    shown = asked(organizer, invoice)

    assert f"{order.code} Registrant One CQRS summit Reserved, $199.00" in shown
    assert "$199.00 is noted as received and the order is confirmed." in shown
    assert "Caution" not in shown
    assert reload(order).status == "reserved"


def test_invoice_of_an_order_that_changed_is_cautioned_about(
    organizer, summit, order, invoice
):
    orders.change_items(order_id=order.pk, items=[(summit.general, 2)], now=NOW)

    shown = asked(organizer, invoice)

    assert "Caution: The order costs $398.00: the amount differs" in shown


def test_invoice_of_an_order_that_ended_is_cautioned_about(organizer, order, invoice):
    orders.expire_order(order_id=order.pk, now=NOW + minutes(60 * 24 * 30))

    assert "Caution: The order is closed (Expired)" in asked(organizer, invoice)


def test_refund_of_a_confirmed_order_says_that_seats_stay(organizer, summit):
    confirmed = summit.confirmed((summit.general, 1))
    (payment,) = payments.payments_of(confirmed.pk)

    assert "keeps its seats" in asked(organizer, payment, "refund_rest")


def test_payment_names_the_conference_and_the_order_links_to_its_money(
    organizer, summit
):
    confirmed = summit.confirmed((summit.general, 1))
    (payment,) = payments.payments_of(confirmed.pk)
    refund = payments.request_refund(
        payment_id=payment.pk, amount=None, reason="organizer", now=NOW
    )
    shown = organizer.get(page("orderview", confirmed.pk)).content.decode()
    for name, row in (("payment", payment), ("refund", refund)):
        address = reverse(f"admin:payments_{name}_change", args=[row.pk])
        assert f'href="{address}"' in shown
        assert page("orderview", confirmed.pk) in (
            organizer.get(address).content.decode()
        )
    address = reverse("admin:payments_payment_change", args=[payment.pk])
    assert "CQRS summit" in organizer.get(address).content.decode()


def test_refund_to_settle_by_hand_is_a_case_that_only_people_end(
    organizer, order, invoice
):
    payments.mark_paid(invoice.pk, by="olga", now=NOW)
    orders.cancel_order(order_id=order.pk, by="olga", now=NOW, as_organizer=True)
    shown = text(organizer.get(page("orderview", order.pk)).content.decode())

    assert "Needs attention: a refund is to be settled by hand." in shown
    assert "Settle by hand" in shown
    assert "Retry refund" not in shown
    overview = organizer.get(reverse("admin:index")).content.decode()
    assert "1 case needs your attention." in " ".join(overview.split())
    assert "A refund to be made by hand: 1" in overview


def test_wide_tables_scroll_by_themselves(organizer, order, summit):
    for address in (
        page("orderview", order.pk),
        page("conferenceview", summit.id),
    ):
        html = organizer.get(address).content.decode()
        html = html.partition('<div id="content-main">')[2]
        assert html.count("<table") == html.count('class="table-scroll"') > 0
