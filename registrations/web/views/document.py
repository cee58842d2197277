"""Invoices, receipts and credit notes of an order, for who has the order."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from registrations.documents.files import download
from registrations.queries import document as documents
from registrations.web.access import order_or_404


@require_safe
def document(request: HttpRequest, order_id: UUID, document_id: UUID) -> HttpResponse:
    order = order_or_404(request, order_id)
    found = documents.document(order.pk, document_id)
    if found is None:
        raise Http404
    return download(found)
