"""What is others' does not exist, and viewers only look."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from payments.models import BankStatement, BankTransfer, Payment
from tests.factories import conferences
from tests.payments.bank import files
from tests.payments.bank.conftest import imported, invoiced, taken_in
from tests.payments.bank.files import camt, entry, paying
from tests.payments.bank.pages import (
    IMPORT,
    listing,
    near_miss,
    page,
    shown,
    upload,
)
from tests.payments.conftest import signed_in

pytestmark = pytest.mark.django_db


def addresses(statement: BankStatement, transfer: BankTransfer, payment: Payment):
    return [
        page(statement),
        page(statement, "history"),
        page(transfer),
        page(transfer, "history"),
        page(transfer, "assign", payment.pk),
    ]


def acts(statement: BankStatement, transfer: BankTransfer, payment: Payment):
    return [
        (page(statement, "confirm"), {}),
        (page(statement, "throw_away"), {}),
        (page(transfer, "ignore"), {}),
        (page(transfer, "return"), {"return-note": "x"}),
        (page(transfer, "assign", payment.pk), {"way": "accept"}),
    ]


def test_what_is_others_does_not_exist(organizer: Client, contoso, fabrikam):
    payment, transfer = near_miss(fabrikam)
    waiting = taken_in(camt(paying("SECRET")), organization_id=fabrikam.pk)
    for address in addresses(waiting, transfer, payment):
        assert organizer.get(address).status_code in (302, 404)
    for address, form in acts(waiting, transfer, payment):
        assert organizer.post(address, form).status_code == 404
    for model in ("bankstatement", "banktransfer"):
        text = shown(organizer, listing(model))
        assert "SECRET" not in text
        assert "ABC234" not in text
    transfer.refresh_from_db()
    payment.refresh_from_db()
    assert (transfer.status, payment.status) == ("near_miss", "initiated")
    assert BankStatement.objects.filter(pk=waiting.pk, confirmed_at=None).exists()


def test_a_transfer_cannot_be_assigned_to_a_foreign_payment(
    organizer: Client, contoso, fabrikam
):
    _mine, transfer = near_miss(contoso)
    theirs = invoiced(organization_id=fabrikam.pk, amount="198.00")
    address = page(transfer, "assign", theirs.pk)
    assert organizer.get(address).status_code == 404
    assert organizer.post(address, {"way": "assign"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.status == "initiated"


def test_nothing_is_imported_for_others(organizer: Client, contoso, fabrikam):
    answer = upload(organizer, camt(paying("ABC234")), organization=fabrikam.pk)
    assert answer.status_code == 200
    assert not BankStatement.objects.exists()


def test_viewers_only_look(viewer: Client, contoso):
    payment, transfer = near_miss(contoso)
    waiting = taken_in(camt(paying("AAA111")), organization_id=contoso.pk)
    for address in (page(waiting), page(transfer)):
        text = shown(viewer, address)
        for word in ("Confirm</", 'value="Confirm"', "Assign…", "sent it back"):
            assert word not in text
    assert "Import a statement" not in shown(viewer, listing("bankstatement"))
    assert viewer.get(reverse(IMPORT)).status_code == 403
    assert viewer.get(page(transfer, "assign", payment.pk)).status_code == 403
    for address, form in acts(waiting, transfer, payment):
        assert viewer.post(address, form).status_code == 403
    transfer.refresh_from_db()
    assert transfer.status == "near_miss"


def test_superuser_chooses_among_all_organizations(contoso, fabrikam):
    client = signed_in(conferences.superuser())
    text = shown(client, reverse(IMPORT))
    assert "Contoso" in text
    assert "Fabrikam" in text
    upload(client, camt(paying("ABC234")), organization=fabrikam.pk)
    assert BankStatement.objects.get().organization_id == fabrikam.pk


def test_pages_that_are_no_pages_are_missing(organizer: Client, contoso):
    for odd in ("nonsense", str(uuid4())):
        for model in ("bankstatement", "banktransfer"):
            address = reverse(f"admin:payments_{model}_change", args=[odd])
            assert organizer.get(address).status_code == 404
        assert (
            organizer.post(
                reverse("admin:payments_bankstatement_confirm", args=[odd])
            ).status_code
            == 404
        )


@pytest.mark.parametrize("view", ["confirm", "throw_away"])
def test_looking_changes_nothing(organizer: Client, contoso, view):
    statement = taken_in(camt(paying("ABC234")), organization_id=contoso.pk)
    assert organizer.get(page(statement, view)).status_code == 405


def test_lists_cost_the_same_for_one_row_and_for_many(
    organizer: Client, contoso, django_assert_max_num_queries
):
    for number in range(5):
        imported(
            camt(entry(f"{number + 1}.00", files.details(f"no {number}"))),
            organization_id=contoso.pk,
        )
    for model in ("bankstatement", "banktransfer"):
        with django_assert_max_num_queries(12):
            shown(organizer, listing(model))
