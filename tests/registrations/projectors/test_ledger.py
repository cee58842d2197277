"""Each movement is written down once for each tax, and never changed."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from eventstore.projections import projectors
from eventstore.rebuild import rebuild
from eventstore.shadow import as_of, differences
from payments import refund_results, signals
from payments import services as payments
from registrations.models import LedgerEntry
from registrations.models.append_only import AppendOnly
from tests.registrations.conftest import NOW, Summit, minutes, pay

PROJECTOR = projectors["LedgerProjector"]


@pytest.fixture
def taxed(make_summit: Callable[..., Summit], db) -> Summit:
    return make_summit(tax_name="VAT", tax_rate=Decimal(25))


def refund(payment: payments.Payment, amount: str | None = None) -> None:
    asked = payments.request_refund(
        payment_id=payment.pk,
        amount=Decimal(amount) if amount else None,
        reason=payments.ORGANIZER_REASON,
        now=NOW,
    )
    refund_results.record_done(
        asked.pk, expected=[asked.Status.REQUESTED], now=NOW + minutes(5)
    )


def written() -> list[tuple[object, ...]]:
    return list(
        LedgerEntry.objects.order_by("position", "gross").values_list(
            "kind", "tax_name", "tax_rate", "gross", "net", "tax", "occurred_at"
        )
    )


def test_what_comes_in_and_goes_out(taxed):
    payment = pay(taxed.ready((taxed.general, 1)).pk)
    refund(payment, "100.00")

    assert written() == [
        *[
            (
                "charge",
                "VAT",
                25,
                Decimal(199),
                Decimal("159.20"),
                Decimal("39.80"),
                NOW,
            )
        ],
        *[
            (
                *("refund", "VAT", 25, Decimal(-100), Decimal(-80), Decimal(-20)),
                NOW + minutes(5),
            )
        ],
    ]


def test_an_entry_says_whose_money_it_is(taxed):
    order = taxed.ready((taxed.general, 1))
    payment = pay(order.pk)

    entry = LedgerEntry.objects.get()
    assert (entry.organization_id, entry.conference_id) == (
        taxed.organization_id,
        taxed.id,
    )
    assert (entry.order_id, entry.order_code) == (order.pk, order.code)
    assert (entry.payment_id, entry.reference_id) == (payment.pk, payment.pk)
    assert (entry.method, entry.currency) == ("sandbox", "USD")
    assert str(entry) == f"{order.code} Charged 199.00 USD"


@pytest.mark.parametrize(
    "change",
    [
        lambda entries: entries.update(gross=0, net=0, tax=0),
        lambda entries: entries.delete(),
        # There is no row to change, and it is refused all the same.
        lambda entries: entries.filter(order_code="").delete(),
    ],
)
def test_the_database_refuses_changes(taxed, change):
    pay(taxed.ready((taxed.general, 1)).pk)
    before = written()

    with (
        pytest.raises(IntegrityError, match="only ever added"),
        transaction.atomic(),
    ):
        change(LedgerEntry.objects.all())

    assert written() == before


def test_the_guard_is_made_and_removed_like_any_constraint(taxed):
    pay(taxed.ready((taxed.general, 1)).pk)
    guard = AppendOnly(name="ledger_is_never_changed")
    assert guard in LedgerEntry._meta.constraints

    with connection.schema_editor() as editor:
        editor.remove_constraint(LedgerEntry, guard)
    assert LedgerEntry.objects.update(order_code="-") == 1

    with connection.schema_editor() as editor:
        editor.add_constraint(LedgerEntry, guard)
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerEntry.objects.update(order_code="+")
    LedgerEntry.objects.get().full_clean(validate_unique=False)


def test_the_database_refuses_what_does_not_add_up(taxed):
    pay(taxed.ready((taxed.general, 1)).pk)
    entry = LedgerEntry.objects.get()
    entry.pk, entry.gross = payments.Payment().pk, entry.gross + 1

    with (
        pytest.raises(IntegrityError, match="ledger_gross_is_net_and_tax"),
        transaction.atomic(),
    ):
        entry.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_rebuilt_it_is_the_same_and_refuses_changes_all_the_same(make_summit):
    """The guard is one of the table that takes the place of the live one."""
    taxed = make_summit(tax_name="VAT", tax_rate=Decimal(25))
    payment = pay(taxed.ready((taxed.general, 2)).pk)
    refund(payment, "0.01")
    before = list(LedgerEntry.objects.order_by("pk").values_list())

    for _ in range(2):
        assert rebuild(PROJECTOR) == 2
        assert list(LedgerEntry.objects.order_by("pk").values_list()) == before
        with pytest.raises(IntegrityError, match="only ever added"):
            LedgerEntry.objects.update(order_code="")
    assert differences(PROJECTOR) == {}


def test_as_it_was_before_the_refund(taxed):
    payment = pay(taxed.ready((taxed.general, 1)).pk)
    refund(payment)

    with as_of(PROJECTOR, streams=[f"payment-account-{payment.pk}"], version=1):
        assert [entry.kind for entry in LedgerEntry.objects.all()] == ["charge"]
    assert LedgerEntry.objects.count() == 2


def test_a_movement_told_twice_is_written_once(taxed):
    payment = pay(taxed.ready((taxed.general, 1)).pk)

    signals.payment_completed.send(
        sender=None,
        payment_id=payment.pk,
        order_id=payment.order_id,
        conference_id=payment.conference_id,
        organization_id=payment.organization_id,
        provider=payment.provider,
        amount=payment.amount,
        currency=payment.currency,
        completed_at=NOW,
    )

    assert LedgerEntry.objects.count() == 1
