"""Double click, back button, two tabs, a lost answer: one order, the same result."""

import pytest
from django.test import Client

from registrations.models import OrderView, SeatTypeView
from tests.at_once import at_once
from tests.registrations.web.browser import Browser
from tests.registrations.web.conftest import REGISTRANT

REGISTER = "/conferences/cqrs-summit/register/"


def test_same_form_twice_is_one_order(browser, summit):
    browser.open(REGISTER)
    form = browser.page.fields | {f"seats-{summit.general}": 2}
    first = browser.fill(form, REGISTER).url
    assert browser.fill(form, REGISTER).url == first
    assert OrderView.objects.count() == 1
    assert SeatTypeView.objects.get(pk=summit.general).held == 2


def test_same_form_with_other_quantities_changes_that_order(browser, summit):
    browser.open(REGISTER)
    form = browser.page.fields
    browser.fill(form | {f"seats-{summit.general}": 2}, REGISTER)
    browser.fill(form | {f"seats-{summit.general}": 3}, REGISTER)
    assert OrderView.objects.count() == 1
    assert SeatTypeView.objects.get(pk=summit.general).held == 3


def test_two_tabs_are_given_the_same_order(browser, summit):
    first_tab = browser.open(REGISTER).fields
    second_tab = browser.open(REGISTER).fields
    for tab in (first_tab, second_tab):
        browser.fill(tab | {f"seats-{summit.general}": 1}, REGISTER)
    assert OrderView.objects.count() == 1


def test_back_to_the_selection_goes_on_with_the_order(browser, summit):
    browser.open(REGISTER)
    order_url = browser.choose((summit.general, 2)).url
    page = browser.open(REGISTER)
    assert page.url == order_url.replace("checkout", "change")
    assert page.fields[f"seats-{summit.general}"] == "2"
    assert "You have begun this order." in page.text


def test_order_kept_on_invoice_does_not_stand_in_the_way_of_the_next(
    browser, register, summit
):
    register((summit.general, 1))
    browser.submit(**REGISTRANT, provider="invoice")
    browser.open(REGISTER)
    browser.choose((summit.general, 2))
    assert OrderView.objects.count() == 2


def test_second_order_can_be_asked_for(browser, summit):
    browser.open(REGISTER)
    browser.choose((summit.general, 2))
    browser.open(f"{REGISTER}?new")
    browser.choose((summit.general, 1))
    assert OrderView.objects.count() == 2


def test_lost_answer_and_retry_without_the_session_show_the_same_order(browser, summit):
    browser.open(REGISTER)
    form = browser.page.fields | {f"seats-{summit.general}": 2}
    first = browser.fill(form, REGISTER).url
    del browser.client.cookies["sessionid"]
    page = browser.fill(form, REGISTER)
    assert (page.url, page.status) == (first, 200)
    assert OrderView.objects.count() == 1


def test_form_of_a_completed_order_shows_that_order(browser, summit, confirmed):
    form = {
        "order": browser.client.cookies["next-order"].value,
        f"seats-{summit.general}": 5,
    }
    page = browser.fill(form, REGISTER)
    assert page.url == f"/orders/{confirmed}/"
    assert "This order is already complete" in page.text
    assert OrderView.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_same_form_many_times_at_once_is_one_order(make_summit):
    summit = make_summit()
    browser = Browser()
    form = browser.open(REGISTER).fields | {f"seats-{summit.general}": "2"}

    def send() -> tuple[int, str]:
        client = Client()
        client.cookies.update(browser.client.cookies)
        response = client.post(REGISTER, form)
        return response.status_code, response["Location"]

    answers = at_once(*[send] * 6)
    order = OrderView.objects.get()
    assert answers == [(303, f"/orders/{order.pk}/checkout/")] * 6
    assert SeatTypeView.objects.get(pk=summit.general).held == 2
