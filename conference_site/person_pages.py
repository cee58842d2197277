"""For operators: what is held about a person, to be handed over or erased."""

import json
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from eventstore import erasure
from eventstore.admin import ReadOnlyAdmin
from eventstore.ledger import LedgerBroken
from eventstore.models import Erasure

PERSON = "admin/eventstore/erasure/person.html"
CERTIFICATE = "admin/eventstore/erasure/certificate.html"
COUNTS = {
    "keys_destroyed": gettext_lazy("Keys destroyed"),
    "events_unreadable": gettext_lazy("Events whose personal fields nobody can read"),
    "rows_projected_again": gettext_lazy("Rows of read models made anew"),
    "mails_emptied": gettext_lazy("Mails emptied"),
    "api_answers_emptied": gettext_lazy("Stored API answers emptied"),
    "provider_messages_emptied": gettext_lazy("Messages of payment providers emptied"),
    "provider_answers_emptied": gettext_lazy("Answers of payment providers emptied"),
    "dispute_reasons_emptied": gettext_lazy("Reasons of disputes emptied"),
    "case_notes_emptied": gettext_lazy("Notes on cases emptied"),
    "refund_notes_emptied": gettext_lazy("Notes on refunds emptied"),
    "transfers_emptied": gettext_lazy("Bank transfers emptied"),
    "queued_tasks_dropped": gettext_lazy("Queued tasks dropped"),
    "task_rows_emptied": gettext_lazy("Records of failed tasks emptied"),
    "admin_log_entries_emptied": gettext_lazy("Entries of the admin log emptied"),
    "sessions_ended": gettext_lazy("Sessions ended"),
    "cache_entries_dropped": gettext_lazy("Cache entries dropped"),
}
PLACES = {
    "events": gettext_lazy("Events"),
    "payments": gettext_lazy("Payments"),
    "refunds": gettext_lazy("Refunds"),
    "provider_messages": gettext_lazy("Messages of payment providers"),
    "transfers": gettext_lazy("Bank transfers"),
    "provider_answers": gettext_lazy("Answers of payment providers"),
    "disputes": gettext_lazy("Disputes"),
    "cases": gettext_lazy("Cases"),
    "queued_tasks": gettext_lazy("Queued tasks"),
    "tasks": gettext_lazy("Records of failed tasks"),
    "admin_log": gettext_lazy("Entries of the admin log"),
    "sessions": gettext_lazy("Sessions"),
    "log_ins": gettext_lazy("Log-ins of staff"),
    "orders": gettext_lazy("Orders"),
    "seats": gettext_lazy("Seats"),
    "mails": gettext_lazy("Mails"),
    "api_answers": gettext_lazy("Stored API answers"),
}


class PersonForm(forms.Form):
    """Never sent by GET: addresses of pages end up in logs."""

    addresses = forms.CharField(
        label=gettext_lazy("E-mail addresses of one person"),
        help_text=gettext_lazy("All they used, separated by blanks."),
        max_length=2_000,
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
    )

    def clean_addresses(self) -> list[str]:
        return sorted(set(self.cleaned_data["addresses"].casefold().split()))


class ConfirmForm(PersonForm):
    again = forms.CharField(
        label=gettext_lazy("Type them again to erase the person for ever"),
        max_length=2_000,
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
    )

    def clean_again(self) -> str:
        again = sorted(set(self.cleaned_data["again"].casefold().split()))
        if again != self.cleaned_data.get("addresses"):
            raise forms.ValidationError(_("These are not the addresses from above."))
        return ""


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    list_display = ("erased_at", "who", "events", "id")
    ordering = ("-erased_at",)
    change_list_template = "admin/eventstore/erasure/change_list.html"

    @admin.display(description=gettext_lazy("erased by"), ordering="actor")
    def who(self, erased: Erasure) -> str:
        return _name_of(erased.actor)

    @admin.display(description=gettext_lazy("events"))
    def events(self, erased: Erasure) -> int:
        return int(erased.certificate["events_unreadable"])

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("person/", wrap(self.person_view), name="eventstore_erasure_person"),
            path(
                "<path:object_id>/download/",
                wrap(self.download_view),
                name="eventstore_erasure_download",
            ),
        ]
        return [*own, *super().get_urls()]

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    @method_decorator(never_cache)
    @method_decorator(sensitive_post_parameters())
    def person_view(self, request: HttpRequest) -> HttpResponse:
        """First the addresses; then what is held, to be downloaded or erased."""
        self.refuse_strangers(request)
        wish = request.POST.get("wish", "")
        form = PersonForm(request.POST or None)
        if not form.is_valid():
            return self._page(request, PERSON, {"form": form})
        held = erasure.export(form.cleaned_data["addresses"])
        if wish == "export":
            return _download(held, f"person-{timezone.now():%Y-%m-%d}")
        confirm = ConfirmForm(request.POST if wish == "erase" else None)
        if confirm.is_bound and confirm.is_valid():
            return self._erase(request, confirm.cleaned_data["addresses"])
        shown = {"form": form, "confirm": confirm, "held": _summary(held)}
        return self._page(request, PERSON, shown)

    def _erase(self, request: HttpRequest, addresses: list[str]) -> HttpResponse:
        here = reverse("admin:eventstore_erasure_person")
        try:
            erased = erasure.erase(addresses, actor=f"user:{request.user.pk}")
        except (OSError, LedgerBroken) as reason:
            text = _("Nobody was erased, for it could not be written down: %s")
            messages.error(request, text % reason)
            return HttpResponseRedirect(here)
        if erased is None:
            messages.warning(request, _("Nobody is known by these addresses."))
            return HttpResponseRedirect(here)
        messages.success(request, _("The person was erased. This is the certificate."))
        return HttpResponseRedirect(
            reverse("admin:eventstore_erasure_change", args=[erased.pk])
        )

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        erased = self._found(request, object_id)
        counts = [
            (COUNTS.get(name, name), number)
            for name, number in erased.certificate.items()
            if isinstance(number, int)
        ]
        shown = {
            "title": _("Certificate of an erasure"),
            "original": erased,
            "who": _name_of(erased.actor),
            "counts": counts,
            "signature": erased.certificate["signature"],
        }
        return self._page(request, CERTIFICATE, shown)

    def download_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        erased = self._found(request, object_id)
        content = {"erasure": str(erased.pk)} | erased.certificate
        return _download(content, f"erasure-{erased.pk}")

    def _found(self, request: HttpRequest, object_id: str) -> Erasure:
        self.refuse_strangers(request)
        erased: Erasure | None = self.get_object(request, object_id)
        if erased is None:
            raise Http404
        return erased

    def refuse_strangers(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _page(
        self, request: HttpRequest, template: str, context: dict[str, Any]
    ) -> HttpResponse:
        shared = {"title": _("A person's data"), "opts": self.opts}
        return TemplateResponse(
            request, template, self.admin_site.each_context(request) | shared | context
        )


def _name_of(actor: str) -> str:
    """The name behind "user:5", as it is now."""
    key = actor.removeprefix("user:")
    if not actor.startswith("user:") or not key.isdecimal():
        return actor
    user = get_user_model()._default_manager.filter(pk=int(key)).first()
    return user.get_username() if user else actor


def _summary(held: dict[str, Any]) -> dict[str, Any]:
    """How much there is of what, and which orders."""
    places = {"events": held["events"]} | held["elsewhere"]
    counts = [
        (PLACES.get(place, place.replace("_", " ")), len(rows))
        for place, rows in places.items()
    ]
    return {
        "counts": counts,
        "orders": {order["id"]: order["code"] for order in places["orders"]},
        "any": any(places.values()),
    }


def _download(content: Any, name: str) -> HttpResponse:
    text = json.dumps(content, indent=2, ensure_ascii=False)
    response = HttpResponse(text, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{slugify(name)}.json"'
    return response
