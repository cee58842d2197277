from django.db import migrations, models


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
    ]
