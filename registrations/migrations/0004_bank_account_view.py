from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registrations", "0003_answers_know_their_order")]
    operations = [
        migrations.AddField(
            model_name="conferenceview",
            name="account_holder",
            field=models.CharField(default="", max_length=70),
        ),
        migrations.AddField(
            model_name="conferenceview",
            name="iban",
            field=models.CharField(default="", max_length=34),
        ),
        migrations.AddField(
            model_name="conferenceview",
            name="bic",
            field=models.CharField(default="", max_length=11),
        ),
    ]
