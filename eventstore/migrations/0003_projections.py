"""Checkpoints of asynchronous projectors, parked streams, rebuilds."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("eventstore", "0002_sealed_events")]

    operations = [
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                (
                    "projector",
                    models.CharField(max_length=80, primary_key=True, serialize=False),
                ),
                ("position", models.BigIntegerField(default=0)),
            ],
            options={"verbose_name": "projector"},
        ),
        migrations.CreateModel(
            name="Rebuild",
            fields=[
                (
                    "projector",
                    models.CharField(max_length=80, primary_key=True, serialize=False),
                ),
                ("position", models.BigIntegerField(default=0)),
                ("replayed", models.PositiveBigIntegerField(default=0)),
                ("total", models.PositiveBigIntegerField(default=0)),
                (
                    "started_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now()
                    ),
                ),
                (
                    "touched_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now()
                    ),
                ),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Parked",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("projector", models.CharField(max_length=80)),
                ("stream", models.CharField(max_length=120)),
                ("position", models.BigIntegerField()),
                ("error", models.TextField()),
                ("attempts", models.PositiveIntegerField(default=1)),
                (
                    "parked_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now()
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "parked streams",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("projector", "stream"), name="parked_once_per_projector"
                    )
                ],
            },
        ),
    ]
