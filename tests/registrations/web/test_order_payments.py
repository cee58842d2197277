"""What pages say of payments that do not fit, come twice, or go back; of invoices."""

import pytest

from payments import transitions
from payments.models import Payment, Refund
from registrations.models import ConferenceView, OrderView
from tests.registrations.conftest import NOW, minutes
from tests.registrations.web.conftest import REGISTRANT, pay

STATES = {
    "requested": "$448.00 is on its way back to you.",
    "done": "$448.00 was given back to you.",
    "by_hand": "The organizer will give $448.00 back to you.",
    "failed": "$448.00 could not be given back to you yet: the organizer sees to it.",
}


def hrefs(page) -> list[str]:
    return [e.attributes["href"] for e in page.all("a")]


@pytest.fixture
def outgrown(browser, register, summit):
    """An order whose seats were changed while a payment was under way."""
    order_id = register((summit.general, 1))
    browser.submit(**REGISTRANT, provider="sandbox")
    payment = Payment.objects.get()
    browser.open(f"/orders/{order_id}/change/")
    browser.choose((summit.general, 2))
    return payment


def test_payment_over_another_amount_is_not_offered(browser, outgrown):
    order = f"/orders/{outgrown.order_id}/"
    for path in (order, f"{order}checkout/", f"{order}change/"):
        page = browser.open(path)
        assert f"{order}payments/{outgrown.pk}/" not in hrefs(page)
        assert "under way" not in page.text
    assert "$199.00 Not paid" in browser.open(order).text


def test_payment_over_another_amount_leads_back_to_checkout(browser, outgrown):
    page = browser.open(f"/orders/{outgrown.order_id}/payments/{outgrown.pk}/")
    assert page.url == f"/orders/{outgrown.order_id}/checkout/"
    assert "The order has changed since that payment was begun" in page.text
    assert "refused" not in page.text


@pytest.fixture
def paid_twice(browser, confirmed):
    """The same order paid once more; the second payment goes back."""
    first = Payment.objects.get()
    second = Payment.objects.create(
        order_id=first.order_id,
        conference_id=first.conference_id,
        organization_id=first.organization_id,
        provider="sandbox",
        amount=first.amount,
        requested_amount=first.amount,
        currency=first.currency,
        reference=first.reference,
        started_at=NOW,
    )
    transitions.complete(second.pk, now=NOW)
    return f"/orders/{confirmed}/"


@pytest.mark.parametrize("status", STATES)
def test_second_payment_is_told_with_what_becomes_of_it(browser, paid_twice, status):
    done_at = NOW if status == "done" else None
    Refund.objects.update(status=status, done_at=done_at)
    for path in (paid_twice, f"{paid_twice}thank-you/"):
        page = browser.open(path)
        assert "It arrived although this order was paid already." in page.text
        assert STATES[status] in page.text
        others = [text for key, text in STATES.items() if key != status]
        assert [text for text in others if text in page.text] == []


@pytest.mark.parametrize("status", STATES)
def test_cancelled_order_says_what_becomes_of_the_money(browser, confirmed, status):
    browser.open(f"/orders/{confirmed}/cancel/?all=1")
    browser.submit()
    done_at = NOW if status == "done" else None
    Refund.objects.update(status=status, done_at=done_at)
    ConferenceView.objects.update(contact_email="desk@example.org")
    page = browser.open(f"/orders/{confirmed}/")
    assert STATES[status] in page.text
    assert ("on its way" in page.text) == (status == "requested")
    assert ("mailto:desk@example.org" in hrefs(page)) == (status == "by_hand")


def test_failed_refund_of_a_late_payment_is_told_alike_everywhere(
    browser, db, make_summit, clock
):
    summit = make_summit(quotas=(1, 1, 1))
    browser.open("/conferences/cqrs-summit/register/")
    browser.choose((summit.general, 1))
    order = OrderView.objects.get()
    browser.submit(**REGISTRANT, provider="sandbox")
    payment = Payment.objects.get()
    clock.shift(minutes(40))
    summit.confirmed((summit.general, 1), now=order.placed_at + minutes(39))
    browser.fill({"outcome": "accepted"}, f"/sandbox/payments/{payment.pk}/")
    Refund.objects.update(status="failed")
    OrderView.objects.filter(pk=order.pk).update(attention="refund-failed")
    page = browser.open(f"/orders/{order.pk}/")
    assert "We are looking into your payment" in page.text
    assert "could not be given back to you yet: the organizer sees to it." in page.text
    for wrong in ("on its way", "refunded in full", "being refunded", "Nothing was"):
        assert wrong not in page.text


def test_refused_payment_is_called_not_paid(browser, register, summit):
    order_id = register((summit.general, 1))
    pay(browser, "rejected")
    assert "Not paid" in browser.open(f"/orders/{order_id}/").text


@pytest.fixture
def invoiced(browser, register, summit):
    order_id = register((summit.general, 1))
    browser.submit(**REGISTRANT, provider="invoice")
    return [browser.page.url, f"/orders/{order_id}/"]


def test_invoice_says_where_to_pay_in_the_organizers_lines(browser, invoiced):
    written = "Contoso <Bank>\nIBAN XX00 0000"
    ConferenceView.objects.update(payment_instructions=written)
    for path in invoiced:
        source = browser.client.get(path).content.decode()
        assert "Contoso &lt;Bank&gt;<br>IBAN XX00 0000" in source
        page = browser.open(path)
        for text in ("Pay to", "$199.00", OrderView.objects.get().code, "Mar 16, 2026"):
            assert text in page.text
        assert [e for e in page.all("button") if "data-print" in e.attributes]


def test_invoice_without_an_account_says_who_sends_it(browser, invoiced):
    ConferenceView.objects.update(contact_email="desk@example.org")
    for path in invoiced:
        page = browser.open(path)
        assert "The organizer sends you the account to pay to." in page.text
        assert "mailto:desk@example.org" in hrefs(page)
