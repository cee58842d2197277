"""Organizers see what is of their organizations only, and act within their role."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from payments import cases, refund_results, services
from payments.models import Case, Payment, ProviderCallback, Refund
from tests.factories import conferences
from tests.factories.payments import NOW, paid, started
from tests.payments.conftest import Heard, signed_in

pytestmark = pytest.mark.django_db
MODELS = ["payment", "refund", "providercallback", "dispute", "providercall", "case"]
SECRET = "XSECRETX"


def listing(model: str) -> str:
    return reverse(f"admin:payments_{model}_changelist")


def page(row: Any) -> str:
    return reverse(f"admin:payments_{row._meta.model_name}_change", args=[row.pk])


def act(client: Client, action: str, *rows: Any):
    """Choose rows and an action, and agree to it where that is asked."""
    form = {"action": action, "_selected_action": [str(row.pk) for row in rows]}
    form["confirmed"] = "yes"
    return client.post(listing(rows[0]._meta.model_name), form, follow=True)


def with_refund(**wish: Any) -> Refund:
    payment = paid(**wish)
    payment.disputes.create(
        provider_reference=f"dp-{wish['reference']}", amount=1, opened_at=NOW
    )
    payment.provider_calls.create(
        provider="sandbox", operation="start", answer=payment.reference, started_at=NOW
    )
    cases.about_payment(Case.Kind.LATE, payment, now=NOW)
    return services.request_refund(
        payment_id=payment.pk, amount=Decimal(7), reason="organizer", now=NOW
    )


@pytest.fixture
def mine(contoso) -> Refund:
    return with_refund(organization_id=contoso.pk, reference="MINE22")


@pytest.fixture
def theirs(fabrikam) -> Refund:
    return with_refund(
        organization_id=fabrikam.pk, reference=SECRET, description=SECRET
    )


def rows_of(refund: Refund) -> list[Any]:
    payment = refund.payment
    return [
        payment,
        refund,
        payment.callbacks.get(),
        payment.disputes.get(),
        payment.provider_calls.get(),
        payment.cases.get(),
    ]


def test_organizer_sees_what_is_of_the_organization(organizer: Client, mine, theirs):
    for model, row in zip(MODELS, rows_of(mine), strict=True):
        shown = organizer.get(listing(model)).content.decode()
        assert "MINE22" in shown
        assert SECRET not in shown
        assert organizer.get(page(row)).status_code == 200


def addresses(theirs: Refund) -> Iterator[str]:
    for model, row in zip(MODELS, rows_of(theirs), strict=True):
        for view in ("change", "history", "delete"):
            yield reverse(f"admin:payments_{model}_{view}", args=[row.pk])
        yield f"{listing(model)}?q={SECRET[:-1]}"
        for lookup in ("", "payment__"):
            yield f"{listing(model)}?{lookup}reference__startswith={SECRET[:-1]}"
            yield f"{listing(model)}?{lookup}id={theirs.payment_id}"


def test_organizer_learns_nothing_of_other_organizations(
    organizer: Client, mine, theirs
):
    for address in addresses(theirs):
        shown = organizer.get(address, follow=True).content.decode()
        assert SECRET not in shown, address


def test_control_a_superuser_finds_it_at_the_same_addresses(theirs):
    client = signed_in(conferences.superuser())
    found = [
        SECRET in client.get(address, follow=True).content.decode()
        for address in addresses(theirs)
    ]
    assert sum(found) > len(MODELS)


def test_organizer_cannot_act_on_other_organizations(
    organizer: Client, theirs, fabrikam, heard: Heard
):
    invoice = started(provider="invoice", organization_id=fabrikam.pk)
    refund_results.record_failed(theirs.pk, error="timeout", now=NOW)
    heard.clear()
    act(organizer, "mark_paid", invoice)
    act(organizer, "refund_rest", theirs.payment)
    act(organizer, "retry", theirs)
    act(organizer, "settle_by_hand", theirs)
    invoice.refresh_from_db()
    theirs.refresh_from_db()
    assert (invoice.status, theirs.status, heard) == ("initiated", "failed", [])
    assert services.refunds_of(theirs.payment_id) == [theirs]


def test_superuser_sees_all(mine, theirs):
    client = signed_in(conferences.superuser())
    for model in MODELS:
        shown = client.get(listing(model)).content.decode()
        assert "MINE22" in shown
        assert SECRET in shown


def test_staff_without_organization_sees_nothing(mine, fabrikam):
    user = conferences.member(fabrikam)
    user.membership_set.all().delete()
    client = signed_in(user)
    for model, row in zip(MODELS, rows_of(mine), strict=True):
        assert client.get(listing(model)).status_code == 403
        assert client.get(page(row)).status_code in {302, 403, 404}


@pytest.mark.parametrize("who", ["organizer", "superuser"])
def test_nothing_can_be_added_edited_or_deleted(contoso, mine, who: str):
    user = (
        conferences.superuser() if who == "superuser" else conferences.member(contoso)
    )
    client = signed_in(user)
    for model, row in zip(MODELS, rows_of(mine), strict=True):
        assert client.get(reverse(f"admin:payments_{model}_add")).status_code == 403
        assert client.post(page(row), {"status": "refunded"}).status_code == 403
        delete = reverse(f"admin:payments_{model}_delete", args=[row.pk])
        assert client.post(delete, {"post": "yes"}).status_code == 403
        assert "delete_selected" not in client.get(listing(model)).content.decode()
        assert 'type="text"' not in client.get(page(row)).content.decode()
    assert (Payment.objects.count(), Refund.objects.count()) == (1, 1)


def test_organizer_marks_an_invoice_paid(organizer: Client, contoso, heard: Heard):
    invoice = started(provider="invoice", organization_id=contoso.pk)
    answer = act(organizer, "mark_paid", invoice)
    assert "Done for 1." in answer.content.decode()
    invoice.refresh_from_db()
    assert (invoice.status, invoice.paid_marked_by) == (
        "completed",
        "organizer-contoso",
    )
    assert heard.names == ["payment_completed"]
    entry = LogEntry.objects.get()
    assert (entry.object_id, entry.change_message) == (
        str(invoice.pk),
        "Marked as paid.",
    )


def test_refusals_are_shown_and_do_not_stop_the_others(organizer: Client, contoso):
    sandbox = started(organization_id=contoso.pk)
    invoice = started(provider="invoice", organization_id=contoso.pk)
    shown = act(organizer, "mark_paid", sandbox, invoice).content.decode()
    assert "Only invoices can be marked paid." in shown
    assert "Done for 1." in shown
    sandbox.refresh_from_db()
    assert sandbox.status == "initiated"


def test_organizer_refunds_retries_and_settles(
    organizer: Client, contoso, settings, heard: Heard
):
    payment = paid(organization_id=contoso.pk)
    act(organizer, "refund_rest", payment)
    (refund,) = services.refunds_of(payment.pk)
    refund_results.record_failed(refund.pk, error="timeout", now=NOW)
    act(organizer, "retry", refund)
    refund.refresh_from_db()
    assert refund.status == "requested"
    refund_results.record_failed(refund.pk, error="timeout", now=NOW)
    act(organizer, "settle_by_hand", refund)
    refund.refresh_from_db()
    payment.refresh_from_db()
    assert (refund.status, refund.settled_by) == ("done", "organizer-contoso")
    assert payment.status == "refunded"


def test_superuser_acts_everywhere(fabrikam):
    invoice = started(provider="invoice", organization_id=fabrikam.pk)
    act(signed_in(conferences.superuser()), "mark_paid", invoice)
    invoice.refresh_from_db()
    assert (invoice.status, invoice.paid_marked_by) == ("completed", "superuser")


def test_viewer_sees_and_cannot_act(contoso, mine, heard: Heard):
    client = signed_in(conferences.member(contoso, "viewer"))
    invoice = started(provider="invoice", organization_id=contoso.pk)
    shown = client.get(listing("payment")).content.decode()
    assert "MINE22" in shown
    assert "mark_paid" not in shown
    act(client, "mark_paid", invoice)
    invoice.refresh_from_db()
    assert invoice.status == "initiated"


def test_role_counts_per_organization(contoso, fabrikam):
    """Owner here, viewer there: the actions are offered and refused row by row."""
    user = conferences.member(contoso, "owner")
    user.membership_set.create(organization=fabrikam, role="viewer")
    there = started(provider="invoice", organization_id=fabrikam.pk)
    here = started(provider="invoice", organization_id=contoso.pk)
    shown = act(signed_in(user), "mark_paid", there, here).content.decode()
    assert "Your role does not allow this." in shown
    statuses = dict(Payment.objects.values_list("pk", "status"))
    assert statuses == {there.pk: "initiated", here.pk: "completed"}


def test_callback_without_payment_is_for_superusers(organizer: Client):
    stray = ProviderCallback.objects.create(
        provider="sandbox",
        event_id=SECRET,
        verdict="refused",
        received_at=NOW,
        body="{}",
    )
    assert SECRET not in organizer.get(listing("providercallback")).content.decode()
    superuser = signed_in(conferences.superuser())
    assert superuser.get(page(stray)).status_code == 200


def test_attention_can_be_filtered(organizer: Client, mine, contoso):
    started(organization_id=contoso.pk, reference="CALM22")
    kind = Case.Kind.REJECTED_AFTER_PAYMENT
    cases.about_payment(kind, mine.payment, now=NOW)
    for value, found in {
        "yes": ["MINE22"],
        kind.value: ["MINE22"],
        "late": ["MINE22"],
        "disputed": [],
        "no": ["CALM22"],
    }.items():
        shown = organizer.get(f"{listing('payment')}?needs_attention={value}")
        codes = [row.reference for row in shown.context["cl"].result_list]
        assert codes == found, value
    for case in mine.payment.cases.all():
        services.close_case(case.pk, by="x", note="", now=NOW)
    shown = organizer.get(f"{listing('payment')}?needs_attention=yes")
    assert shown.context["cl"].result_count == 0


def test_lists_need_few_queries(
    organizer: Client, contoso, django_assert_max_num_queries
):
    for count in (1, 3):
        for _ in range(count):
            with_refund(organization_id=contoso.pk, reference="MINE22")
        for model in MODELS:
            with django_assert_max_num_queries(9):
                organizer.get(listing(model))
