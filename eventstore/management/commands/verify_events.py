"""Prove that the history is what was written, or say where it is not."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count, Min

from eventstore import integrity
from eventstore.ledger import Ledger, LedgerBroken
from eventstore.models import Event

SHOWN = 50


class Command(BaseCommand):
    help = "Verify every event, and the checkpoints kept outside the database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--checkpoint",
            action="store_true",
            help="if nothing is wrong, vouch for what is there until now",
        )
        parser.add_argument(
            "--anew",
            metavar="REASON",
            default="",
            help="after an older backup was restored: what is there now is what counts",
        )

    def handle(
        self, *, checkpoint: bool = False, anew: str = "", **options: object
    ) -> None:
        try:
            if anew:
                integrity.checkpoint(anew=anew)
            self._verify()
            if checkpoint:
                integrity.checkpoint()
            self._praise()
        except LedgerBroken as broken:
            raise CommandError(str(broken)) from broken

    def _verify(self) -> None:
        wrong = 0
        for finding in integrity.verify():
            wrong += 1
            if wrong <= SHOWN:
                self.stdout.write(self.style.ERROR(str(finding)))
        if wrong:
            raise CommandError(
                f"{wrong} findings: the history is not what was written, or"
                " EVENT_DIGEST_KEY is not the key it was written with."
            )

    def _praise(self) -> None:
        """What was proved, and what rests on its own chain until a checkpoint comes."""
        written = Ledger("checkpoints").entries()
        position, at = (
            (written[-1]["position"], written[-1]["at"]) if written else (0, "never")
        )
        self.stdout.write(
            self.style.SUCCESS(f"{Event.objects.count()} events are as written")
        )
        since = Event.objects.after(position).aggregate(
            events=Count("position"), oldest=Min("recorded_at")
        )
        self.stdout.write(f"last checkpoint: {at}")
        if since["events"]:
            self.stdout.write(
                f"{since['events']} events, from {since['oldest']:%Y-%m-%d %H:%M} on,"
                " no checkpoint vouches for yet: a stream cut off there would not show"
            )
