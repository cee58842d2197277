from django.db import migrations, models

import conferences.validators


def column(name: str, field: models.Field) -> migrations.AddField:
    return migrations.AddField(model_name="organization", name=name, field=field)


class Migration(migrations.Migration):
    dependencies = [("conferences", "0005_cancellation_policy")]
    operations = [
        column(
            "legal_name",
            models.CharField(
                blank=True,
                help_text="The seller on invoices. Empty: the name above.",
                max_length=150,
                verbose_name="legal name",
            ),
        ),
        column(
            "street",
            models.CharField(
                blank=True, max_length=150, verbose_name="street and number"
            ),
        ),
        column(
            "postcode",
            models.CharField(blank=True, max_length=20, verbose_name="postcode"),
        ),
        column(
            "city", models.CharField(blank=True, max_length=100, verbose_name="city")
        ),
        column(
            "country",
            models.CharField(
                blank=True,
                help_text="Two capital letters (ISO 3166), such as DE.",
                max_length=2,
                validators=[conferences.validators.validate_country],
                verbose_name="country",
            ),
        ),
        column(
            "tax_id",
            models.CharField(
                blank=True,
                help_text="As your tax office wants it printed, such as a VAT ID.",
                max_length=40,
                verbose_name="tax number",
            ),
        ),
        column(
            "invoice_note",
            models.TextField(
                blank=True,
                help_text="Printed below the total, such as why no tax is charged.",
                max_length=1000,
                verbose_name="note on invoices",
            ),
        ),
    ]
