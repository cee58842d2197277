"""Invoices to be paid, and statements taken in, confirmed and worked through."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from conferences.models import Membership
from payments.bank import deciding, statements
from payments.models import BankStatement, BankTransfer, Case, Payment
from tests.factories import conferences
from tests.factories.payments import NOW, ORGANIZATION, started
from tests.payments.conftest import signed_in

BY = "organizer-contoso"


def invoiced(code: str = "ABC234", amount: str = "199.00", **changes: Any) -> Payment:
    values = {"provider": "invoice", "reference": code, "currency": "EUR"}
    return started(amount=Decimal(amount), **values | changes)


def taken_in(
    content: bytes, *, organization_id: UUID = ORGANIZATION, **said: str
) -> BankStatement:
    upload = statements.Upload(
        organization_id=organization_id,
        file_name="statement.xml",
        content=content,
        **said,
    )
    return statements.take_in(upload, by=BY, now=NOW)


def confirmed(content: bytes, **said: Any) -> BankStatement:
    """Taken in and confirmed, but not worked through yet."""
    statement = taken_in(content, **said)
    statements.confirm(statement.pk, by=BY, now=NOW)
    return statement


def imported(content: bytes, **said: Any) -> list[BankTransfer]:
    """What became of the entries that were new, by the day and the purpose."""
    statement = confirmed(content, **said)
    assert deciding.work_through(statement.pk, now=NOW) == 0
    return list(statement.transfers.order_by("booked_on", "purpose"))


def outcomes(transfers: list[BankTransfer]) -> list[tuple[str, str]]:
    return [(transfer.status, transfer.trouble) for transfer in transfers]


def open_cases() -> list[tuple[str, str]]:
    rows = Case.objects.filter(closed_at__isnull=True).order_by("opened_at", "pk")
    return list(rows.values_list("kind", "subject"))


@pytest.fixture
def viewer(contoso) -> Client:
    return signed_in(conferences.member(contoso, Membership.Role.VIEWER))
