"""Orders belong to the browser that made them; nothing personal is kept in caches."""

import pytest
from django.test import Client
from django.urls import reverse
from uuid_utils.compat import uuid7

from payments.models import Payment
from tests.registrations.web.browser import Browser

PAGES = ["order", "order-change", "checkout", "thank-you", "seat-assignments", "cancel"]


@pytest.mark.parametrize("name", PAGES)
def test_orders_of_others_are_not_found(confirmed, name):
    path = reverse(f"registrations:{name}", args=[confirmed])
    assert Client().get(path).status_code == 404
    assert Client().post(path).status_code in {404, 405}


def test_others_cannot_pay_or_see_the_payment(confirmed):
    payment = Payment.objects.get()
    pay = reverse("registrations:pay", args=[confirmed])
    waiting = reverse("registrations:payment", args=[confirmed, payment.pk])
    assert Client().post(pay).status_code == 404
    assert Client().get(waiting).status_code == 404


def test_order_that_does_not_exist_is_not_found(browser, summit):
    assert browser.open(f"/orders/{uuid7()}/").status == 404


@pytest.mark.parametrize("name", PAGES)
def test_personal_pages_are_never_stored(browser, confirmed, name):
    response = browser.client.get(reverse(f"registrations:{name}", args=[confirmed]))
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]


def test_form_of_one_browser_opens_its_order_in_that_browser_only(browser, summit):
    browser.open("/conferences/cqrs-summit/register/")
    order_url = browser.choose((summit.general, 1)).url
    assert Browser().open(order_url).status == 404


def test_forms_refuse_posts_without_the_csrf_token(summit):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/conferences/cqrs-summit/register/").status_code == 403
    assert strict.post("/conferences/cqrs-summit/orders/find/").status_code == 403


def test_reading_pages_opens_no_session(browser, summit):
    for path in ("", "register/", "orders/find/"):
        browser.open(f"/conferences/cqrs-summit/{path}")
    assert "sessionid" not in browser.client.cookies
