"""What pages, mails and commands ask about documents; the files are left where they
are."""

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce

from registrations.models.document import Document, DocumentKind

SALES = (DocumentKind.INVOICE, DocumentKind.RECEIPT)


def documents() -> QuerySet[Document]:
    return Document.objects.defer("pdf")


def documents_of(order_id: UUID) -> list[Document]:
    """All documents of an order, oldest first."""
    return list(documents().filter(order_id=order_id).order_by("issued_at", "pk"))


def document(order_id: UUID, document_id: UUID) -> Document | None:
    """The document, if it is one of this order."""
    return documents().filter(order_id=order_id, pk=document_id).first()


def issued_for(kind: DocumentKind, cause: str) -> Document | None:
    return documents().filter(kind=kind, cause=cause).first()


def credited(document_id: UUID) -> Decimal:
    """How much of a document credit notes have taken back."""
    notes = Document.objects.filter(corrects_id=document_id)
    total: Decimal = notes.aggregate(total=Coalesce(Sum("total"), Decimal(0)))["total"]
    return total


def standing(
    order_id: UUID, *, kinds: Iterable[DocumentKind] = SALES
) -> QuerySet[Document]:
    """What has not been taken back as a whole, oldest first."""
    credited = Coalesce(Sum("corrections__total"), Decimal(0))
    sales = documents().filter(order_id=order_id, kind__in=list(kinds))
    standing = sales.annotate(credited=credited).exclude(credited__gte=F("total"))
    return standing.order_by("issued_at", "pk")


def credit_notes(order_id: UUID, *, refund_id: UUID | None) -> list[Document]:
    """Those of one refund; without one those of invoices that came to nothing."""
    notes = documents().filter(order_id=order_id, kind=DocumentKind.CREDIT_NOTE)
    return list(notes.filter(refund_id=refund_id).order_by("issued_at", "pk"))
