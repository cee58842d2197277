"""Prove that the history is what was written, or say where it is not."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from eventstore import integrity
from eventstore.ledger import LedgerBroken
from eventstore.models import Event


class Command(BaseCommand):
    help = "Verify every event, and the checkpoints kept outside the database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--checkpoint",
            action="store_true",
            help="if nothing is wrong, vouch for what is there until now",
        )

    def handle(self, *, checkpoint: bool, **options: object) -> None:
        wrong = 0
        try:
            for finding in integrity.verify():
                wrong += 1
                self.stdout.write(self.style.ERROR(str(finding)))
            if checkpoint and not wrong:
                integrity.checkpoint()
        except LedgerBroken as broken:
            raise CommandError(str(broken)) from broken
        if wrong:
            raise CommandError(f"{wrong} findings: the history was tampered with.")
        events = Event.objects.count()
        self.stdout.write(self.style.SUCCESS(f"{events} events are as written"))
