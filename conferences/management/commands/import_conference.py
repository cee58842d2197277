"""Create or update a conference from a YAML or JSON file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from conferences.conference_file.loading import shift_to_coming_year, store
from conferences.conference_file.nodes import FileInvalid
from conferences.conference_file.reading import read_file


class Command(BaseCommand):
    help = "Create or update a conference from a YAML or JSON file; safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--move-to-coming-year",
            action="store_true",
            help="Move all dates by whole weeks so that the conference lies ahead.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        now = timezone.now()
        shift_for = None
        if options["move_to_coming_year"]:
            shift_for = shift_to_coming_year(now.date())
        try:
            text = file.read_text(encoding="utf-8")
            is_json = file.suffix.lower() == ".json"
            content = read_file(text, is_json=is_json, shift_for=shift_for)
            report = store(content, now=now)
        except (OSError, UnicodeError, FileInvalid) as error:
            raise CommandError(f"{file}: {error}") from error
        slug = report.conference.slug
        if report.changed_nothing:
            self.stdout.write(f"{slug}: unchanged")
        for word, names in (("created", report.created), ("updated", report.updated)):
            if names:
                self.stdout.write(f"{slug}: {word} {', '.join(names)}")
        if report.not_in_file:
            others = ", ".join(report.not_in_file)
            self.stdout.write(f"{slug}: not in the file and left alone: {others}")
