"""The organizers' admin site; `conference_site.apps` makes it the default one."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conference_site.order_facts import OrderFacts, order_facts
from conference_site.overview import overview
from conferences.models import Organization

if TYPE_CHECKING:
    # Their modules register with this very site, so that it cannot import them first.
    from payments.admin.case_steps import CaseStep
    from payments.admin.story import Entry


class OrganizerAdminSite(admin.AdminSite):
    site_header = _("Conference management")
    site_title = _("Conference management")
    index_title = _("Overview")

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Without the shortcut /r/<type>/<id>/, which would tell of foreign objects."""
        return [
            url
            for url in super().get_urls()
            if getattr(url, "name", "") != "view_on_site"
        ]

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        tenants: set[UUID] | None = request.organization_ids  # type: ignore[attr-defined]  # by our middleware
        figures = overview(tenants, today=timezone.now().date())
        context = {"overview": figures} | (extra_context or {})
        return super().index(request, context)

    def orders(self, ids: set[UUID]) -> dict[UUID, OrderFacts]:
        """For pages of payments, which know their orders by id alone."""
        return order_facts(ids)

    def organizations(self, ids: set[UUID] | None) -> dict[UUID, str]:
        """The names of organizations, of all of them for None, by name."""
        rows = Organization.objects.order_by("name")
        if ids is not None:
            rows = rows.filter(pk__in=ids)
        return dict(rows.values_list("pk", "name"))

    def order_story(self, id: UUID) -> "list[Entry]":
        """For the story of a case: what its order says itself."""
        from conference_site.order_story import order_story  # noqa: PLC0415 see above

        return order_story(id)

    def case_steps(self) -> "tuple[CaseStep, ...]":
        """What can be done about a case by doing something with its order."""
        from conference_site.case_steps import STEPS  # noqa: PLC0415 see above

        return STEPS

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """Answer 400 to actions on keys that cannot be keys; Django would fail."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def guarded(
            request: HttpRequest, *args: Any, **kwargs: Any
        ) -> HttpResponseBase:
            try:
                response: HttpResponseBase = inner(request, *args, **kwargs)
            except (ValueError, ValidationError) as error:
                if ACTION_CHECKBOX_NAME not in request.POST:
                    raise
                raise BadRequest("These rows cannot be.") from error
            return response

        return guarded
