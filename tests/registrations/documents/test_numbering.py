"""No gap and no double, however many issue at once and however many fail."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from registrations.documents import issuing, numbering
from registrations.models import Document, DocumentSeries
from registrations.models.document import DocumentKind
from tests.at_once import many_at_once
from tests.registrations.conftest import NOW, pay
from tests.registrations.documents.conftest import taxed_summit

pytestmark = pytest.mark.django_db(transaction=True)

ORGANIZATION = UUID(int=1)
THREADS = 24


def taken_by_many(take: Any) -> list[int]:
    """Each thread takes numbers in two transactions; every third of them fails."""
    kept = []

    def work(thread: int) -> None:
        for turn in (0, 1):
            with transaction.atomic():
                number = take()
                if (thread + turn) % 3 == 0:
                    transaction.set_rollback(True)
                else:
                    kept.append(number)

    assert many_at_once(work, THREADS) == [None] * THREADS
    return sorted(kept)


def test_numbers_have_no_gap_under_concurrency():
    kept = taken_by_many(
        lambda: numbering.next_number(ORGANIZATION, DocumentKind.INVOICE)
    )
    assert kept == list(range(1, len(kept) + 1))
    assert len(kept) == 32
    assert DocumentSeries.objects.get().last == len(kept)


def test_a_sequence_would_leave_gaps():
    """The control: what the database offers for numbers fails this very test."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SEQUENCE with_gaps")

    def take() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('with_gaps')")
            return int(cursor.fetchone()[0])

    try:
        kept = taken_by_many(take)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP SEQUENCE with_gaps")
    assert kept != list(range(1, len(kept) + 1))


def test_orders_of_two_conferences_are_paid_at_once_without_gap_or_double():
    """The whole way: seats, orders, process, series; two conferences, one series."""
    summits = [taxed_summit(slug) for slug in ("first", "second")]
    placed = [
        summit.ready((summit.general, 1)).pk for summit in summits for _ in range(12)
    ]

    def work(place: int) -> None:
        with transaction.atomic():
            pay(placed[place])
            if place % 4 == 0:
                transaction.set_rollback(True)

    assert many_at_once(work, len(placed)) == [None] * len(placed)
    numbers = Document.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, 19))


def test_refunds_at_once_never_credit_more_than_there_was():
    """Issuing by itself, without the locks of order and payment around it."""
    summit = taxed_summit()
    order = summit.confirmed((summit.general, 1))
    (receipt,) = Document.objects.filter(order_id=order.pk)

    def work(thread: int) -> None:
        with transaction.atomic():
            issuing.credit(
                receipt,
                amount=Decimal("10.01"),
                cause=f"refund {thread}",
                reason="",
                now=NOW,
            )

    assert many_at_once(work, THREADS) == [None] * THREADS
    notes = Document.objects.filter(corrects=receipt)
    assert sum(note.total for note in notes) == receipt.total
    assert sum(note.tax for note in notes) == receipt.tax
    numbers = sorted(note.number for note in notes)
    assert numbers == list(range(1, 21))
