"""Conferences with their seat types: everything is saved through the services."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conferences import services
from conferences.access import TenantInline
from conferences.admin.cancellation_tier import CancellationTierInline
from conferences.admin.forms import ConferenceForm, SeatTypeForm, SeatTypeFormSet
from conferences.admin.publication import PublicationAdmin
from conferences.models import CancellationTier, Conference, SeatType
from conferences.signals import ChangeRefused
from conferences.validators import validate_time_zone


class SeatTypeInline(TenantInline):
    model = SeatType
    form = SeatTypeForm
    formset = SeatTypeFormSet
    ordering = ("position", "pk")
    fields = (
        ("name", "description"),
        ("price", "price_includes_tax"),
        ("quota", "max_per_order"),
        ("on_sale_from", "on_sale_until"),
        ("is_closed", "position"),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and obj.first_published_at:
            return False
        return super().has_delete_permission(request, obj)


@admin.register(Conference)
class ConferenceAdmin(PublicationAdmin):
    form = ConferenceForm
    inlines = [CancellationTierInline, SeatTypeInline]
    actions = ["publish_selected", "unpublish_selected"]
    list_display = ("name", "organization", "starts_on", "ends_on", "is_published")
    list_filter = (
        "is_published",
        "starts_on",
        ("organization", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("organization",)
    search_fields = ("name", "slug", "location")
    ordering = ("-starts_on", "name")
    fieldsets = (
        (None, {"fields": ("organization", "name", "slug", "tagline", "description")}),
        (
            _("When and where"),
            {
                "fields": (
                    "location",
                    "time_zone",
                    ("starts_on", "ends_on"),
                    "contact_email",
                )
            },
        ),
        (
            _("Money"),
            {"fields": ("currency", ("tax_name", "tax_rate"))},
        ),
        (
            _("Account for bank transfers"),
            {
                "fields": ("account_holder", ("iban", "bic"), "payment_instructions"),
                "description": _("Where invoices are paid to; shown to registrants."),
            },
        ),
        (
            _("Orders"),
            {
                "fields": (
                    "hold_minutes",
                    "cancellation_until",
                    "seat_assignment_until",
                ),
                "description": _(
                    "What is kept of seats that are given back stands further down."
                    " Without terms everything is given back, later than the last of"
                    " them nothing."
                ),
            },
        ),
        (
            _("Publication"),
            {"fields": ("is_published", "first_published_at", "replacement_url")},
        ),
    )

    def get_readonly_fields(
        self, request: HttpRequest, obj: Conference | None = None
    ) -> tuple[str, ...]:
        fixed = ("organization", "slug") if obj else ()
        return ("is_published", "first_published_at", *fixed)

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Conference | None = None
    ) -> dict[str, Sequence[str]]:
        return {} if obj else {"slug": ("name",)}

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial = super().get_changeform_initial_data(request)
        own = request.organization_ids  # type: ignore[attr-defined]
        if own and len(own) == 1:
            initial.setdefault("organization", next(iter(own)))
        return initial

    def has_delete_permission(
        self, request: HttpRequest, obj: Conference | None = None
    ) -> bool:
        if obj is not None and obj.first_published_at:
            return False
        return super().has_delete_permission(request, obj)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Times are shown and typed in the conference's own zone.

        The page is rendered here, while that zone is still in force. What only the
        service can find out (somebody was faster) is said on the next page.
        """
        with timezone.override(self._zone_of(request, object_id)):
            try:
                response = super().changeform_view(
                    request, object_id, form_url, extra_context
                )
                if hasattr(response, "render"):
                    response.render()
            except (ChangeRefused, ValidationError, IntegrityError) as refusal:
                for sentence in _sentences(refusal):
                    messages.error(request, sentence)
                return HttpResponseRedirect(request.get_full_path())
        return response

    def _zone_of(self, request: HttpRequest, object_id: str | None) -> ZoneInfo:
        typed = request.POST.get("time_zone", "")
        conference = self.get_object(request, object_id) if object_id else None
        name = typed or (conference.time_zone if conference else "UTC")
        try:
            validate_time_zone(name)
        except ValidationError:
            return ZoneInfo("UTC")
        return ZoneInfo(name)

    def save_model(
        self, request: HttpRequest, obj: Conference, form: Any, change: bool
    ) -> None:
        if change:
            changes = {name: form.cleaned_data[name] for name in form.changed_data}
            services.update_conference(conference_id=obj.pk, changes=changes)
            return
        fields = dict(form.cleaned_data)
        organization = fields.pop("organization")
        created = services.create_conference(
            organization_id=organization.pk, fields=fields
        )
        obj.pk = created.pk
        obj._state.adding = False

    def save_formset(
        self, request: HttpRequest, form: Any, formset: Any, change: bool
    ) -> None:
        if formset.model is CancellationTier:
            formset.save(commit=False)
            if not formset.has_changed():
                return
            services.set_cancellation_tiers(
                conference_id=form.instance.pk, tiers=formset.terms()
            )
            return
        values = {
            form.instance.pk: form.values_to_save()
            for form in formset.forms
            if form.has_changed()
        }
        formset.save(commit=False)
        for seat_type in formset.deleted_objects:
            services.delete_seat_type(seat_type_id=seat_type.pk)
        for seat_type, _names in formset.changed_objects:
            services.update_seat_type(
                seat_type_id=seat_type.pk, changes=values[seat_type.pk]
            )
        for seat_type in formset.new_objects:
            services.add_seat_type(
                conference_id=form.instance.pk, fields=values[seat_type.pk]
            )

    def delete_model(self, request: HttpRequest, obj: Conference) -> None:
        services.delete_conference(conference_id=obj.pk)

    def delete_queryset(
        self, request: HttpRequest, queryset: QuerySet[Conference]
    ) -> None:
        for conference_id in self.changeable(request, queryset).values_list(
            "pk", flat=True
        ):
            services.delete_conference(conference_id=conference_id)


def _sentences(refusal: Exception) -> list[str]:
    if isinstance(refusal, ChangeRefused):
        return [refusal.message]
    if isinstance(refusal, ValidationError):
        return list(refusal.messages)
    return [str(_("Somebody else changed this at the same time. Please try again."))]
