"""Read models: list them, make them anew from the events, or prove that they are
right."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from eventstore.projections import Projector, projectors
from eventstore.rebuild import RebuildUnderWay, differences, rebuild


class Command(BaseCommand):
    help = "List, rebuild or verify the read models."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["status", "rebuild", "verify"])
        parser.add_argument("name", nargs="*", help="projectors; all if none is named")

    def handle(self, *, action: str, name: list[str], **options: object) -> None:
        unknown = set(name) - projectors.keys()
        if unknown:
            raise CommandError(
                f"Unknown: {', '.join(sorted(unknown))}."
                f" There are: {', '.join(projectors)}."
            )
        chosen = [projectors[one] for one in name] or list(projectors.values())
        try:
            right = [getattr(self, action)(projector) for projector in chosen]
        except RebuildUnderWay as refusal:
            raise CommandError(str(refusal)) from refusal
        if not all(right):
            raise CommandError("Some read models differ from their events.")

    def status(self, projector: Projector) -> bool:
        rows = sum(model._default_manager.count() for model in projector.models)
        self.stdout.write(f"{projector.name}: {rows} rows")
        return True

    def rebuild(self, projector: Projector) -> bool:
        done = rebuild(projector, progress=self.progress)
        self.stdout.write(
            self.style.SUCCESS(f"{projector.name}: {done} events replayed")
        )
        return True

    def verify(self, projector: Projector) -> bool:
        found = differences(projector)
        for table, count in found.items():
            self.stdout.write(self.style.ERROR(f"{table}: {count} rows differ"))
        if not found:
            self.stdout.write(self.style.SUCCESS(f"{projector.name}: identical"))
        return not found

    def progress(self, done: int, total: int) -> None:
        self.stderr.write(f"\r{done} of {total} events", ending="")
        self.stderr.flush()
