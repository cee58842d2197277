"""The way back of a migration loses no money, or says why it cannot be gone."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from payments.models import Payment, ProviderFee
from tests.factories.payments import started

BEFORE, AFTER = "0007", "0008"


@pytest.fixture
def payment(transactional_db: None) -> Iterator[Payment]:
    """Of any payment; whatever was taken back, the other tests find it again."""
    yield started()
    ProviderFee.objects.all().delete()
    call_command("migrate", verbosity=0)


def charged(payment: Payment, amount: str, reference: str = "") -> None:
    ProviderFee.objects.create(
        payment=payment,
        amount=Decimal(amount),
        provider_reference=reference,
        charged_at=timezone.now(),
    )


def has_references() -> bool:
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(
            cursor, ProviderFee._meta.db_table
        )
    return "provider_reference" in {column.name for column in columns}


def fees() -> list[tuple[Decimal, str]]:
    rows = ProviderFee.objects.order_by("provider_reference")
    return list(rows.values_list("amount", "provider_reference"))


def migrate(target: str) -> None:
    call_command("migrate", "payments", target, verbosity=0)


def test_fees_of_payments_go_back_and_come_again(payment):
    charged(payment, "1.25")
    migrate(BEFORE)
    assert not has_references()

    migrate(AFTER)
    assert fees() == [(Decimal("1.25"), "")]


@pytest.mark.parametrize(
    "charges",
    [
        [("1.25", ""), ("15.00", "dp_1")],
        [("15.00", "dp_1")],
        [("-15.00", "dp_1 won")],
        [("-1.25", "")],
    ],
)
def test_fees_of_disputes_are_not_lost_on_the_way_back(payment, charges):
    for amount, reference in charges:
        charged(payment, amount, reference)
    with pytest.raises(CommandError, match=r"charged for 1 payment\(s\)"):
        migrate(BEFORE)

    assert has_references()
    assert fees() == [(Decimal(amount), reference) for amount, reference in charges]
