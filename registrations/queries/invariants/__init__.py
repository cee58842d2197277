"""Proves from the raw events that everything else says the same.

A small computation of its own: no aggregate and no projector takes part, so that a
mistake in one of them is found here (domain rules, section 4).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from registrations.queries.invariants import (
    cancellations,
    documents,
    ledger,
    money,
    orders,
    seats,
    streams,
)
from registrations.queries.invariants.problem import Problem

__all__ = ["Problem", "problems"]


def problems() -> Iterator[Problem]:
    """Everything that is wrong, at one moment; nothing if all is well."""
    with _one_moment():
        yield from streams.problems()
        books = seats.Books()
        for batch in orders.batches():
            books.enter(batch)
            yield from orders.problems(batch)
            yield from money.problems(batch)
            yield from cancellations.problems(batch)
        yield from books.problems()
        yield from ledger.problems()
        yield from documents.problems()


@contextmanager
def _one_moment() -> Iterator[None]:
    """Others may go on writing: all queries see the state of the first one."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as cursor:
            if is_outermost:
                cursor.execute(
                    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
                )
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        yield
