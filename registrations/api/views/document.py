"""Invoices, receipts and credit notes of an order."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from registrations.api.pages import page_of
from registrations.api.schema import OWN_ORDER, described
from registrations.api.serializers.document import DocumentSerializer
from registrations.api.views.base import OrderEndpoint
from registrations.documents.files import download
from registrations.queries import document as documents


class DocumentList(OrderEndpoint):
    """All documents of an order."""

    @described(
        "list_documents",
        "List invoices, receipts and credit notes",
        DocumentSerializer,
        listed=True,
        refusals=OWN_ORDER,
    )
    def get(self, request: Request, order_id: UUID) -> Response:
        """Oldest first. What is free of charge has none."""
        page = page_of(
            request,
            documents.documents_of(order_id),
            position=lambda one: (one.issued_at.isoformat(), str(one.pk)),
        )
        shown = DocumentSerializer(page.results, many=True).data
        return Response(page.with_results(shown))


class PDFRenderer(BaseRenderer):
    """Says what this address answers; the file is made already."""

    media_type = "application/pdf"
    format = "pdf"
    charset = None

    def render(self, data: Any, *args: Any, **kwargs: Any) -> Any:
        return data


class DocumentFile(OrderEndpoint):
    """One document as it is sent and printed."""

    renderer_classes = [PDFRenderer]

    @described(
        "download_document",
        "Download a document",
        None,
        file=PDFRenderer.media_type,
        refusals=OWN_ORDER,
    )
    def get(self, request: Request, order_id: UUID, document_id: UUID) -> HttpResponse:
        """The same bytes whenever it is asked for."""
        document = documents.document(order_id, document_id)
        if document is None:
            raise Http404
        return download(document)
