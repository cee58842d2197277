"""Publishing and unpublishing: as buttons of the form and as actions of the list."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from conferences import services
from conferences.access import TenantAdmin
from conferences.models import Conference


class UnpublishForm(forms.ModelForm):
    class Meta:
        model = Conference
        fields = ["replacement_url"]


class PublicationAdmin(TenantAdmin):
    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path(
                "<path:object_id>/publish/",
                wrap(self.publish_view),
                name="conferences_conference_publish",
            ),
            path(
                "<path:object_id>/unpublish/",
                wrap(self.unpublish_view),
                name="conferences_conference_unpublish",
            ),
            *super().get_urls(),
        ]

    def publish_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """GET asks (the first time it cannot be taken back), POST does it."""
        conference = self._changeable_or_404(request, object_id)
        if request.method == "POST":
            services.publish(conference_id=conference.pk, now=timezone.now())
            self.log_change(request, conference, _("Published."))
            self._tell(request, _("“%s” is published."), conference)
            return self._back_to(conference)
        return self._ask(request, conference, "publish")

    def unpublish_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """GET asks where visitors shall go meanwhile, POST does it."""
        conference = self._changeable_or_404(request, object_id)
        form = UnpublishForm(request.POST or None, instance=conference)
        if request.method == "POST" and form.is_valid():
            services.unpublish(
                conference_id=conference.pk,
                replacement_url=form.cleaned_data["replacement_url"],
            )
            self.log_change(request, conference, _("Unpublished."))
            self._tell(request, _("“%s” is closed to the public."), conference)
            return self._back_to(conference)
        return self._ask(request, conference, "unpublish", form=form)

    @admin.action(
        description=gettext_lazy("Publish the selected conferences"),
        permissions=["change"],
    )
    def publish_selected(
        self, request: HttpRequest, queryset: QuerySet[Conference]
    ) -> None:
        rows = self._actionable(request, queryset)
        for conference in rows:
            services.publish(conference_id=conference.pk, now=timezone.now())
            self.log_change(request, conference, _("Published."))
        self._tell_count(request, len(rows), queryset.count())

    @admin.action(
        description=gettext_lazy("Unpublish the selected conferences"),
        permissions=["change"],
    )
    def unpublish_selected(
        self, request: HttpRequest, queryset: QuerySet[Conference]
    ) -> None:
        rows = self._actionable(request, queryset)
        for conference in rows:
            services.unpublish(conference_id=conference.pk)
            self.log_change(request, conference, _("Unpublished."))
        self._tell_count(request, len(rows), queryset.count())

    def _actionable(
        self, request: HttpRequest, queryset: QuerySet[Conference]
    ) -> list[Conference]:
        """In the order of their keys, so that two such actions cannot deadlock."""
        return list(self.changeable(request, queryset).order_by("pk"))

    def _changeable_or_404(self, request: HttpRequest, object_id: str) -> Any:
        conference = self.get_object(request, object_id)
        if conference is None:
            raise Http404
        if not self.has_change_permission(request, conference):
            raise PermissionDenied
        return conference

    def _ask(
        self, request: HttpRequest, conference: Conference, what: str, **context: Any
    ) -> HttpResponse:
        return TemplateResponse(
            request,
            f"admin/conferences/conference/{what}.html",
            self.admin_site.each_context(request)
            | {
                "title": _("Publish") if what == "publish" else _("Unpublish"),
                "subtitle": str(conference),
                "opts": self.opts,
                "original": conference,
                "seat_types": conference.seat_types.order_by("position", "pk"),
            }
            | context,
        )

    def _back_to(self, conference: Conference) -> HttpResponse:
        return HttpResponseRedirect(
            reverse("admin:conferences_conference_change", args=[conference.pk])
        )

    def _tell(self, request: HttpRequest, text: str, conference: Conference) -> None:
        messages.success(request, text % conference.name)

    def _tell_count(self, request: HttpRequest, done: int, asked: int) -> None:
        messages.success(
            request,
            ngettext("Done for %d conference.", "Done for %d conferences.", done)
            % done,
        )
        if done < asked:
            messages.warning(
                request,
                _("Left alone, because you may only view them: %d.") % (asked - done),
            )
