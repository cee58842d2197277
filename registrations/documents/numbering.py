"""Numbers without gaps: taken in the transaction that stores the document.

A sequence would not do: it never takes back the number of a transaction that failed.
The row of the series is locked until the commit, so it is taken last, after the locks
of seats and order, and whoever issues a document waits for the one before.
"""

from uuid import UUID

from django.db import connection

from registrations.models.document import DocumentKind, DocumentSeries

PREFIX = {
    DocumentKind.INVOICE: "INV",
    DocumentKind.CREDIT_NOTE: "CN",
    DocumentKind.RECEIPT: "REC",
}
# Where there is no row yet, two who begin the series at once wait for one another too.
NEXT = f"""
INSERT INTO {DocumentSeries._meta.db_table} AS series (organization_id, kind, last)
VALUES (%s, %s, 1)
ON CONFLICT (organization_id, kind) DO UPDATE SET last = series.last + 1
RETURNING last
"""  # noqa: S608 the name of our own table


def next_number(organization_id: UUID, kind: DocumentKind) -> int:
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [organization_id, kind.value])
        (number,) = cursor.fetchone() or (0,)
    return int(number)


def label_of(kind: DocumentKind, number: int) -> str:
    return f"{PREFIX[kind]}-{number:05}"
