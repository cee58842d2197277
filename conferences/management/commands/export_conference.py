"""Write a conference as YAML or JSON, in the form that import_conference reads."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from conferences.conference_file.writing import as_json, as_yaml
from conferences.models import Conference


class Command(BaseCommand):
    help = "Write a conference as YAML or JSON, in the form import_conference reads."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--format", choices=["yaml", "json"], default="yaml")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = Conference.objects.select_related("organization")
        conference = rows.filter(slug=options["slug"]).first()
        if conference is None:
            raise CommandError(f"There is no conference “{options['slug']}”.")
        write = as_json if options["format"] == "json" else as_yaml
        self.stdout.write(write(conference))
