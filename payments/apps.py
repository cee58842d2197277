"""Makes payments an app and keeps its minutely schedule in the database."""

from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    name = "payments"
    verbose_name = _("Payments")

    def ready(self) -> None:
        post_migrate.connect(
            schedule_reconciliation,
            sender=self,
            dispatch_uid="payments.schedule_reconciliation",
        )


def schedule_reconciliation(*, using: str, apps: Any = installed, **_: Any) -> None:
    """One row, whatever is repeated; none yet where the queue's tables are missing."""
    from django_q.models import Schedule  # noqa: PLC0415 (models need loaded apps)

    kept = {
        "func": "payments.tasks.reconcile",
        "schedule_type": Schedule.MINUTES,
        "minutes": 1,
        "repeats": -1,
    }
    try:
        # As the migrations so far have left it: somebody may have taken some back.
        schedule = apps.get_model("django_q", "Schedule")
    except LookupError:
        return
    columns = {field.name for field in schedule._meta.get_fields()}
    if columns >= {"name", *kept}:
        schedule.objects.using(using).update_or_create(
            name="payments: reconcile", defaults=kept
        )
