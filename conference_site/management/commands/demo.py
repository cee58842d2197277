"""Runs the whole site on this machine: database, web and worker, until Ctrl-C."""

import os
import signal
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from conference_site.demo_site import CannotStart, DemoSite, exclusive
from conference_site.postgres_programs import PostgresUnavailable


class Command(BaseCommand):
    help = "Run the site with its own PostgreSQL, real conferences and log-ins."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--port", default=os.environ.get("PORT", "8000"), help="default: 8000"
        )

    def handle(self, *args: Any, port: str, **options: Any) -> None:
        folder = Path(settings.DEMO_DIR)
        # Also SIGINT: a shell that starts us in the background has it ignored.
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, signal.default_int_handler)
        try:
            with exclusive(folder, port):
                DemoSite(folder, port, say=self.say).run()
        except (CannotStart, PostgresUnavailable) as error:
            self.stderr.write(str(error))
            sys.exit(1)

    def say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()
