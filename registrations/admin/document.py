"""Invoices, credit notes and receipts: found by their number, read and downloaded."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from registrations.admin import cells
from registrations.admin.filters import ConferenceFilter
from registrations.admin.tenant import TenantAdmin, with_conference
from registrations.documents.files import download
from registrations.models.document import Document


@admin.register(Document)
class DocumentAdmin(TenantAdmin):
    """Read-only for everybody: what was issued is corrected by a credit note."""

    list_display = ("label", "kind", "date", "conference", "buyer", "money", "order")
    list_filter = ("kind", ConferenceFilter)
    search_fields = ("label",)
    search_help_text = _("Number, such as INV-00042")
    date_hierarchy = "issued_on"
    ordering = ("-issued_at", "-pk")
    actions = None
    fields = readonly_fields = (
        "label",
        "kind",
        "date",
        "conference",
        "buyer",
        "net_money",
        "tax_money",
        "money",
        "order",
        "corrected",
        "corrections",
        "file",
        "digest",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        # `defer`: the files are only wanted by who downloads one.
        return with_conference(super().get_queryset(request)).defer("pdf")

    @admin.display(description=_("date"), ordering="issued_on")
    def date(self, document: Document) -> str:
        return date_format(document.issued_on)

    @admin.display(description=_("conference"))
    def conference(self, document: Any) -> str:
        return document.conference_name or "-"

    @admin.display(description=_("made out to"))
    def buyer(self, document: Document) -> str:
        return str(document.content["buyer"]["name"]) or "-"

    @admin.display(description=_("total"), ordering="total")
    def money(self, document: Document) -> SafeString:
        return cells.money(document.total_money)

    @admin.display(description=_("net"))
    def net_money(self, document: Document) -> SafeString:
        return cells.money(document.money_of(document.net))

    @admin.display(description=_("tax"))
    def tax_money(self, document: Document) -> SafeString:
        return cells.money(document.money_of(document.tax))

    @admin.display(description=_("order"))
    def order(self, document: Document) -> SafeString:
        return cells.order_link(document.order_id, document.content["order_code"])

    @admin.display(description=_("corrects"))
    def corrected(self, document: Document) -> SafeString | str:
        return _link(document.corrects) if document.corrects else "-"

    @admin.display(description=_("corrected by"))
    def corrections(self, document: Document) -> str:
        notes = document.corrections.defer("pdf").order_by("number")
        return ", ".join(note.label for note in notes) or "-"

    @admin.display(description=_("file"))
    def file(self, document: Document) -> SafeString:
        address = reverse("admin:registrations_document_file", args=[document.pk])
        text = gettext("Download %s") % document.file_name
        return format_html('<a href="{}">{}</a>', address, text)

    def get_urls(self) -> list[URLPattern]:
        file = path(
            "<path:object_id>/file/",
            self.admin_site.admin_view(self.file_view),
            name="registrations_document_file",
        )
        return [file, *super().get_urls()]

    @method_decorator(require_safe)
    def file_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return download(self.visible_or_404(request, object_id))


def _link(document: Document) -> SafeString:
    address = reverse("admin:registrations_document_change", args=[document.pk])
    return format_html('<a href="{}">{}</a>', address, document.label)
