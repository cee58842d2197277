"""Documents and their series; what was issued is never changed by anybody."""

import django.db.models.deletion
import django.db.models.expressions
import uuid_utils.compat
from django.db import migrations, models

# The file is made of the content after the commit: it may be added, once.
FORWARD = """
CREATE FUNCTION registrations_document_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    without_file registrations_document;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        without_file := NEW;
        without_file.pdf := NULL;
        without_file.pdf_digest := '';
        -- The row as it was has no file yet, and nothing else differs.
        IF without_file IS NOT DISTINCT FROM OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'document % was issued and stays as it is', OLD.label
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'document_stays';
END $$;

CREATE TRIGGER document_stays BEFORE UPDATE OR DELETE ON registrations_document
    FOR EACH ROW EXECUTE FUNCTION registrations_document_stays();
"""
REVERSE = """
DROP TRIGGER document_stays ON registrations_document;
DROP FUNCTION registrations_document_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("registrations", "0007_billing_address")]
    operations = [
        migrations.CreateModel(
            name="OrganizationView",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100)),
                ("legal_name", models.CharField(max_length=150)),
                ("street", models.CharField(max_length=150)),
                ("postcode", models.CharField(max_length=20)),
                ("city", models.CharField(max_length=100)),
                ("country", models.CharField(max_length=2)),
                ("tax_id", models.CharField(max_length=40)),
                ("invoice_note", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="DocumentSeries",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("organization_id", models.UUIDField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("invoice", "Invoice"),
                            ("credit_note", "Credit note"),
                            ("receipt", "Receipt"),
                        ],
                        max_length=12,
                    ),
                ),
                ("last", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization_id", "kind"), name="document_series_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("organization_id", models.UUIDField()),
                ("conference_id", models.UUIDField()),
                ("order_id", models.UUIDField()),
                ("payment_id", models.UUIDField(null=True)),
                ("refund_id", models.UUIDField(null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("invoice", "Invoice"),
                            ("credit_note", "Credit note"),
                            ("receipt", "Receipt"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("series", models.CharField(max_length=4)),
                ("number", models.PositiveIntegerField()),
                ("label", models.CharField(max_length=20, verbose_name="number")),
                ("cause", models.CharField(max_length=80)),
                ("issued_at", models.DateTimeField(verbose_name="issued")),
                ("issued_on", models.DateField(verbose_name="date")),
                ("currency", models.CharField(max_length=3)),
                ("total", models.DecimalField(decimal_places=3, max_digits=14)),
                ("net", models.DecimalField(decimal_places=3, max_digits=14)),
                ("tax", models.DecimalField(decimal_places=3, max_digits=14)),
                ("content", models.JSONField()),
                ("digest", models.CharField(max_length=64)),
                ("pdf", models.BinaryField(null=True)),
                ("pdf_digest", models.CharField(default="", max_length=64)),
                (
                    "corrects",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="registrations.document",
                    ),
                ),
            ],
            options={
                "verbose_name": "document",
                "verbose_name_plural": "documents",
                "indexes": [
                    models.Index(
                        fields=["order_id", "issued_at"], name="document_of_order"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization_id", "kind", "number"),
                        name="document_number_once",
                    ),
                    models.UniqueConstraint(
                        fields=("kind", "cause"), name="document_once_per_cause"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)),
                        name="document_number_from_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("net__gte", 0),
                            ("tax__gte", 0),
                            (
                                "total",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("net"), "+", models.F("tax")
                                ),
                            ),
                            ("total__gt", 0),
                        ),
                        name="document_total_is_net_and_tax",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("corrects__isnull", False), ("kind", "credit_note")
                            ),
                            models.Q(
                                ("corrects__isnull", True),
                                ("kind__in", ["invoice", "receipt"]),
                            ),
                            _connector="OR",
                        ),
                        name="document_credit_note_corrects_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("pdf__isnull", True), ("pdf_digest", "")),
                            models.Q(
                                ("pdf__isnull", False),
                                models.Q(("pdf_digest", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="document_pdf_has_digest",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARD, REVERSE),
    ]
