from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registrations", "0004_bank_account_view")]
    operations = [
        migrations.AddField(
            model_name="conferenceview",
            name="cancellation_tiers",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="orderview",
            name="kept_amount",
            field=models.DecimalField(decimal_places=3, default=0, max_digits=14),
        ),
    ]
