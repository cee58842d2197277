"""The organizers' admin site; `conference_site.apps` makes it the default one."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext_lazy as _


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
