from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RegistrationsConfig(AppConfig):
    name = "registrations"
    verbose_name = "Orders and registrations"

    def ready(self) -> None:
        """The one list of connections: events, projectors, listeners, deadlines."""
        # They need the app registry, so they cannot be imported above.
        from eventstore.processes import on_deadline  # noqa: PLC0415
        from registrations import (  # noqa: F401, PLC0415
            event_types,
            listeners,
            registration_process,
        )
        from registrations.projectors import (  # noqa: F401, PLC0415
            conference_view,
            order_seats,
            order_view,
        )

        listeners.connect()
        post_migrate.connect(keep_schedule, dispatch_uid="registrations.schedule")
        on_deadline(
            registration_process.PROCESS, registration_process.release_ended_holds
        )


def keep_schedule(sender: Any, *, using: str, **_: Any) -> None:
    """Stored answers of the API are forgotten daily."""
    if getattr(sender, "name", "") != "django_q":
        return
    from django_q.models import Schedule  # noqa: PLC0415 needs the app registry

    Schedule.objects.using(using).get_or_create(
        name="idempotency: purge",
        defaults={
            "func": "registrations.tasks.purge_idempotency_answers",
            "schedule_type": Schedule.DAILY,
            "repeats": -1,
        },
    )
