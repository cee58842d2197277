"""Makes the composition root an app and sets our admin site as the default one."""

from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ConferenceSiteConfig(AppConfig):
    name = "conference_site"
    verbose_name = "Site"

    def ready(self) -> None:
        import_module("conference_site.checks")  # registers them
        import_module("conference_site.persons").connect()


class SiteAdminConfig(AdminConfig):
    default_site = "conference_site.admin.OrganizerAdminSite"

    def ready(self) -> None:
        super().ready()
        import_module("conference_site.person_pages")  # registers them
