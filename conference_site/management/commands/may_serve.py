"""For whatever starts the site: fails, with a sentence, where that must not be."""

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from conference_site.serving import missing_migrations, refusal


class Command(BaseCommand):
    help = "Fail where this database must not be served; see docs/personal-data.md."
    requires_system_checks = ["conference_site"]

    def handle(self, **options: object) -> None:
        try:
            reason = _lack() or refusal()
        except DatabaseError:
            self.stderr.write("The database does not answer yet.")
            return
        if reason:
            raise CommandError(f"Refusing to start. {reason}")


def _lack() -> str:
    """Code that is newer than its database fails at what it does first, and workers use
    up the attempts of their tasks."""
    if not (missing := missing_migrations()):
        return ""
    return (
        "The database has not got all migrations of this code: run"
        f" `manage.py migrate` first. Missing: {', '.join(missing)}."
    )
