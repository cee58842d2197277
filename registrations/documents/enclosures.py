"""Which documents go along with which mail."""

from collections.abc import Iterable
from uuid import UUID

from registrations.documents.files import pdf_of
from registrations.models.document import Document
from registrations.models.notification import Notification
from registrations.queries import document as documents

Kind = Notification.Kind


def enclosed(kind: str, order_id: UUID, key: str) -> list[tuple[str, bytes, str]]:
    """Name, content and type of each file; makes those that are not made yet.

    Never to be called inside a transaction: a file takes a tenth of a second.
    """
    return [
        (document.file_name, pdf_of(document.pk), "application/pdf")
        for document in _documents(kind, order_id, key)
    ]


def _documents(kind: str, order_id: UUID, key: str) -> Iterable[Document]:
    match kind:
        case Kind.CONFIRMATION:
            return documents.standing(order_id)
        case Kind.INVOICE:
            return documents.standing(order_id).filter(payment_id=UUID(key))
        case Kind.EXPIRY:
            return documents.credit_notes(order_id, refund_id=None)
        case Kind.REFUND:
            return documents.credit_notes(order_id, refund_id=UUID(key))
    return []
