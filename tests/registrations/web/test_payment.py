"""The waiting page: it waits, tells, and goes on by itself."""

import pytest

from payments.models import Payment, SandboxTransaction
from registrations.models import OrderView
from tests.registrations.conftest import minutes, reload
from tests.registrations.web.conftest import REGISTRANT, pay

HTMX = {"HX-Request": "true"}


@pytest.fixture
def waiting(browser, register, summit):
    """The address of the waiting page of a payment that is not decided."""
    order_id = register((summit.general, 1))
    browser.submit(**REGISTRANT)
    return f"/orders/{order_id}/payments/{Payment.objects.get().pk}/"


def test_waiting_page_says_what_happens_and_reloads_without_javascript(
    browser, waiting
):
    page = browser.open(waiting)
    assert "Waiting for your payment" in page.text
    assert "$199.00" in page.text
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page.source
    polled = next(e for e in page.all("div") if "hx-get" in e.attributes)
    assert polled.attributes["hx-trigger"] == "every 2s"


def test_poll_without_news_leaves_the_page_alone(browser, waiting):
    response = browser.client.get(waiting, headers=HTMX)
    assert (response.status_code, response.content) == (204, b"")


def test_poll_gets_only_the_part_that_changes(browser, waiting, clock):
    clock.shift(minutes(2))
    page = browser.open(waiting, **HTMX)
    assert page.status == 200
    assert page.all("html") == []
    assert "This takes longer than usual." in page.text
    assert browser.open(f"{waiting}?slow", **HTMX).status == 204


def test_payment_that_no_longer_fits_the_order_is_given_back(browser, waiting, summit):
    order_id = waiting.split("/")[2]
    page = browser.open(f"/orders/{order_id}/change/")
    assert "A payment is under way for this order." in page.text
    browser.choose((summit.general, 2))
    page = browser.fill({"outcome": "accepted"}, _sandbox())
    assert page.url == f"/orders/{order_id}/"
    assert "it is given back to you in full" in page.text
    assert OrderView.objects.get().status == "reserved"


def test_poll_leads_on_when_the_payment_is_decided(browser, waiting):
    browser.fill({"outcome": "accepted"}, _sandbox())
    response = browser.client.get(waiting, headers=HTMX)
    assert response["HX-Redirect"].endswith("/thank-you/")


def test_poll_leads_back_to_checkout_when_the_payment_is_refused(browser, waiting):
    browser.fill({"outcome": "rejected"}, _sandbox())
    response = browser.client.get(waiting, headers=HTMX)
    assert response["HX-Redirect"].endswith("/checkout/")


def test_waiting_page_asks_the_provider_when_its_answer_was_lost(browser, waiting):
    payment = Payment.objects.get()
    SandboxTransaction.objects.create(
        payment_id=payment.pk,
        order_id=payment.order_id,
        amount=payment.amount,
        currency=payment.currency,
        outcome="accepted",
        decided_at=payment.started_at,
    )
    assert browser.open(waiting).url.endswith("/thank-you/")


def test_long_wait_is_explained(browser, waiting, clock):
    clock.shift(minutes(2))
    page = browser.open(waiting)
    assert "This takes longer than usual." in page.text
    # A payment that is refused is not written about.
    assert "we send you a mail when your order is confirmed" in page.text


def test_payment_of_another_order_is_not_found(browser, waiting, summit):
    other = summit.confirmed((summit.party, 1))
    foreign = Payment.objects.get(order_id=other.pk).pk
    order_id = waiting.split("/")[2]
    assert browser.open(f"/orders/{order_id}/payments/{foreign}/").status == 404


def test_late_payment_with_seats_left_confirms(browser, waiting, clock):
    clock.shift(minutes(40))
    page = browser.fill({"outcome": "accepted"}, _sandbox())
    assert page.url.endswith("/thank-you/")


def test_late_payment_without_seats_left_says_that_money_comes_back(
    browser, db, make_summit, clock
):
    summit = make_summit(quotas=(1, 1, 1))
    browser.open("/conferences/cqrs-summit/register/")
    browser.choose((summit.general, 1))
    order = OrderView.objects.get()
    browser.submit(**REGISTRANT)
    clock.shift(minutes(40))
    summit.confirmed((summit.general, 1), now=order.placed_at + minutes(39))
    page = browser.fill({"outcome": "accepted"}, _sandbox(order.pk))
    assert page.url == f"/orders/{order.pk}/"
    assert "Your payment arrived after that" in page.text
    assert reload(order).status == "expired"


def test_refused_payment_is_told_once(browser, register, summit):
    register((summit.general, 1))
    pay(browser, "rejected")
    page = browser.open(browser.page.url)
    assert "The payment was refused" not in page.text


def _sandbox(order_id=None):
    payments = (
        Payment.objects.filter(order_id=order_id) if order_id else Payment.objects
    )
    return f"/sandbox/payments/{payments.get().pk}/"
