"""A minutely look at what is due, even where another broker is configured."""

from django.db import migrations


def schedule(apps, schema_editor):
    apps.get_model("django_q", "Schedule").objects.update_or_create(
        name="deadlines",
        defaults={
            "func": "eventstore.tasks.meet_deadlines",
            "schedule_type": "I",
            "minutes": 1,
            "repeats": -1,
        },
    )


def unschedule(apps, schema_editor):
    apps.get_model("django_q", "Schedule").objects.filter(name="deadlines").delete()


class Migration(migrations.Migration):
    dependencies = [("eventstore", "0001_events"), ("django_q", "0018_task_success_index")]

    operations = [migrations.RunPython(schedule, unschedule)]
