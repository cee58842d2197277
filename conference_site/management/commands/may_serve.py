"""For whatever starts the site: fails, with a sentence, where that must not be."""

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from conference_site.serving import refusal


class Command(BaseCommand):
    help = "Fail where this database must not be served; see docs/personal-data.md."
    requires_system_checks = []

    def handle(self, **options: object) -> None:
        try:
            reason = refusal()
        except DatabaseError:
            self.stderr.write("The database does not answer yet, or is not migrated.")
            return
        if reason:
            raise CommandError(f"Refusing to start. {reason}")
