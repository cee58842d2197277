"""The workers, unless their database must not be worked on."""

from typing import Any

from django.core.management import call_command
from django.db import connection
from django_q.management.commands.qcluster import Command as Cluster


class Command(Cluster):  # type: ignore[misc]  # django-q2 has no types
    def handle(self, *args: Any, **options: Any) -> None:
        call_command("may_serve")
        # The processes it forks must not share a connection.
        connection.close()
        super().handle(*args, **options)
