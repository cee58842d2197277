"""The pages of statements and transfers as somebody opens them."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from payments.models import Payment
from tests.payments.bank.conftest import imported, invoiced
from tests.payments.bank.files import camt, paying

IMPORT = "admin:payments_bankstatement_import"


def page(row: Any, view: str = "change", *more: Any) -> str:
    name = f"admin:payments_{row._meta.model_name}_{view}"
    return reverse(name, args=[row.pk, *more])


def listing(model: str) -> str:
    return reverse(f"admin:payments_{model}_changelist")


def upload(client: Client, content: bytes, **said: Any):
    file = SimpleUploadedFile("statement.xml", content)
    return client.post(reverse(IMPORT), {"file": file, **said}, follow=True)


def shown(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def near_miss(organization: Any, amount: str = "198.00") -> tuple[Payment, Any]:
    payment = invoiced(organization_id=organization.pk)
    [transfer] = imported(
        camt(paying("ABC234", amount)), organization_id=organization.pk
    )
    return payment, transfer
