"""The ledger, to whose rows is only ever added."""

import django.db.models.expressions
from django.db import migrations, models

import registrations.models.append_only

REFUSE_CHANGE = """
CREATE FUNCTION registrations_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'Rows of % are only ever added: % is refused.', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("registrations", "0005_cancelled_seats")]
    operations = [
        migrations.RunSQL(
            REFUSE_CHANGE, "DROP FUNCTION registrations_refuse_change();"
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("position", models.BigIntegerField()),
                ("organization_id", models.UUIDField()),
                ("conference_id", models.UUIDField()),
                ("order_id", models.UUIDField()),
                ("order_code", models.CharField(max_length=50)),
                ("payment_id", models.UUIDField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("charge", "Charged"),
                            ("refund", "Given back"),
                            ("fee", "Provider's fee"),
                            ("dispute", "Disputed"),
                            ("dispute_won", "Dispute won"),
                        ],
                        max_length=20,
                        verbose_name="movement",
                    ),
                ),
                ("method", models.CharField(max_length=30, verbose_name="method")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "tax_name",
                    models.CharField(default="", max_length=40, verbose_name="tax"),
                ),
                (
                    "tax_rate",
                    models.DecimalField(
                        decimal_places=4,
                        max_digits=7,
                        null=True,
                        verbose_name="tax rate",
                    ),
                ),
                (
                    "gross",
                    models.DecimalField(
                        decimal_places=3, max_digits=14, verbose_name="gross"
                    ),
                ),
                (
                    "net",
                    models.DecimalField(
                        decimal_places=3, max_digits=14, verbose_name="net"
                    ),
                ),
                (
                    "tax",
                    models.DecimalField(
                        decimal_places=3, max_digits=14, verbose_name="tax amount"
                    ),
                ),
                ("reference_id", models.UUIDField()),
                ("occurred_at", models.DateTimeField(verbose_name="time")),
            ],
            options={
                "verbose_name": "ledger entry",
                "verbose_name_plural": "ledger",
                "indexes": [
                    models.Index(
                        fields=["conference_id", "occurred_at", "position", "id"],
                        name="ledger_by_time",
                    ),
                    models.Index(fields=["payment_id"], name="ledger_by_payment"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "gross",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("net"), "+", models.F("tax")
                                ),
                            )
                        ),
                        name="ledger_gross_is_net_and_tax",
                    ),
                    registrations.models.append_only.AppendOnly(
                        name="ledger_is_never_changed"
                    ),
                ],
            },
        ),
    ]
