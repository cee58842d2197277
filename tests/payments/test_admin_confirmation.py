"""Nothing moves money from the admin before somebody has read what will happen."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin import site
from django.test import Client
from django.urls import reverse

from conference_site.order_facts import OrderFacts
from payments import refund_results, services
from payments.admin import plans
from payments.models import Payment
from tests.factories import conferences
from tests.factories.payments import NOW, paid, started

pytestmark = pytest.mark.django_db

ORDER = OrderFacts(
    code="ABC234",
    status="reserved",
    status_in_words="Reserved",
    registrant="Registrant One",
    email="registrant@example.org",
    conference="CQRS summit",
    total=Decimal("1097.00"),
    currency="USD",
)


def choose(client: Client, action: str, *rows: Any, **form: Any) -> str:
    keys = [str(row.pk) for row in rows]
    model = rows[0]._meta.model_name
    answer = client.post(
        reverse(f"admin:payments_{model}_changelist"),
        {"action": action, "_selected_action": keys} | form,
        follow=True,
    )
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("action", ["mark_paid", "refund_rest"])
def test_choosing_asks_and_does_nothing(organizer: Client, contoso, action: str):
    payment = (started if action == "mark_paid" else paid)(
        provider="invoice", organization_id=contoso.pk
    )
    before = Payment.objects.values().get()
    shown = choose(organizer, action, payment)
    assert "$1,097.00" in shown
    assert "ABC234" in shown
    assert reverse("admin:registrations_orderview_change", args=[payment.order_id]) in (
        shown
    )
    assert Payment.objects.values().get() == before
    assert not services.refunds_of(payment.pk)


def test_agreeing_does_what_was_asked(organizer: Client, contoso):
    invoice = started(provider="invoice", organization_id=contoso.pk)
    choose(organizer, "mark_paid", invoice)
    choose(organizer, "mark_paid", invoice, confirmed="yes")
    invoice.refresh_from_db()
    assert invoice.status == "completed"


def test_page_carries_only_what_can_be_done(organizer: Client, contoso):
    sandbox = started(organization_id=contoso.pk)
    invoice = started(provider="invoice", organization_id=contoso.pk)
    shown = choose(organizer, "mark_paid", sandbox, invoice)
    assert f'name="_selected_action" value="{invoice.pk}"' in shown
    assert f'name="_selected_action" value="{sandbox.pk}"' not in shown
    assert "Only invoices can be marked paid." in shown
    shown = choose(organizer, "mark_paid", sandbox)
    assert "Nothing can be done with what you selected." in shown
    assert 'name="confirmed"' not in shown


def test_role_is_asked_before(contoso):
    """Owner of another organization: the action is offered, this row is refused."""
    user = conferences.member(conferences.organization("fabrikam"), "owner")
    user.membership_set.create(organization=contoso, role="viewer")
    client = Client()
    client.force_login(user)
    invoice = started(provider="invoice", organization_id=contoso.pk)
    assert "Your role does not allow this." in choose(client, "mark_paid", invoice)


def test_settling_by_hand_is_asked(organizer: Client, contoso):
    payment = paid(provider="invoice", organization_id=contoso.pk)
    refund = services.request_refund(
        payment_id=payment.pk, amount=Decimal(7), reason="organizer", now=NOW
    )
    assert "$7.00 is noted as given back." in choose(
        organizer, "settle_by_hand", refund
    )
    refund.refresh_from_db()
    assert refund.status == "by_hand"
    choose(organizer, "settle_by_hand", refund, confirmed="yes")
    assert "under way or done" in choose(organizer, "settle_by_hand", refund)


def test_more_than_anybody_reads_is_refused(organizer: Client, contoso, monkeypatch):
    monkeypatch.setattr("payments.admin.confirmation.MOST_ROWS", 1)
    rows = [paid(organization_id=contoso.pk) for _ in range(2)]
    assert "Choose 1 at most." in choose(organizer, "refund_rest", *rows)


@pytest.mark.parametrize(
    ("facts", "warning"),
    [
        ({}, ""),
        ({"total": Decimal("5.00")}, "The order costs $5.00"),
        ({"currency": "EUR"}, "The order costs €1,097.00"),
        ({"status": "expired"}, "only if its seats are still free"),
        ({"status": "cancelled"}, "not expected any more"),
        ({"status": "confirmed"}, "not expected any more"),
    ],
)
def test_marking_paid_warns_of_what_the_order_does_not_want(facts, warning: str):
    invoice = started(provider="invoice")
    plan = plans.mark_paid(invoice, replace(ORDER, **facts))
    assert "$1,097.00 is noted as received" in plan.effect
    assert warning in plan.warning
    assert bool(warning) == bool(plan.warning)


def test_refund_warns_of_seats_that_stay(settings):
    payment = paid()
    assert "keeps its seats" in (
        plans.refund_rest(payment, replace(ORDER, status="confirmed")).warning
    )
    assert not plans.refund_rest(payment, ORDER).warning
    assert "The provider is told" in plans.refund_rest(payment, None).effect
    by_hand = plans.refund_rest(paid(provider="invoice"), None)
    assert "You pay it by hand" in by_hand.effect


def test_what_cannot_happen_is_refused_beforehand():
    for row, plan in [
        (started(), plans.refund_rest),
        (paid(provider="invoice"), plans.mark_paid),
        (Payment(provider="invoice", status="rejected"), plans.mark_paid),
        (Payment(provider="gone"), plans.mark_paid),
        (started(), plans.settle_by_hand),
    ]:
        assert plan(row, None).refusal


def test_failed_refund_does_not_look_given_back(organizer: Client, contoso):
    payment = paid(organization_id=contoso.pk)
    refund = services.request_refund(
        payment_id=payment.pk, amount=Decimal(7), reason="organizer", now=NOW
    )
    payments = site._registry[Payment]

    def columns() -> tuple[str, str]:
        request = organizer.get("/admin/").wsgi_request
        request.organization_ids = None  # type: ignore[attr-defined]  # of everybody
        row = payments.get_queryset(request).get()
        return payments.given_back(row), payments.open_refunds(row)  # type: ignore[attr-defined]  # ours

    assert columns() == ("", "$7.00")
    refund_results.record_failed(refund.pk, error="timeout", now=NOW)
    assert columns() == ("", "$7.00 (failed)")
    refund_results.record_done(refund.pk, expected=[refund.Status.FAILED], now=NOW)
    assert columns() == ("$7.00", "")


def test_pages_speak_in_words(organizer: Client, contoso):
    payment = paid(organization_id=contoso.pk, currency="JPY", amount=Decimal(1200))
    services.request_refund(
        payment_id=payment.pk, amount=None, reason="seats-gone", now=NOW
    )
    (refund,) = services.refunds_of(payment.pk)
    (callback,) = payment.callbacks.all()
    for row in (payment, refund, callback):
        model = row._meta.model_name
        for name, args in (("changelist", []), ("change", [row.pk])):
            address = reverse(f"admin:payments_{model}_{name}", args=args)
            shown = organizer.get(address).content.decode()
            assert "¥1,200" in shown
            assert ">1200" not in shown
            assert "UTC" in shown
            assert ">seats-gone<" not in shown
            assert f">{payment.order_id}" not in shown.replace(
                f"{payment.order_id}/", ""
            )
            if model == "refund":
                assert "It came late and the seats were gone" in shown
    assert "Provider messages" in organizer.get("/admin/").content.decode()


def test_filters_of_refunds_and_payments(organizer: Client, contoso):
    payment = paid(organization_id=contoso.pk)
    services.request_refund(
        payment_id=payment.pk, amount=None, reason="seats-gone", now=NOW
    )

    def found(model: str, query: str) -> bool:
        address = reverse(f"admin:payments_{model}_changelist") + query
        answer = organizer.get(address)
        return bool(answer.context["cl"].result_count)

    assert found("refund", "?reason=seats-gone")
    assert not found("refund", "?reason=organizer")
    assert found("payment", "?needs_attention=late")
    assert not found("payment", "?needs_attention=no")
