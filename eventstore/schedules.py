"""django-q2 schedules that belong to the code: kept after every migrate."""

from typing import Any

from django.apps import apps as installed
from django.db.models.signals import post_migrate


def keep_schedule(name: str, func: str, *, schedule_type: str) -> None:
    """Make sure that this schedule is there once django-q2's tables are.

    Call it from `AppConfig.ready`. What an operator changed in the admin stays.
    """

    # Of the schedule's types, "I" asks how many minutes.
    kept = {"func": func, "schedule_type": schedule_type, "minutes": 1, "repeats": -1}

    def keep(sender: Any, *, using: str, apps: Any = installed, **_: Any) -> None:
        try:
            # As the migrations so far have left it: the signal is sent for apps as well
            # whose tables are still to be made, and after some were taken back.
            schedule = apps.get_model("django_q", "Schedule")
        except LookupError:
            return
        if {field.name for field in schedule._meta.get_fields()} >= {"name", *kept}:
            schedule.objects.using(using).get_or_create(name=name, defaults=kept)

    post_migrate.connect(
        keep,
        sender=installed.get_app_config("django_q"),
        weak=False,
        dispatch_uid=f"schedule: {name}",
    )
