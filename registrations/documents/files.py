"""The file of a document: made of its content after the commit, and stored once."""

from hashlib import sha256
from uuid import UUID

from django.http import HttpResponse

from registrations.documents.content import load
from registrations.documents.rendering import rendered
from registrations.models.document import Document


def pdf_of(document_id: UUID) -> bytes:
    """The stored file; made now where no task has come to it yet.

    Two that make it at once make the same, and the first one stays.
    """
    stored = _stored(document_id)
    if stored is None:
        document = Document.objects.only("content").get(pk=document_id)
        made = rendered(load(document.content))
        Document.objects.filter(pk=document_id, pdf=None).update(
            pdf=made, pdf_digest=sha256(made).hexdigest()
        )
        stored = _stored(document_id) or made
    return stored


def download(document: Document) -> HttpResponse:
    """The answer to whoever may see it: to be kept, and never run as anything else."""
    answer = HttpResponse(pdf_of(document.pk), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{document.file_name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _stored(document_id: UUID) -> bytes | None:
    pdf = Document.objects.values_list("pdf", flat=True).get(pk=document_id)
    return None if pdf is None else bytes(pdf)
