"""Events and deadlines to be read, projectors to be looked after."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from eventstore import catch_up, rebuild
from eventstore.models import Deadline, Event
from eventstore.projection_models import Checkpoint, Parked, Rebuild
from eventstore.projections import Projector, projectors
from eventstore.shadow import EVERYTHING, differences, has_shape_of_models
from eventstore.status import status

# More would keep the page waiting: the command has all the time.
VERIFIED_AT_MOST = 20_000


class ReadOnlyAdmin(admin.ModelAdmin):
    """For operators only: events of all organizations lie in one table."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def _nobody(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_add_permission = has_change_permission = has_delete_permission = _nobody


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["position", "type", "stream", "version", "recorded_at"]
    list_filter = ["type"]
    search_fields = ["stream"]
    ordering = ["-position"]
    date_hierarchy = "recorded_at"


@admin.register(Deadline)
class DeadlineAdmin(ReadOnlyAdmin):
    list_display = ["process", "key", "due_at", "attempts", "error"]
    list_filter = ["process"]
    search_fields = ["key", "stream"]
    ordering = ["due_at"]
    actions = ["try_again"]

    @admin.action(description=gettext_lazy("Try again"), permissions=["view"])
    def try_again(self, request: HttpRequest, chosen: QuerySet[Deadline]) -> None:
        """For those that have failed so often that nobody tries any more."""
        chosen.update(attempts=0)


@admin.register(Parked)
class ParkedAdmin(ReadOnlyAdmin):
    list_display = ["projector", "stream", "position", "error", "attempts", "parked_at"]
    list_filter = ["projector"]
    search_fields = ["stream"]
    ordering = ["position"]
    actions = ["retry"]

    @admin.action(description=gettext_lazy("Retry in order"), permissions=["view"])
    def retry(self, request: HttpRequest, chosen: QuerySet[Parked]) -> None:
        left = 0
        for parked in chosen:
            if projector := projectors.get(parked.projector):
                left += catch_up.retry(projector, parked.stream)
        _say(request, left)


def _say(request: HttpRequest, left: int) -> None:
    if left:
        text = ngettext(
            "%d stream is still parked.", "%d streams are still parked.", left
        )
        messages.warning(request, text % left)
    else:
        messages.success(request, _("They go on."))


@admin.register(Checkpoint)
class ProjectorAdmin(ReadOnlyAdmin):
    """One page for all projectors, inline ones as well, instead of a list of rows."""

    def changelist_view(
        self, request: HttpRequest, extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        steps = {"rebuild", "confirm", "verify", "retry"}
        projector = projectors.get(request.POST.get("projector", ""))
        if projector and (step := request.POST.get("step")) in steps:
            getattr(self, f"_{step}")(request, projector)
            return HttpResponseRedirect(request.path)
        rebuilds = {state.projector: state for state in Rebuild.objects.all()}
        now = status(timezone.now())
        context = self.admin_site.each_context(request) | {
            "title": _("Projectors"),
            "opts": self.opts,
            "now": now,
            "rows": [self._row(one, rebuilds.get(one.name)) for one in now.projectors],
            "is_moving": any(
                not (state.finished_at or state.error) for state in rebuilds.values()
            ),
        }
        return TemplateResponse(request, "admin/eventstore/projectors.html", context)

    def _row(self, one: Any, state: Rebuild | None) -> dict[str, Any]:
        projector = projectors[one.name]
        return {
            "status": one,
            "has_tables": bool(projector.models),
            "is_changed": not has_shape_of_models(projector),
            "rebuild": state,
        }

    def _rebuild(self, request: HttpRequest, projector: Projector) -> None:
        try:
            rebuild.ask_for(projector)
        except (rebuild.RebuildUnderWay, ValueError) as refusal:
            messages.warning(request, str(refusal))
        else:
            messages.info(request, _("The workers rebuild it: see below how far."))

    def _confirm(self, request: HttpRequest, projector: Projector) -> None:
        rebuild.confirm(projector)
        messages.success(request, _("What was live before is given up."))

    def _verify(self, request: HttpRequest, projector: Projector) -> None:
        if projector.bound(0, EVERYTHING, VERIFIED_AT_MOST)[1] == VERIFIED_AT_MOST:
            text = _("Too many events for a page: use manage.py projections verify.")
            messages.warning(request, text)
            return
        found = differences(projector)
        for table, these in found.items():
            rows = "; ".join(map(str, these.first))
            text = _("%(table)s: %(rows)d rows differ: %(first)s")
            messages.error(
                request, text % {"table": table, "rows": these.rows, "first": rows}
            )
        if not found:
            messages.success(request, _("%s: identical") % projector.name)

    def _retry(self, request: HttpRequest, projector: Projector) -> None:
        _say(request, catch_up.retry(projector))
