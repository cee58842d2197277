"""Events and deadlines, to be read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from eventstore.models import Deadline, Event


class ReadOnlyAdmin(admin.ModelAdmin):
    """For operators only: events of all organizations lie in one table."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


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
