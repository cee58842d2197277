"""What the database itself refuses to keep of transfers."""

from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from payments.models import BankTransfer
from tests.factories.payments import NOW
from tests.payments.bank.conftest import (
    invoiced,
    taken_in,
)
from tests.payments.bank.files import camt, paying

pytestmark = pytest.mark.django_db


def bare(key: str, **changes: object) -> BankTransfer:
    known = BankTransfer.objects.first()
    if known is None:
        known = taken_in(camt(paying("XYZ789"))).transfers.get()
    values = {
        field.attname: getattr(known, field.attname)
        for field in BankTransfer._meta.concrete_fields
        if field.attname != "id"
    }
    return BankTransfer(**values | {"key": key} | changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "matched"},
        {"status": "ignored"},
        {"amount": 0},
        {"currency": "eur"},
        {"decided_at": NOW},
    ],
)
def test_rows_that_make_no_sense_are_refused(changes):
    bare("a").save()
    with pytest.raises(IntegrityError), transaction.atomic():
        bare("b", **changes).save()


def test_one_key_once_per_organization_and_account():
    bare("a").save()
    bare("a", account="other").save()
    bare("a", organization_id=UUID(int=1)).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        bare("a").save()


def test_one_payment_has_one_transfer():
    payment = invoiced()
    mine = {"status": "matched", "payment_id": payment.pk, "decided_at": NOW}
    bare("a", **mine).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        bare("b", **mine).save()
