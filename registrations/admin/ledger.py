"""The ledger of one conference: a period, what moved in it, and the same as a file."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from payments import services as payments
from registrations.admin.ledger_files import LedgerFile
from registrations.admin.tenant import TenantAdmin, by_conference, own
from registrations.models.conference_view import ConferenceView
from registrations.models.ledger_entry import LedgerEntry
from registrations.queries import ledger

TEMPLATE = "admin/registrations/ledger.html"
CHOICE_TEMPLATE = "admin/registrations/ledger_conferences.html"
ENTRIES_ON_A_PAGE = 50
# What fits between the ends of the calendar in every time zone
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2999, 12, 31)


class PeriodForm(forms.Form):
    """Days where the conference is, both included."""

    since = forms.DateField(label=gettext_lazy("From"))
    until = forms.DateField(label=gettext_lazy("To and including"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields:
            widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
            self.fields[name].widget = widget

    def clean(self) -> dict[str, Any]:
        days: dict[str, date] = super().clean() or {}
        for name, day in list(days.items()):
            if not FIRST_DAY <= day <= LAST_DAY:
                self.add_error(name, _("Enter a day between 2000 and 2999."))
        if not self.errors and days["until"] < days["since"]:
            self.add_error("until", _("The last day cannot be before the first one."))
        return days

    def period(self, zone: ZoneInfo) -> ledger.Period:
        first, last = self.cleaned_data["since"], self.cleaned_data["until"]
        return ledger.Period.of_days(first, last, zone)


def month_of(day: date) -> dict[str, date]:
    """From its first day to its last one."""
    first = day.replace(day=1)
    next_month = (first + timedelta(days=31)).replace(day=1)
    return {"since": first, "until": next_month - timedelta(days=1)}


def suggested(today: date) -> list[tuple[str, dict[str, date]]]:
    """Periods that organizers ask for, by name."""
    this_month = month_of(today)
    year = {"since": date(today.year, 1, 1), "until": date(today.year, 12, 31)}
    return [
        (_("This month"), this_month),
        (_("Last month"), month_of(this_month["since"] - timedelta(days=1))),
        (_("This year"), year),
    ]


def method_labels() -> dict[str, str]:
    return {one.code: one.label for one in payments.providers()}


@admin.register(LedgerEntry)
class LedgerAdmin(TenantAdmin):
    """A list of conferences, and behind each its ledger."""

    def get_urls(self) -> list[URLPattern]:
        def page(route: str, view: Any, name: str) -> URLPattern:
            guarded: Any = self.admin_site.admin_view(view)
            address: URLPattern = path(
                route, guarded, name=f"registrations_ledgerentry_{name}"
            )
            return address

        return [
            page("", self.changelist_view, "changelist"),
            page("<uuid:conference_id>/", self.ledger_view, "conference"),
            page("<uuid:conference_id>/csv/", self.csv_view, "csv"),
            page("<uuid:conference_id>/xlsx/", self.xlsx_view, "xlsx"),
            # A single entry is only looked at; who may not is sent home as elsewhere.
            *super().get_urls(),
        ]

    @method_decorator(require_safe)
    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        conferences = by_conference(self._conferences(request))
        context = {"title": _("Ledger"), "conferences": conferences}
        return self._page(request, CHOICE_TEMPLATE, context)

    @method_decorator(require_safe)
    def ledger_view(self, request: HttpRequest, conference_id: UUID) -> HttpResponse:
        conference = self._conference(request, conference_id)
        today = timezone.localdate(timezone=conference.zone)
        form = _form(request, today)
        context: dict[str, Any] = {
            "title": _("Ledger: %s") % conference.name,
            "conference": conference,
            "form": form,
            "suggested": suggested(today),
        }
        if form.is_valid():
            period = form.period(conference.zone)
            context |= _told(conference.pk, period, request.GET.get("page"))
        return self._page(request, TEMPLATE, context)

    @method_decorator(require_safe)
    def csv_view(self, request: HttpRequest, conference_id: UUID) -> HttpResponseBase:
        file = self._file(request, conference_id)
        if file is None:
            return _back_to_the_form(request, conference_id)
        return StreamingHttpResponse(
            file.csv(),
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="{file.name}.csv"',
            },
        )

    @method_decorator(require_safe)
    def xlsx_view(self, request: HttpRequest, conference_id: UUID) -> HttpResponseBase:
        file = self._file(request, conference_id)
        if file is None:
            return _back_to_the_form(request, conference_id)
        return FileResponse(
            file.xlsx(), as_attachment=True, filename=f"{file.name}.xlsx"
        )

    def _file(self, request: HttpRequest, conference_id: UUID) -> LedgerFile | None:
        conference = self._conference(request, conference_id)
        form = _form(request, timezone.localdate(timezone=conference.zone))
        if not form.is_valid():
            return None
        days = form.cleaned_data
        return LedgerFile(
            conference,
            form.period(conference.zone),
            name=f"ledger-{conference.slug}-{days['since']}-{days['until']}",
            methods=method_labels(),
        )

    def _conferences(self, request: HttpRequest) -> Any:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return own(request, ConferenceView.objects.all())

    def _conference(self, request: HttpRequest, conference_id: UUID) -> ConferenceView:
        found: ConferenceView = get_object_or_404(
            self._conferences(request), pk=conference_id
        )
        return found

    def _page(
        self, request: HttpRequest, template: str, context: dict[str, Any]
    ) -> HttpResponse:
        shared = self.admin_site.each_context(request) | {"opts": self.opts}
        return TemplateResponse(request, template, shared | context)


def _form(request: HttpRequest, today: date) -> PeriodForm:
    """This month, unless something else was asked for."""
    asked = {name for name in PeriodForm.base_fields if name in request.GET}
    return PeriodForm(request.GET if asked else month_of(today))


def _back_to_the_form(request: HttpRequest, conference_id: UUID) -> HttpResponse:
    """Which says what is wrong with the period."""
    address = reverse(
        "admin:registrations_ledgerentry_conference", args=[conference_id]
    )
    return HttpResponseRedirect(f"{address}?{request.GET.urlencode()}")


def _told(
    conference_id: UUID, period: ledger.Period, page: str | None
) -> dict[str, Any]:
    entries = Paginator(ledger.entries(conference_id, period), ENTRIES_ON_A_PAGE)
    shown = entries.get_page(page)
    statement = ledger.statement(conference_id, period.since, period.until)
    labels = method_labels()
    return {
        "statement": statement,
        "accounts": [
            (labels.get(one.account.method, one.account.method), one)
            for one in statement.accounts
        ],
        "page": shown,
        "entries": [(labels.get(one.method, one.method), one) for one in shown],
    }
