from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("registrations", "0004_bank_account_view")]
    operations = []
