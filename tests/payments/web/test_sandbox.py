"""The sandbox's page, as a browser without JavaScript uses it."""

import re
from typing import Any

import pytest
from django.test import Client
from uuid_utils.compat import uuid7

from payments import services
from payments.models import Payment, SandboxTransaction
from tests.factories.payments import started
from tests.payments.conftest import Heard

pytestmark = pytest.mark.django_db


def texts(response: Any) -> str:
    return str(response.content.decode())


def decide(client: Client, payment: Payment, outcome: str):
    return client.post(payment.redirect_url, {"outcome": outcome})


def test_page_shows_item_amount_reference_and_two_buttons(client: Client):
    payment = started()
    page = client.get(payment.redirect_url)
    assert page.status_code == 200
    shown = texts(page)
    for text in ["3 x General admission, 1 x CQRS Workshop", "$1,097.00", "ABC234"]:
        assert text in shown
    assert re.findall(r'name="outcome" value="(\w+)"', shown) == [
        "accepted",
        "rejected",
    ]
    assert "onclick" not in shown
    assert "no-store" in page["cache-control"]


@pytest.mark.parametrize(
    ("outcome", "status", "said"),
    [
        ("accepted", "completed", "payment_completed"),
        ("rejected", "rejected", "payment_rejected"),
    ],
)
def test_decision_comes_back_as_a_callback_and_the_browser_returns(
    client: Client, heard: Heard, outcome: str, status: str, said: str
):
    payment = started()
    response = decide(client, payment, outcome)
    assert (response.status_code, response["location"]) == (303, payment.return_url)
    payment.refresh_from_db()
    assert (payment.status, heard.names) == (status, [said])
    page = texts(client.get(payment.redirect_url))
    assert f"The payment was {outcome}." in page
    assert 'name="outcome"' not in page
    assert payment.return_url in page


def test_second_click_gives_the_same_result(client: Client, heard: Heard):
    payment = started()
    answers = [decide(client, payment, "accepted") for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    assert SandboxTransaction.objects.count() == 1
    assert heard.names == ["payment_completed"]


def test_second_thoughts_come_too_late(client: Client, heard: Heard):
    payment = started()
    decide(client, payment, "rejected")
    page = decide(client, payment, "accepted")
    assert page.status_code == 409
    assert "This payment has been decided already." in texts(page)
    assert "The payment was rejected." in texts(page)
    assert heard.names == ["payment_rejected"]
    with pytest.raises(services.AlreadyDecided):
        services.decide_in_sandbox(
            payment.pk, outcome="accepted", now=payment.started_at
        )


@pytest.mark.parametrize("outcome", ["", "completed", "ACCEPTED", "\u0661", "x" * 5000])
def test_neither_button_is_no_decision(client: Client, outcome: str):
    page = decide(client, started(), outcome)
    assert page.status_code == 400
    assert SandboxTransaction.objects.count() == 0


def test_decision_needs_the_csrf_token(heard: Heard):
    payment = started()
    client = Client(enforce_csrf_checks=True)
    assert decide(client, payment, "accepted").status_code == 403
    token = re.search(
        r'name="csrfmiddlewaretoken" value="(\w+)"',
        texts(client.get(payment.redirect_url)),
    )
    assert token is not None
    form = {"outcome": "accepted", "csrfmiddlewaretoken": token[1]}
    assert client.post(payment.redirect_url, form).status_code == 303


def test_description_is_escaped(client: Client):
    page = client.get(started(description="<script>alert(1)</script>").redirect_url)
    assert "<script>alert" not in texts(page)


def test_there_is_no_page_for_other_payments(client: Client):
    invoice = started(provider="invoice")
    for payment_id in (invoice.pk, uuid7()):
        url = f"/sandbox/payments/{payment_id}/"
        assert client.get(url).status_code == 404
        assert client.post(url, {"outcome": "accepted"}).status_code == 404


def test_there_is_no_page_where_the_sandbox_is_not_offered(client: Client, settings):
    payment = started()
    settings.PAYMENT_PROVIDERS = ["invoice"]
    assert client.get(payment.redirect_url).status_code == 404
    assert decide(client, payment, "accepted").status_code == 404
    assert SandboxTransaction.objects.count() == 0


def test_other_methods_are_refused(client: Client):
    payment = started()
    assert client.delete(payment.redirect_url).status_code == 405
    assert client.head(payment.redirect_url).status_code == 200


def test_outcome_must_be_one_of_two():
    payment = started()
    with pytest.raises(ValueError, match="perhaps"):
        services.decide_in_sandbox(
            payment.pk, outcome="perhaps", now=payment.started_at
        )
