"""django-q2 schedules that belong to the code: kept after every migrate."""

from typing import Any

from django.db.models.signals import post_migrate


def keep_schedule(
    name: str, func: str, *, schedule_type: str, minutes: int = 1
) -> None:
    """Make sure that this schedule is there once django-q2's tables are.

    Call it from `AppConfig.ready`. What an operator changed in the admin stays.
    """

    def keep(sender: Any, *, using: str, **_: Any) -> None:
        if getattr(sender, "name", "") != "django_q":
            return
        from django_q.models import Schedule  # noqa: PLC0415 needs the app registry

        Schedule.objects.using(using).get_or_create(
            name=name,
            defaults={
                "func": func,
                "schedule_type": schedule_type,
                "minutes": minutes,
                "repeats": -1,
            },
        )

    post_migrate.connect(keep, weak=False, dispatch_uid=f"schedule: {name}")
