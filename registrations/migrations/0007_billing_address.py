from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("registrations", "0006_ledger")]
    operations = []
