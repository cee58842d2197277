from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class EventstoreConfig(AppConfig):
    name = "eventstore"
    verbose_name = "Event store"

    def ready(self) -> None:
        # Projectors must hear of an event before any process reacts to it, so the
        # dispatcher connects first; see `projections.project`.
        from eventstore import projections  # noqa: PLC0415 needs the app registry

        projections.connect()
        post_migrate.connect(keep_schedule, dispatch_uid="eventstore.schedule")


def keep_schedule(sender: Any, *, using: str, **_: Any) -> None:
    """The safety net: a minutely look at what is due, whatever broker is configured."""
    if getattr(sender, "name", "") != "django_q":
        return
    from django_q.models import Schedule  # noqa: PLC0415 needs the app registry

    Schedule.objects.using(using).get_or_create(
        name="deadlines",
        defaults={
            "func": "eventstore.tasks.meet_deadlines",
            "schedule_type": Schedule.MINUTES,
            "minutes": 1,
            "repeats": -1,
        },
    )
