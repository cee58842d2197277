"""A rebuild that was stopped by an error says so."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("eventstore", "0003_projections")]

    operations = [
        migrations.AddField(
            "rebuild", "error", models.TextField(blank=True, default="")
        ),
    ]
