"""The outbox: which mail went to whom and when, and sending one again."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from registrations import notifications
from registrations.admin import cells
from registrations.admin.filters import StuckFilter, TakenUpFilter
from registrations.admin.tenant import TenantAdmin, acting_for, may_act
from registrations.models.notification import Notification
from registrations.queries import outbox


@admin.register(Notification)
class NotificationAdmin(TenantAdmin):
    """Read-only: a mail is written anew from the present order, never edited."""

    list_display = ("kind", "recipient", "subject", "status", "claimed", "sent")
    list_filter = ("kind", "status", StuckFilter, ("claimed_at", TakenUpFilter))
    search_fields = ("recipient", "subject")
    search_help_text = _("Recipient or subject")
    ordering = ("-claimed_at", "-pk")
    actions = ("send_again",)
    fields = readonly_fields = (
        "kind",
        "recipient",
        "order",
        "status",
        "error",
        "claimed",
        "sent",
        "subject",
        "plain_text",
        "html_source",
    )

    def details(self, request: HttpRequest, row: Notification) -> dict[str, Any]:
        is_stuck = outbox.stuck(timezone.now()).filter(pk=row.pk).exists()
        allowed = may_act(request, row.organization_id)
        return {"can_be_sent_again": is_stuck and allowed}

    @admin.display(description=_("order"))
    def order(self, notification: Notification) -> SafeString:
        return cells.order_link(notification.order_id, gettext("Show the order"))

    @admin.display(description=_("taken up"), ordering="claimed_at")
    def claimed(self, notification: Notification) -> SafeString:
        return cells.moment(notification.claimed_at, "UTC")

    @admin.display(description=_("sent"), ordering="sent_at")
    def sent(self, notification: Notification) -> SafeString:
        return cells.moment(notification.sent_at, "UTC")

    @admin.display(description=_("text"))
    def plain_text(self, notification: Notification) -> SafeString:
        return format_html("<pre>{}</pre>", notification.text)

    @admin.display(description=_("HTML source"))
    def html_source(self, notification: Notification) -> SafeString:
        # Its source: what strangers typed is never shown as a page of ours.
        return format_html("<pre>{}</pre>", notification.html)

    @admin.action(description=_("Send selected mails again"), permissions=["act"])
    @transaction.atomic
    def send_again(
        self, request: HttpRequest, queryset: QuerySet[Notification]
    ) -> None:
        """For what failed, or was claimed by a worker that died; the rest is left.

        Each is written anew by a task, with a link of its own.
        """
        chosen = list(queryset.values_list("pk", flat=True))
        rows: QuerySet[Any] = outbox.stuck(timezone.now()).filter(pk__in=chosen)
        acting = acting_for(request)
        if acting is not None:
            rows = rows.filter(organization_id__in=acting)
        queued = list(rows.order_by("pk"))
        for row in queued:
            notifications.queue_again(row.pk)
            self.log_change(request, row, gettext("Sent again."))
        self._tell(request, len(queued), len(chosen))

    def _tell(self, request: HttpRequest, queued: int, chosen: int) -> None:
        if queued:
            text = ngettext(
                "%d mail is sent again.", "%d mails are sent again.", queued
            )
            messages.success(request, text % queued)
        if queued < chosen:
            text = gettext("%d were left alone: sent, under way or not yours to send.")
            messages.warning(request, text % (chosen - queued))
