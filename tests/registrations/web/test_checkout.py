"""Details and payment: what is shown, refused, and where it leads."""

from datetime import timedelta
from decimal import Decimal

import pytest

from conferences import services
from payments.models import Payment
from registrations.commands import order as orders
from registrations.models import OrderView
from tests.registrations.conftest import minutes, start_payment
from tests.registrations.web.conftest import REGISTRANT, pay


def test_checkout_shows_lines_total_and_the_time_left(browser, register, summit, clock):
    order_id = register((summit.general, 1), (summit.party, 1))
    clock.shift(minutes(3.5))
    page = browser.open(f"/orders/{order_id}/checkout/")
    for text in ("1 \u00d7 General admission", "$50.00", "$249.00", "11:30", "Sandbox"):
        assert text in page.text
    assert "until 2:15 AM PST (America/Los Angeles)" in page.text
    held = next(e for e in page.all("div") if "data-countdown" in e.attributes)
    assert held.attributes["data-seconds-left"] == "690"


def test_tax_is_shown_with_net_and_total(browser, db, make_summit):
    summit = make_summit(tax_name="VAT", tax_rate="21")
    browser.open("/conferences/cqrs-summit/register/")
    page = browser.choose((summit.general, 1))
    for text in ("Net", "$164.46", "VAT (21 %)", "$34.54", "$199.00"):
        assert text in page.text


def test_missing_and_wrong_details_are_named_all_at_once(browser, register, summit):
    register((summit.general, 1))
    page = browser.submit(
        first_name="  ", last_name="x" * 101, email="ada", provider="sandbox"
    )
    for sentence in (
        "Enter the first name.",
        "Use up to 100 ordinary characters.",
        "Enter a valid e-mail address, like name@example.org.",
    ):
        assert page.text.count(sentence) == 2
    assert page.fields["email"] == "ada"
    assert page.fields["last_name"] == "x" * 101
    assert OrderView.objects.get().email == ""


@pytest.mark.parametrize("provider", ["", "gold", "stripe"])
def test_way_to_pay_must_be_one_of_those_offered(browser, register, summit, provider):
    register((summit.general, 1))
    page = browser.submit(**REGISTRANT, provider=provider)
    assert "Choose one of the ways to pay." in page.text
    assert page.fields["first_name"] == "Some"
    assert Payment.objects.count() == 0


def test_payment_is_started_over_the_total_of_the_server(browser, register, summit):
    register((summit.general, 2))
    page = browser.submit(**REGISTRANT, provider="sandbox", total="0.01", amount="0.01")
    payment = Payment.objects.get()
    assert page.url == f"/sandbox/payments/{payment.pk}/"
    assert (payment.amount, payment.currency) == (Decimal(398), "USD")


def test_pressing_pay_twice_starts_one_payment(browser, register, summit):
    order_id = register((summit.general, 2))
    form = browser.page.fields | REGISTRANT
    first = browser.fill(form, f"/orders/{order_id}/checkout/").url
    assert browser.fill(form, f"/orders/{order_id}/checkout/").url == first
    assert Payment.objects.count() == 1


def test_payment_under_way_is_offered_at_checkout(browser, register, summit):
    order_id = register((summit.general, 2))
    browser.submit(**REGISTRANT)
    page = browser.open(f"/orders/{order_id}/checkout/")
    assert "A payment of $398.00 is already under way" in page.text


def test_free_order_is_confirmed_without_a_payment(browser, db, make_summit):
    summit = make_summit(prices=("0", "500", "50"))
    browser.open("/conferences/cqrs-summit/register/")
    page = browser.choose((summit.general, 1))
    assert "Free of charge: there is nothing to pay." in page.text
    assert "Sandbox" not in page.text
    assert "payment" not in page.text.casefold()
    assert page.all("title")[0].text.startswith("Your details")
    page = browser.submit(**REGISTRANT)
    assert "payment" not in page.text.casefold()
    assert page.url.endswith("/thank-you/")
    assert Payment.objects.count() == 0


def test_mixed_order_is_paid_normally(browser, db, make_summit):
    summit = make_summit(prices=("0", "500", "50"))
    browser.open("/conferences/cqrs-summit/register/")
    browser.choose((summit.general, 1), (summit.party, 1))
    assert "/sandbox/" in browser.submit(**REGISTRANT).url


def test_pay_without_details_leads_back_to_them(browser, register, summit):
    order_id = register((summit.general, 1))
    page = browser.fill({"provider": "sandbox"}, f"/orders/{order_id}/pay/")
    assert page.url == f"/orders/{order_id}/checkout/"
    assert "Enter your name and e-mail address first." in page.text


def test_reading_the_address_of_paying_leads_to_checkout(browser, register, summit):
    order_id = register((summit.general, 1))
    page = browser.open(f"/orders/{order_id}/pay/")
    assert page.url == f"/orders/{order_id}/checkout/"
    assert Payment.objects.count() == 0


def test_each_way_to_pay_says_what_happens_next(browser, register, summit):
    order_id = register((summit.general, 1))
    page = browser.open(f"/orders/{order_id}/checkout/")
    ways = {
        e.attributes["value"]
        for e in page.all("input")
        if e.attributes.get("name") == "provider"
    }
    assert ways == {"sandbox", "invoice"}
    assert page.text.count("You confirm the payment with the provider") == 1
    assert page.text.count("your order is complete when it has arrived") == 1
    assert "What happens next depends on how you pay" in page.text
    assert [e.text.strip() for e in page.all("button")] == ["Pay $199.00"]


def test_partial_order_cannot_be_paid(browser, db, make_summit):
    summit = make_summit(quotas=(1, 1, 1))
    browser.open("/conferences/cqrs-summit/register/")
    order_id = browser.choose((summit.general, 2)).url.split("/")[2]
    page = browser.fill({"provider": "sandbox"}, f"/orders/{order_id}/pay/")
    assert "Not all the seats you asked for are reserved." in page.text
    assert Payment.objects.count() == 0


def test_unpublished_conference_takes_no_payment(browser, register, summit):
    register((summit.general, 1))
    services.unpublish(conference_id=summit.id)
    page = browser.submit(**REGISTRANT)
    assert "Registration for this conference is closed" in page.text
    assert Payment.objects.count() == 0


@pytest.mark.parametrize("step", ["checkout", "change"])
def test_after_the_hold_the_seats_are_said_to_be_released(
    browser, register, summit, clock, step
):
    order_id = register((summit.general, 1))
    clock.shift(minutes(15))
    page = browser.open(f"/orders/{order_id}/{step}/")
    assert page.url == f"/orders/{order_id}/"
    assert "The time is over: your seats were released" in page.text
    assert "Expired" in page.text
    assert "Start a new order" in page.text


def test_submitting_after_the_hold_says_so_and_takes_nothing(
    browser, register, summit, clock
):
    order_id = register((summit.general, 1))
    form = browser.page.fields | REGISTRANT
    clock.shift(timedelta(minutes=15))
    for step in ("checkout", "pay", "change"):
        page = browser.fill(form, f"/orders/{order_id}/{step}/")
        assert page.url == f"/orders/{order_id}/"
        assert "your seats were released" in page.text
    assert Payment.objects.count() == 0


@pytest.mark.parametrize("step", ["checkout", "change", "pay"])
def test_completed_order_is_shown_instead_of_being_sold_again(
    browser, confirmed, summit, step
):
    page = browser.fill(
        {**REGISTRANT, "provider": "sandbox"}, f"/orders/{confirmed}/{step}/"
    )
    assert page.url == f"/orders/{confirmed}/"
    assert "Confirmed" in page.text
    assert Payment.objects.count() == 1


def test_total_that_became_positive_is_not_confirmed_as_free(
    browser, db, make_summit, clock
):
    summit = make_summit(prices=("0", "500", "50"))
    browser.open("/conferences/cqrs-summit/register/")
    order_id = browser.choose((summit.general, 1)).url.split("/")[2]
    form = browser.page.fields | REGISTRANT
    orders.change_items(
        order_id=OrderView.objects.get().pk,
        items=[(summit.party, 1)],
        now=OrderView.objects.get().placed_at,
    )
    page = browser.fill(form, f"/orders/{order_id}/checkout/")
    assert "Choose one of the ways to pay." in page.text
    assert OrderView.objects.get().status == "reserved"


def test_invoice_keeps_the_seats_and_tells_how_to_pay(browser, register, summit, clock):
    order_id = register((summit.general, 1))
    page = browser.submit(**REGISTRANT, provider="invoice")
    assert "Your seats are kept for you" in page.text
    assert OrderView.objects.get().code in page.text
    clock.shift(timedelta(days=2))
    page = browser.open(f"/orders/{order_id}/")
    assert "Your payment is not complete yet" in page.text
    assert "Mar 16, 2026" in page.text


def test_expired_order_with_a_payment_under_way_explains_what_happens(
    browser, register, summit, clock
):
    order_id = register((summit.general, 1))
    browser.submit(**REGISTRANT)
    clock.shift(minutes(29))
    page = browser.open(f"/orders/{order_id}/")
    assert "If a payment still arrives" in page.text


def test_refused_payment_keeps_order_and_hold_and_can_be_repeated(
    browser, register, summit
):
    order_id = register((summit.general, 1))
    pay(browser, "rejected")
    assert browser.page.url == f"/orders/{order_id}/checkout/"
    assert "The payment was refused and nothing was charged." in browser.page.text
    assert browser.page.fields["email"] == REGISTRANT["email"]
    pay(browser)
    assert browser.page.url == f"/orders/{order_id}/thank-you/"
    statuses = Payment.objects.order_by("started_at", "pk")
    assert [p.status for p in statuses] == ["rejected", "completed"]


def test_start_payment_is_never_for_more_than_is_held(browser, db, make_summit):
    summit = make_summit(quotas=(2, 2, 2))
    order = summit.ready((summit.general, 2))
    assert start_payment(order.pk).amount == Decimal(398)
