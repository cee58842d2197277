"""The workers, unless their database must not be worked on."""

from typing import Any

from django.core.management.base import CommandError
from django.db import DatabaseError, connection
from django_q.management.commands.qcluster import Command as Cluster

from conference_site.serving import refusal


class Command(Cluster):  # type: ignore[misc]  # django-q2 has no types
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            reason = refusal()
        except DatabaseError as error:
            raise CommandError(f"The database does not answer: {error}") from error
        if reason:
            raise CommandError(f"Refusing to start. {reason}")
        # The processes it forks must not share a connection.
        connection.close()
        super().handle(*args, **options)
