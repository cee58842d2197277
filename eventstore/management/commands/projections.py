"""Read models: list them, bring them up to date, make them anew from the events, or
prove that they are right."""

import time
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.functional import cached_property

from eventstore import catch_up, rebuild
from eventstore.projection_models import Rebuild
from eventstore.projections import Projector, projectors
from eventstore.shadow import differences, has_shape_of_models
from eventstore.status import ProjectorStatus, status

BAR = 30


class Command(BaseCommand):
    help = "List, run, retry, rebuild, confirm or verify the read models."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "action",
            choices=["status", "run", "retry", "rebuild", "confirm", "verify"],
        )
        parser.add_argument("name", nargs="*", help="projectors; all if none is named")
        parser.add_argument("--stream", help="retry: only this one")
        parser.add_argument(
            "--afresh", action="store_true", help="rebuild: not from where one stopped"
        )
        parser.add_argument(
            "--verify", action="store_true", help="rebuild: compare afterwards"
        )
        parser.add_argument("--once", action="store_true", help="run: until caught up")

    def handle(self, *, action: str, name: list[str], **options: Any) -> None:
        if not projectors.keys() >= set(name):
            raise CommandError(f"There are these only: {', '.join(projectors)}.")
        chosen = [projectors[one] for one in name] or list(projectors.values())
        if action in {"rebuild", "confirm", "verify"}:
            chosen = [projector for projector in chosen if projector.models]
        self.options, self.differ = options, False
        try:
            for projector in chosen:
                getattr(self, action)(projector)
        except rebuild.RebuildUnderWay as refusal:
            raise CommandError(str(refusal)) from refusal
        if self.differ:
            raise CommandError("Some read models differ from their events.")

    @cached_property
    def states(self) -> dict[str, ProjectorStatus]:
        return {one.name: one for one in status(timezone.now()).projectors}

    def status(self, projector: Projector) -> None:
        state = self.states[projector.name]
        rows = sum(model._default_manager.count() for model in projector.models)
        parts = [f"{state.name}: {state.kind}, {rows} rows"]
        if not projector.inline:
            parts.append(f"{state.events} events, {state.seconds:.1f} s behind")
        if state.parked:
            parts.append(f"{state.parked} streams parked")
        if not has_shape_of_models(projector):
            parts.append(self.style.WARNING("schema changed: rebuild"))
        self.stdout.write(", ".join(parts))

    def run(self, projector: Projector) -> None:
        """Without --once this runs all of them until it is interrupted."""
        if not self.options["once"]:
            while True:
                if not catch_up.run_all(for_seconds=10):
                    time.sleep(0.2)
        while catch_up.run(projector):
            pass

    def retry(self, projector: Projector) -> None:
        left = catch_up.retry(projector, self.options["stream"])
        self.stdout.write(f"{projector.name}: {left} streams still parked")

    def rebuild(self, projector: Projector) -> None:
        done = rebuild.rebuild(
            projector, progress=self.progress, afresh=self.options["afresh"]
        )
        self.stdout.write(
            self.style.SUCCESS(f"{projector.name}: {done} events replayed")
        )
        if self.options["verify"]:
            self.verify(projector)

    def confirm(self, projector: Projector) -> None:
        rebuild.confirm(projector)
        self.stdout.write(f"{projector.name}: what was live before is given up")

    def verify(self, projector: Projector) -> None:
        found = differences(projector)
        for table, these in found.items():
            self.stdout.write(self.style.ERROR(f"{table}: {these.rows} rows differ"))
            for difference in these.first:
                self.stdout.write(f"  {difference}")
        if found:
            self.differ = True
        else:
            self.stdout.write(self.style.SUCCESS(f"{projector.name}: identical"))

    def progress(self, state: Rebuild) -> None:
        """A bar for people; logs of machines get nothing but the result."""
        if not self.stderr.isatty():
            return
        full = BAR * state.replayed // max(state.total, 1)
        left = timedelta(seconds=round(state.seconds_left))
        self.stderr.write(
            f"\r{state.projector} [{'#' * full}{'.' * (BAR - full)}]"
            f" {state.replayed} of {state.total}, {left} left ",
            ending="\n" if state.replayed >= state.total else "",
        )
        self.stderr.flush()
