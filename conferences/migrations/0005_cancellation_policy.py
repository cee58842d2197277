from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("conferences", "0004_bank_account")]
    operations = []
